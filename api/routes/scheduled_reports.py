"""Class reports that were made by themselves on Monday: which there are, and their files.

A file is of the class as it was then. Whoever does not teach somebody in it any more does not get
it; a report of the same days can be had anew, of the class as it is.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.audit import noted
from api.caching import conditional
from api.contract import NOT_MODIFIED, refusals
from api.dependencies import ClassId, access_of, require_known_class, services_of
from api.errors import NotFound
from api.policy import Reach
from api.routes.reports import MEDIA, day_of, named
from api.schemas.scheduled import ScheduledFile, ScheduledReport, ScheduledReports
from reports.shelf import Sheet, Shelf
from reports.views.period import A_WEEK, Span

router = APIRouter(prefix="/api/analytics/class-report", tags=["analytics"])

Week = Annotated[str, Path(description="The Monday of the week.", examples=["2026-03-02"])]
Wanted = Annotated[Literal["pdf", "csv"], Query(description="The document or the table.")]


class Shown(NamedTuple):
    """The reports of a class that the bearer may have, and how many others there are."""

    sheets: list[Sheet]
    withheld: int


def shown_of(request: Request, class_id: str) -> Shown:
    """What lies on the shelf of a class, for who asks; newest week first."""
    services, access = services_of(request), access_of(request)
    sheets = Shelf(services.settings.reports_dir).of_class(class_id)
    if access.reach is Reach.ANYONE:
        return Shown(sheets, 0)
    members = services.store.rosters.taught_by(access.principal.subject, services.clock())
    taught = {member.student_id for member in members}
    mine = [sheet for sheet in sheets if taught.issuperset(sheet.student_ids)]
    return Shown(mine, len(sheets) - len(mine))


@router.get(
    "/{class_id}/scheduled",
    summary="The weekly reports of a class that are kept",
    response_model=ScheduledReports,
    responses=refusals(NotFound.kind),
)
def scheduled_reports(request: Request, class_id: ClassId) -> ScheduledReports:
    """Each Monday one is made of the week before; they are kept for `kept_weeks` weeks."""
    services = services_of(request)
    require_known_class(services, class_id)
    shown = shown_of(request, class_id)
    return ScheduledReports(
        class_id=class_id,
        reports=[
            ScheduledReport(
                week_start=sheet.week_start,
                language=sheet.language,
                snapshot_id=sheet.snapshot_id,
                as_of=sheet.as_of,
                students=len(sheet.student_ids),
                files=[
                    ScheduledFile(format=ending, size=note.size)
                    for ending, note in sorted(sheet.files.items())
                ],
            )
            for sheet in shown.sheets
        ],
        withheld=shown.withheld,
        kept_weeks=services.settings.reports_kept_weeks,
    )


@router.get(
    "/{class_id}/scheduled/{week}",
    summary="The weekly report of a class, as it was made",
    response_class=Response,
    responses={
        **NOT_MODIFIED,
        200: {
            "description": "The file.",
            "content": {
                media.type.partition(";")[0]: {
                    "schema": {"type": "string", "format": "binary"},
                    "example": "the file",
                }
                for ending, media in MEDIA.items()
                if ending != "json"
            },
        },
        **refusals(NotFound.kind),
    },
)
def scheduled_report(
    request: Request,
    class_id: ClassId,
    week: Week,
    format: Wanted = "pdf",  # noqa: A002  # the contract's name
) -> Response:
    """The document or the table of a week, byte for byte as it was kept."""
    services, principal = services_of(request), access_of(request).principal
    require_known_class(services, class_id)
    day = day_of("week", week)
    sheet = next((s for s in shown_of(request, class_id).sheets if s.week_start == day), None)
    content = Shelf(services.settings.reports_dir).content(sheet, format) if sheet else None
    if sheet is None or content is None:
        raise _not_there()
    span = Span(sheet.week_start, sheet.week_start + A_WEEK)
    answer = partial(
        conditional,
        request,
        services.answers,
        principal.role,
        sheet.files[format].sha256,
        lambda: content,
        named(MEDIA[format], f"class-{class_id}", span, format),
    )
    with noted(request, principal, "scheduled_report", sheet.student_ids):
        return answer()


def _not_there() -> NotFound:
    return NotFound(
        "There is no such report for you.",
        cure="Ask for the class report of these days: it is made of the class as it is now.",
        field="week",
    )
