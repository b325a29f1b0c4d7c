"""The pages of a parent: the children's week in plain words, and who used their records."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.audit import noted
from api.dependencies import StudentId, access_of, services_of
from api.pages.rendering import go, in_path, language_of, show_mine
from api.pages.student import student_page
from api.routes.audit import student_audit
from api.routes.dashboards import ParentId
from api.routes.goals import today_of
from reports.dashboards import reading
from reports.languages import language

router = APIRouter(include_in_schema=False)

AUDIT_ROWS = 50
TERM = timedelta(days=90)
Before = Annotated[int | None, Query(ge=1, le=2**62)]


@router.get("/parent/{parent_id}")
def parent_page(request: Request, parent_id: ParentId) -> Response:
    """Each child's week, beside goals and their own past weeks."""
    services = services_of(request)
    said = language(language_of(request)).translations
    prepared = reading.parent(services.reader, parent_id, said=said)
    with noted(request, access_of(request).principal, "parent_page", prepared.shows):
        key = ("parent", parent_id, prepared.version, language_of(request))
        view = services.views.of(key, prepared.make)
        return show_mine(
            request,
            "parent.html",
            view=view,
            paths={child.student_id: in_path(child.student_id) for child in view.children},
            meta=view.meta,
            events=True,
        )


@router.get("/student/{student_id}/privacy")
def student_privacy_page(
    request: Request, student_id: StudentId, before: Before = None
) -> Response:
    """Who used the record, how to take it along, and how to ask that it be erased."""
    services = services_of(request)
    today = today_of(services, student_id)
    return student_page(
        request,
        student_id,
        "privacy",
        view=student_audit(request, student_id, AUDIT_ROWS, before),
        requests=services.store.erasures.of(student_id),
        first_day=today - TERM,
        end_day=today + timedelta(days=1),
    )


@router.post("/student/{student_id}/erasure")
async def student_erasure_form(request: Request, student_id: StudentId) -> Response:
    """Ask the school to erase the record; an admin sees the request."""
    store, person = services_of(request).store, access_of(request).principal.subject
    await run_in_threadpool(store.erasures.ask, student_id, person)
    return go(f"/student/{in_path(student_id)}/privacy")
