"""The report of a class: one view, as JSON, as a table, as a document."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.audit import noted
from api.caching import conditional
from api.contract import NOT_MODIFIED, refusals
from api.dependencies import (
    ClassId,
    Services,
    access_of,
    require_known_class,
    services_of,
)
from api.errors import NotFound
from api.routes.reports import (
    MEDIA,
    EndDay,
    FirstDay,
    Format,
    Spoken,
    Wanted,
    day_of,
    language_of,
    named,
)
from api.schemas.reports import class_documents
from reports import tabular
from reports.views import class_rows
from reports.views.period import Span
from reports.views.reading_class import school_class_report
from reports.views.school_class import ClassReport

router = APIRouter(prefix="/api/analytics", tags=["analytics"])


@router.get(
    "/class-report/{class_id}",
    summary="How a class learned on the days of a range",
    response_model=ClassReport,
    responses={**NOT_MODIFIED, **refusals(NotFound.kind), **class_documents()},
)
def class_report(
    request: Request,
    class_id: ClassId,
    start_date: FirstDay = None,
    end_date: EndDay = None,
    format: Wanted = "json",  # noqa: A002  # the contract's name
    language: Spoken = None,
) -> Response:
    """Each student's figures of these days, where the class stands, and who may need a look.

    Days are half-open: `end_date` is not part of the report. Everything is as published.
    """
    services, principal = services_of(request), access_of(request).principal
    span = Span(day_of("start_date", start_date), day_of("end_date", end_date))
    about = require_known_class(services, class_id)
    prepared = school_class_report(services.reader, about, span, language_of(request, language))
    answer = partial(
        conditional,
        request,
        services.answers,
        principal.role,
        prepared.version,
        lambda: _rendered(services, prepared.make(), format),
        named(MEDIA[format], f"class-{class_id}", span, format),
    )
    with noted(request, principal, "class_report", prepared.shows):
        return answer()


def _rendered(services: Services, report: ClassReport, wanted: Format) -> object:
    if wanted == "pdf":
        return services.press.pdf(report)
    if wanted == "csv":
        return tabular.whole(class_rows.Line._fields, class_rows.lines(report)).encode()
    return report
