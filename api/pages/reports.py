"""Reports as pages: the same view as the file, with its figures drawn and the days to choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.audit import noted
from api.dependencies import (
    Asked,
    ClassId,
    Services,
    StudentRequest,
    access_of,
    require_known_class,
    services_of,
)
from api.foresight import may_see, shown_version
from api.insights import told_about
from api.pages.rendering import home_of, in_path, language_of, role_of, show_mine
from api.pages.student import student_page
from api.routes.dashboards import EducatorId
from api.routes.reports import day_of
from reports.figures.drawing import Figures
from reports.insights import Level
from reports.languages import language
from reports.phrases import point_reasons
from reports.views import reading
from reports.views.period import A_DAY, LAST_DAY, Span
from reports.views.reading import Reading
from reports.views.reading_class import school_class_report
from reports.views.school_class import ClassReport
from reports.views.student import StudentReport
from warehouse.tokens import Role

router = APIRouter(include_in_schema=False)

Day = Annotated[str | None, Query(max_length=10)]


@dataclass(frozen=True)
class Noticed:
    """Something found about how a student learns."""

    statement: str
    n: int
    confidence: float


@dataclass(frozen=True)
class Shown:
    """What a page of a report is made of."""

    view: StudentReport | ClassReport
    figures: Figures
    insights: list[Noticed]


@router.get("/student/{student_id}/report")
def student_report_page(
    request: Request, asked: Asked, first_day: Day = None, last_day: Day = None
) -> Response:
    """What a student learned on the days of a range, and what was noticed."""
    services, role, tag = services_of(request), role_of(request), language_of(request)
    span = _span(first_day, last_day)
    about = Reading(reading.audience_of(role), may_see(services.settings, role), tag)
    prepared = reading.student(services.reader, services.metrics, asked.student_id, span, about)
    version = shown_version(services.settings, prepared.version)
    shown = services.views.of(
        ("report", asked.student_id, version, repr((role, span, tag))),
        lambda: _drawn(services, prepared.make(), partial(_noticed, asked, role, tag)),
    )
    return student_page(
        request,
        asked.student_id,
        "report",
        view=shown.view,
        figures=shown.figures,
        insights=shown.insights,
        reasons=point_reasons(language(tag).translations),
        meta=shown.view.meta,
    )


@router.get("/educator/{educator_id}/class/{class_id}/report")
def educator_report_page(
    request: Request,
    educator_id: EducatorId,
    class_id: ClassId,
    first_day: Day = None,
    last_day: Day = None,
) -> Response:
    """How a class learned on the days of a range, and who may need a look."""
    services, tag = services_of(request), language_of(request)
    span = _span(first_day, last_day)
    about = require_known_class(services, class_id)
    prepared = school_class_report(services.reader, about, span, tag)
    shown = services.views.of(
        ("class-report", class_id, prepared.version, repr((span, tag))),
        lambda: _drawn(services, prepared.make(), list),
    )
    with noted(request, access_of(request).principal, "class_report", prepared.shows):
        return show_mine(
            request,
            "educator/report.html",
            section="report",
            one=shown.view,
            view=shown.view,
            figures=shown.figures,
            base=f"/educator/{in_path(educator_id)}/class/{in_path(class_id)}",
            home=home_of(access_of(request).principal),
            in_path=in_path,
            meta=shown.view.meta,
        )


def _span(first_day: str | None, last_day: str | None) -> Span:
    """Days as people give them, the last one included; a field left empty is not given."""
    last = day_of("last_day", last_day or None)
    end = min(last, LAST_DAY) + A_DAY if last else None  # the calendar itself ends, too
    return Span(day_of("first_day", first_day or None), end)


def _drawn(
    services: Services, view: StudentReport | ClassReport, noticed: Callable[[], list[Noticed]]
) -> Shown:
    return Shown(view, services.press.figures(view), noticed())


def _noticed(asked: StudentRequest, role: Role, tag: str) -> list[Noticed]:
    level: Level = "simple" if role is Role.STUDENT else "plain"
    student = asked.services.reader.student(asked.student_id)
    return [
        Noticed(text, found.look.n, found.confidence)
        for found, text in told_about(asked.services, student, level, language(tag))
    ]
