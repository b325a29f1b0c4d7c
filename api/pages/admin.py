"""The pages of an admin: how the service is used, how fresh it is, who is in it, who looked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import read_form
from api.dependencies import access_of, services_of, session_of
from api.errors import InvalidRequest
from api.imports import STEPS, RosterImport
from api.pages.rendering import go, in_path, show_mine
from api.routes.audit import audit_log
from api.routes.dashboards import AdminId
from api.uploads import read_upload
from reports.dashboards import reading
from warehouse.event_fields import is_name

router = APIRouter(prefix="/admin/{admin_id}", include_in_schema=False)

AUDIT_ROWS = 100
REFUSED = 422
SOON_SECONDS, LOOK_AGAIN_SECONDS = 2, 1
Before = Annotated[int | None, Query(ge=1, le=2**62)]


@router.get("")
def admin_page(request: Request, admin_id: AdminId) -> Response:
    """Use, freshness, the last build, notifications, badges."""
    services = services_of(request)
    view = reading.admin(services.reader, admin_id).make()
    checks = sorted(services.reader.catalog.checks)
    return _page(request, admin_id, "home", view=view, checks=checks, meta=view.meta, events=True)


@router.get("/audit")
def admin_audit_page(
    request: Request, admin_id: AdminId, actor: str | None = None, before: Before = None
) -> Response:
    """The audit log, of all or of what one person did."""
    wanted = actor if actor and is_name(actor) else None
    view = audit_log(request, wanted, AUDIT_ROWS, before)
    return _page(request, admin_id, "audit", view=view, actor=wanted or "")


@router.get("/people")
def admin_people_page(
    request: Request,
    admin_id: AdminId,
    import_id: Annotated[str | None, Query(alias="import", max_length=40)] = None,
) -> Response:
    """Who is here, the import of a roster and how far it has come, what parents have asked for."""
    roster = services_of(request).imports.after(import_id, 0) if import_id else None
    return _people(request, admin_id, roster)


@router.post("/people")
async def people_import_form(request: Request, admin_id: AdminId) -> Response:
    """Take a OneRoster package over, or say line by line why not."""
    upload = await read_upload(request)
    if not upload.file:
        raise InvalidRequest("No file was sent.", cure="Choose the ZIP of an export.", field="file")
    return await run_in_threadpool(_imported, request, admin_id, upload.file)


@router.post("/student")
async def admin_student_form(request: Request, admin_id: AdminId) -> Response:
    """To the pages of a student by their id."""
    form = await read_form(request)
    student = form.get("student_id", "").strip()
    return go(f"/student/{in_path(student)}" if is_name(student) else f"/admin/{in_path(admin_id)}")


@router.post("/erasures")
async def erasure_answer_form(request: Request, admin_id: AdminId) -> Response:
    """Note that a request was answered."""
    form, store = await read_form(request), services_of(request).store
    person = access_of(request).principal.subject
    await run_in_threadpool(store.erasures.answer, form.get("request_id", ""), person)
    return go(f"/admin/{in_path(admin_id)}/people")


def _imported(request: Request, admin_id: str, content: bytes) -> Response:
    """The report of an import that is soon done; else where to see how far it has come."""
    imports = services_of(request).imports
    import_id = imports.begin(content)
    roster = imports.after(import_id, SOON_SECONDS)
    if roster is not None and roster.has_ended:
        return _people(request, admin_id, roster)
    return go(f"/admin/{in_path(admin_id)}/people?import={import_id}")


def _people(request: Request, admin_id: str, roster: RosterImport | None = None) -> Response:
    store = services_of(request).store
    asked = store.erasures.all()
    named = {name for one in asked for name in (one.student_id, one.asked_by)}
    shown = _page(
        request,
        admin_id,
        "people",
        status=REFUSED if roster and roster.refused else 200,
        counts=store.rosters.counts(),
        roster=roster,
        steps=STEPS,
        requests=asked,
        names=store.people.names(named),
        in_path=in_path,
    )
    if roster and not roster.has_ended:
        shown.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return shown


def _page(request: Request, admin_id: str, section: str, **given: object) -> Response:
    return show_mine(
        request,
        f"admin/{section}.html",
        section=section,
        base=f"/admin/{in_path(admin_id)}",
        own=session_of(request).principal.subject,
        **given,
    )
