"""Points with their history, badges, streaks, and awards given by people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import cursors
from api.audit import note_access
from api.bodies import SINGLE_BYTES_MAX, parse_object, read_body
from api.contract import NOT_MODIFIED, json_body, refusals
from api.dependencies import Asked, Services, StudentRequest, access_of, meta, services_of
from api.errors import EventConflict, InvalidRequest
from api.schemas.gamification import (
    AvailableBadge,
    EarnedBadge,
    LedgerRow,
    StudentBadges,
    StudentPoints,
    StudentStreak,
)
from api.schemas.tracking import AWARD_EXAMPLE, Awarded
from api.writing import conflict, store
from warehouse.errors import SpoolError
from warehouse.event_fields import AwardBody
from warehouse.events import Event, award_event
from warehouse.reader import Row, StudentReader
from warehouse.rules import Badge, Rules, Window

PAGE_ROWS = 50
PAGE_ROWS_MAX = 500
SOURCE_AWARD = "api-award"

router = APIRouter(prefix="/api/gamification", tags=["gamification"])

_LEDGER = tuple(LedgerRow.model_fields)
_TOTALS = ("total_points", "level", "level_name", "points_to_next_level")
_logger = logging.getLogger(__name__)

Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="Rows of history in one page.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=cursors.CURSOR_LENGTH_MAX, description="The `next_cursor` of the page before."
    ),
]


@router.get(
    "/points/{student_id}",
    summary="Points, level and the ledger of a student",
    response_model=StudentPoints,
    responses=NOT_MODIFIED,
)
def student_points(asked: Asked, limit: Limit = PAGE_ROWS, cursor: Cursor = None) -> Response:
    """The total is the sum of the ledger; the ledger comes in pages, newest first."""
    return asked.answer(partial(points_of, asked, limit, cursors.place_of(cursor)))


@router.get(
    "/badges/{student_id}",
    summary="Badges earned and within reach",
    response_model=StudentBadges,
    responses=NOT_MODIFIED,
)
def student_badges(asked: Asked) -> Response:
    """Each badge once; those per subject once for each subject."""
    return asked.answer(partial(badges_of, asked))


@router.get(
    "/streak/{student_id}",
    summary="Consecutive days of learning",
    response_model=StudentStreak,
    responses=NOT_MODIFIED,
)
def student_streak(asked: Asked) -> Response:
    """A streak is alive when its last day is the student's today or yesterday."""
    return asked.answer(partial(_streak, asked))


@router.post(
    "/award-points",
    summary="Give a student points",
    status_code=201,
    response_model=Awarded,
    responses={
        200: {"model": Awarded, "description": "The same award was on disk already."},
        **refusals(EventConflict.kind),
    },
    openapi_extra=json_body(AwardBody, AWARD_EXAMPLE),
)
async def award_points(request: Request) -> Response:
    """Write an award into the ledger, with its reason; negative points correct an earlier one.

    Send an `event_id` to make retries safe: the same award counts once.
    """
    access, services = access_of(request), services_of(request)
    event = _award(parse_object(await read_body(request, SINGLE_BYTES_MAX)))
    await access.require(event.student_id)
    await note_access(request, access.principal, "award_points", [event.student_id])
    receipt = (await store(services, [event], access, SOURCE_AWARD))[0]
    if receipt.status == "conflict":
        raise conflict(receipt.event_id)
    total = await run_in_threadpool(_total, services, event.student_id)
    return Response(
        orjson.dumps({"event_id": receipt.event_id, "total_points": total}),
        201 if receipt.status == "accepted" else 200,
        media_type="application/json",
    )


def _award(data: Row) -> Event:
    for field in sorted(data.keys() - AwardBody.model_fields.keys()):
        raise InvalidRequest(
            f"{field[:60]} is not a field of an award.", cure="Leave it out.", field=field[:60]
        )
    return award_event(
        student_id=data.get("student_id"),
        points=data.get("points"),
        reason=data.get("reason"),
        event_id=data.get("event_id"),
    )


def _total(services: Services, student_id: str) -> int | None:
    """None when it cannot be read: the award is on disk, an error would make clients repeat it."""
    try:
        student = services.reader.student(student_id)
        rows = student.ask("student_points")
        return int(rows[0]["total_points"]) if rows else 0
    except SpoolError:
        _logger.exception("The total after an award cannot be read.")
        return None


def points_of(
    asked: StudentRequest, limit: int, place: cursors.Place, student: StudentReader
) -> StudentPoints:
    """The total and one page of the ledger."""
    rows = student.ask("student_ledger", limit=limit + 1, **place._asdict())
    page = [row for row in rows[:limit] if row["event_id"] is not None]
    total = rows[0] if rows else _no_points(asked.services.rules)
    return StudentPoints(
        student_id=asked.student_id,
        **{name: total[name] for name in _TOTALS},
        history=[LedgerRow(**{name: row[name] for name in _LEDGER}) for row in page],
        next_cursor=cursors.after(page, place) if len(rows) > limit else None,
        meta=meta(student),
    )


def _no_points(rules: Rules) -> Row:
    number, level, upper = rules.level_of(0)
    return {
        "total_points": 0,
        "level": number,
        "level_name": level.name,
        "points_to_next_level": upper,
    }


def badges_of(asked: StudentRequest, student: StudentReader) -> StudentBadges:
    """Badges earned, and how far the others have come."""
    defined = {badge.id: badge for badge in asked.services.rules.badges}
    answers = student.ask_together(("student_badges", "student_badge_progress"))
    earned = [row for row in answers["student_badges"] if row["badge_id"] in defined]
    progress = {row["badge_id"]: row for row in answers["student_badge_progress"]}
    return StudentBadges(
        student_id=asked.student_id,
        badges=[EarnedBadge(**_definition(defined[row["badge_id"]]), **row) for row in earned],
        available=_available(asked.services, progress, {row["badge_id"] for row in earned}),
        meta=meta(student),
    )


def _streak(asked: StudentRequest, student: StudentReader) -> StudentStreak:
    row = next(iter(student.ask("student_streak")), {})
    return StudentStreak(
        student_id=asked.student_id,
        current_streak=row.get("current_streak", 0),
        longest_streak=row.get("longest_streak", 0),
        last_activity_date=row.get("last_activity_date"),
        meta=meta(student),
    )


def _available(
    services: Services, progress: Mapping[str, Row], earned: set[str]
) -> list[AvailableBadge]:
    """Badges not earned yet; a student without any event is at the beginning of each."""
    curriculum = services.reader.rows("curriculum") if not progress else []
    return [
        AvailableBadge(
            **_definition(badge), **(progress.get(badge.id) or _begin(badge, curriculum))
        )
        for badge in services.rules.badges
        if badge.id in progress or badge.id not in earned
    ]


def _begin(badge: Badge, curriculum: Sequence[Row]) -> Row:
    begin: Row = {"badge_id": badge.id, "subject_id": None, "have": 0, "need": badge.threshold}
    if badge.window is Window.SUBJECT:
        begin["subject_id"] = min((c["subject_id"] for c in curriculum), default=None)
    if badge.threshold == "all":
        size = sum(c["subject_id"] == begin["subject_id"] for c in curriculum)
        begin["need"] = size or None
    return begin


def _definition(badge: Badge) -> Row:
    return {
        "name": badge.name,
        "description": badge.description,
        "icon_url": badge.icon_url,
        "criteria": badge.criteria,
        "points_value": badge.points_value,
    }
