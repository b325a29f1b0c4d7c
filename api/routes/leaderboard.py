"""Leaderboards: ranked by the tables, and checked against what students want at this moment."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from api.bodies import read_model
from api.contract import json_body, refusals
from api.dependencies import (
    Access,
    ClassId,
    Services,
    access_of,
    require_known_class,
    services_of,
)
from api.errors import NotFound
from api.policy import Reach
from api.schemas.base import Meta
from api.schemas.leaderboard import (
    Leaderboard,
    LeaderboardSwitch,
    Period,
    Ranked,
    Scope,
    You,
)
from reports.phrases import NOT_ON_IT, SWITCHED_OFF, TOO_FEW
from warehouse.event_fields import Name
from warehouse.reader import Row
from warehouse.tokens import Role

router = APIRouter(prefix="/api", tags=["gamification"])

EVERYBODY = "all"
FEWEST = 5

ScopeId = Annotated[
    Name | None, Query(description="The class, for scope `class`.", examples=["class-7a"])
]


@router.get(
    "/gamification/leaderboard",
    summary="A leaderboard of a class or of everybody",
    response_model=Leaderboard,
)
def leaderboard(
    request: Request,
    scope: Annotated[Scope, Query(description="Everybody, or one class.")] = "all",
    scope_id: ScopeId = None,
    period: Annotated[Period, Query(description="Points since Monday, the 1st, or ever.")] = "week",
) -> Leaderboard:
    """Only who opted in is ranked, under an alias; fewer than five make no list.

    A student may ask for everybody's list and those of their classes, an educator for those of the
    classes they teach.
    """
    access, services = access_of(request), services_of(request)
    named = (scope_id or "") if scope == "class" else EVERYBODY
    if scope == "class":
        _require_list(access, services, named)
    rows = _listed(services, scope, named, period)
    you = _you(access, services, scope, named, period) if rows else None
    return Leaderboard(
        scope=scope,
        scope_id=named,
        period=period,
        entries=[_ranked(row) for row in rows],
        you=you,
        reason=_reason(access, services, scope, named, rows, you),
        meta=_meta(services),
    )


@router.put(
    "/classes/{class_id}/leaderboard",
    summary="Switch the leaderboard of a class on or off",
    response_model=LeaderboardSwitch,
    responses=refusals(NotFound.kind),
    openapi_extra=json_body(LeaderboardSwitch, {"enabled": False}),
)
async def switch_leaderboard(request: Request, class_id: ClassId) -> LeaderboardSwitch:
    """Off is off at once; on again shows a list from the next build on."""
    asked, services = await read_model(request, LeaderboardSwitch), services_of(request)
    await run_in_threadpool(require_known_class, services, class_id)
    people = services.store.people
    await run_in_threadpool(partial(people.switch_leaderboard, class_id, enabled=asked.enabled))
    return asked


def _require_list(access: Access, services: Services, class_id: str) -> None:
    """Refuse the list of a class that the bearer has no part in."""
    people, now = services.store.people, services.clock()
    mine = {
        Reach.SELF: lambda: people.attended_by(access.principal.subject, now),
        Reach.TAUGHT: lambda: people.classes_of(access.principal.subject, now),
    }.get(access.reach)
    if mine is not None and class_id not in mine():
        raise access.refusal()


def _listed(services: Services, scope: str, scope_id: str, period: str) -> list[Row]:
    """The rows to show: those of the last build who still want to be seen."""
    if scope == "class":
        school_class = services.store.people.school_class(scope_id)
        if school_class is None or not school_class.leaderboard_enabled:
            return []
    size = services.settings.leaderboard_size
    rows = services.reader.rows(
        "leaderboard_top",
        scope=scope,
        scope_id=scope_id,
        period=period,
        limit=size + 2 * FEWEST,
    )
    kept = _still_ranked(services, scope, scope_id, rows)
    return kept[:size] if len(kept) >= FEWEST else []


def _still_ranked(services: Services, scope: str, scope_id: str, rows: list[Row]) -> list[Row]:
    """The rows of those who have neither opted out nor left since the build."""
    students = {row["student_id"] for row in rows}
    if scope == "class":
        students &= set(services.store.people.students_of(scope_id, services.clock()))
    aliases = services.store.students.aliases(students)
    return [
        row | {"alias": aliases[row["student_id"]]} for row in rows if row["student_id"] in aliases
    ]


def _you(access: Access, services: Services, scope: str, scope_id: str, period: str) -> You | None:
    if access.principal.role is not Role.STUDENT:
        return None
    student = access.principal.subject
    rows = services.reader.rows(
        "leaderboard_around", scope=scope, scope_id=scope_id, period=period, student_id=student
    )
    kept = _still_ranked(services, scope, scope_id, rows)
    mine = next((row for row in kept if row["student_id"] == student), None)
    if mine is None:
        return None
    return You(
        rank=mine["rank"],
        points=mine["points"],
        neighbours=[_ranked(row) for row in kept if row["student_id"] != student],
    )


def _reason(
    access: Access,
    services: Services,
    scope: str,
    scope_id: str,
    rows: list[Row],
    you: You | None,
) -> str | None:
    if rows:
        student = access.principal.role is Role.STUDENT
        return NOT_ON_IT if student and you is None else None
    if scope == "class":
        school_class = services.store.people.school_class(scope_id)
        if school_class is not None and not school_class.leaderboard_enabled:
            return SWITCHED_OFF
    return TOO_FEW


def _ranked(row: Row) -> Ranked:
    return Ranked(rank=row["rank"], alias=row["alias"], points=row["points"])


def _meta(services: Services) -> Meta:
    info = services.reader.snapshot_info()
    if info is None:
        return Meta(snapshot_id=None, as_of=None, live=False, pending_events=0)
    return Meta(snapshot_id=info.snapshot_id, as_of=info.as_of, live=False, pending_events=0)
