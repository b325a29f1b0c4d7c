"""The student progress report: one view, as JSON, as a table, as a document."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.caching import JSON, Media, conditional
from api.contract import NOT_MODIFIED
from api.dependencies import StudentId, access_of, services_of
from api.errors import InvalidRequest
from api.foresight import may_see, shown_version
from api.schemas.reports import documents
from reports import tabular
from reports.exporting.bundling import safe_name
from reports.languages import best
from reports.press import Press
from reports.views import reading
from reports.views.period import Span
from reports.views.reading import Reading
from reports.views.rows import Figure, figures
from reports.views.student import StudentReport

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

Format = Literal["json", "csv", "pdf"]
MEDIA = {"json": JSON, "csv": Media(tabular.MEDIA_TYPE), "pdf": Media("application/pdf")}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

FirstDay = Annotated[
    str | None,
    Query(
        description="The first of the student's local days; without it, 28 days before the end.",
        examples=["2026-02-06"],
    ),
]
EndDay = Annotated[
    str | None,
    Query(
        description="The day after the last one; without it, the day after the student's today.",
        examples=["2026-03-06"],
    ),
]
Wanted = Annotated[Format, Query(description="What to get the report as.")]
Spoken = Annotated[
    str | None,
    Query(
        description="The language of the words, such as `de`; without it, that of the bearer's "
        "profile, else of Accept-Language.",
        max_length=35,
        examples=["en"],
    ),
]


@router.get(
    "/report/{student_id}",
    summary="What a student learned on the days of a range",
    response_model=StudentReport,
    responses={**NOT_MODIFIED, **documents()},
)
def student_report(  # each parameter is one of the contract
    request: Request,
    student_id: StudentId,
    start_date: FirstDay = None,
    end_date: EndDay = None,
    format: Wanted = "json",  # noqa: A002  # the contract's name
    language: Spoken = None,
) -> Response:
    """Figures, weeks, subjects, times, concepts, points and badges of these days.

    Every format holds the same figures. Days are half-open: `end_date` is not part of the report.
    """
    services, role = services_of(request), access_of(request).principal.role
    span = Span(day_of("start_date", start_date), day_of("end_date", end_date))
    foresees = may_see(services.settings, role)
    asked = Reading(reading.audience_of(role), foresees, language_of(request, language))
    prepared = reading.student(services.reader, services.metrics, student_id, span, asked)
    media = MEDIA[format]
    media = named(media, f"progress-{student_id}", span, format)
    version = shown_version(services.settings, prepared.version)
    return conditional(
        request,
        services.answers,
        role,
        version,
        lambda: _rendered(services.press, prepared.make(), format),
        media,
    )


def day_of(field: str, given: str | None) -> date | None:
    """A day as the contract writes it; nothing else that looks like one."""
    if given is None:
        return None
    try:
        if _DAY.fullmatch(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise InvalidRequest(
        f"{field} is no day of the calendar.",
        cure="Write it as 2026-03-06: year, month, day.",
        field=field,
    )


def language_of(request: Request, asked: str | None) -> str:
    """What is asked for, else what the bearer has chosen, else what their browser prefers."""
    services, subject = services_of(request), access_of(request).principal.subject
    person = None if asked else services.store.people.person(subject)
    chosen = asked or (person.locale if person else None)
    return best(chosen, request.headers.get("accept-language"))


def _rendered(press: Press, report: StudentReport, wanted: Format) -> object:
    if wanted == "pdf":
        return press.pdf(report)
    if wanted == "csv":
        return tabular.whole(Figure._fields, figures(report)).encode()
    return report


def named(media: Media, name: str, span: Span, ending: str) -> Media:
    """The same with a file name that any system can keep."""
    if media is JSON:
        return media
    days = "".join(f"-{day}" for day in (span.start, span.end) if day)
    disposition = f'attachment; filename="{safe_name(name)}{days}.{ending}"'
    return media._replace(headers={**media.headers, "Content-Disposition": disposition})
