"""The weekly summary of a parent: one view, as JSON, as a table, as a document."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.audit import noted
from api.caching import conditional
from api.contract import NOT_MODIFIED
from api.dependencies import access_of, services_of
from api.routes.dashboards import ParentId
from api.routes.reports import MEDIA, Format, Spoken, Wanted, day_of, language_of, named
from api.schemas.weekly import week_documents
from reports import tabular
from reports.press import Press
from reports.views.period import OneWeek, Span
from reports.views.reading_week import weekly_summary as prepare
from reports.views.rows import Figure
from reports.views.week_rows import week_figures
from reports.views.weekly import WeeklySummary

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

Monday = Annotated[
    str | None,
    Query(
        description="The Monday of the week; without it, the last week that is over for each "
        "child.",
        examples=["2026-03-02"],
    ),
]


@router.get(
    "/weekly-summary/{parent_id}",
    summary="A week of each of a parent's children",
    response_model=WeeklySummary,
    responses={**NOT_MODIFIED, **week_documents()},
)
def weekly_summary(
    request: Request,
    parent_id: ParentId,
    week: Monday = None,
    format: Wanted = "json",  # noqa: A002  # the contract's name
    language: Spoken = None,
) -> Response:
    """Figures beside the child's own goal and own past weeks, what was reached, what needs a look.

    Weeks are those of each child's own clock; a child is compared with nobody else.
    """
    services, principal = services_of(request), access_of(request).principal
    asked = OneWeek(day_of("week", week))
    prepared = prepare(
        services.reader, services.metrics, parent_id, asked, language_of(request, language)
    )
    answer = partial(
        conditional,
        request,
        services.answers,
        principal.role,
        prepared.version,
        lambda: _rendered(services.press, prepared.make(), format),
        named(MEDIA[format], f"week-{parent_id}", Span(asked.week_start), format),
    )
    with noted(request, principal, "weekly_summary", prepared.shows):
        return answer()


def _rendered(press: Press, summary: WeeklySummary, wanted: Format) -> object:
    if wanted == "pdf":
        return press.pdf(summary)
    if wanted == "csv":
        return tabular.whole(Figure._fields, week_figures(summary)).encode()
    return summary
