"""The pages of a parent: the children's week in plain words, and who used their records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.audit import noted
from api.dependencies import Services, StudentId, access_of, services_of
from api.pages.rendering import go, in_path, language_of, show_mine
from api.pages.student import student_page
from api.routes.audit import student_audit
from api.routes.dashboards import ParentId
from api.routes.goals import today_of
from api.routes.reports import day_of
from api.routes.weekly import Monday
from reports.dashboards import reading
from reports.figures.drawing import Figures
from reports.languages import language
from reports.views.period import A_WEEK, FIRST_DAY, OneWeek
from reports.views.reading_week import weekly_summary
from reports.views.weekly import WeeklySummary

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
            week=f"/parent/{in_path(parent_id)}/week",
            meta=view.meta,
            events=True,
        )


@router.get("/parent/{parent_id}/week")
def parent_week_page(request: Request, parent_id: ParentId, week: Monday = None) -> Response:
    """The weekly summary: a week of each child, the one before and the one after it."""
    services, spoken = services_of(request), language_of(request)
    asked = OneWeek(day_of("week", week))
    prepared = weekly_summary(services.reader, services.metrics, parent_id, asked, spoken)
    with noted(request, access_of(request).principal, "weekly_summary", prepared.shows):
        key = ("week", parent_id, week or "", prepared.version)
        view, figures = services.views.of(key, lambda: _drawn(services, prepared.make()))
        return show_mine(
            request,
            "week.html",
            view=view,
            figures=figures,
            asked=week,
            here=f"/parent/{in_path(parent_id)}",
            report=f"/api/analytics/weekly-summary/{in_path(parent_id)}",
            paths={child.student_id: in_path(child.student_id) for child in view.children},
            others=_neighbours(view),
            meta=view.meta,
        )


def _drawn(services: Services, view: WeeklySummary) -> tuple[WeeklySummary, Figures]:
    return view, services.press.figures(view) if view.children else {}


def _neighbours(view: WeeklySummary) -> tuple[date | None, date | None]:
    """The Mondays before and after what is shown; nothing comes after today."""
    shown = [child.range for child in view.children]
    start = min((days.start_date for days in shown), default=FIRST_DAY)
    before, after = start - A_WEEK, start + A_WEEK
    return (
        before if before >= FIRST_DAY else None,
        after if any(after <= days.today for days in shown) else None,
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
