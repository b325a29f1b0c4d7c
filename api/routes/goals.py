"""Weekly goals: what was set and by whom, from which week on, and how it went."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.bodies import read_model
from api.contract import json_body
from api.dependencies import Access, Services, StudentId, access_of, meta, services_of
from api.errors import InvalidRequest
from api.schemas.goals import (
    GOAL_EXAMPLE,
    GoalBody,
    GoalLine,
    Goals,
    GoalWeek,
    SetBy,
    Targets,
)
from warehouse.store.goals import Goal
from warehouse.tokens import Role
from warehouse.zones import zone_info

router = APIRouter(prefix="/api/goals", tags=["goals"])

WEEKS_SHOWN = 12
FURTHEST_AHEAD = timedelta(weeks=52)
_ROLES: dict[str | None, SetBy] = {
    Role.STUDENT: "the student",
    Role.PARENT: "a parent",
    Role.EDUCATOR: "an educator",
}


@router.get("/{student_id}", summary="A student's weekly goals", response_model=Goals)
def student_goals(request: Request, student_id: StudentId) -> Goals:
    """What holds this week, what was set and by whom, and how the last weeks went."""
    return _goals(access_of(request), services_of(request), student_id)


@router.put(
    "/{student_id}",
    summary="Set a student's weekly goal",
    response_model=Goals,
    openapi_extra=json_body(GoalBody, GOAL_EXAMPLE),
)
async def set_goal(request: Request, student_id: StudentId) -> Goals:
    """Set targets from a week on; weeks that are over keep theirs. The next build counts them."""
    body = await read_model(request, GoalBody)
    access, services = access_of(request), services_of(request)
    await run_in_threadpool(partial(set_targets, access, services, student_id, body))
    return await run_in_threadpool(_goals, access, services, student_id)


def set_by(access: Access, by: str, role: str | None) -> SetBy:
    """Who set something, as far as the reader may know."""
    if by == access.principal.subject:
        return "you"
    return _ROLES.get(role, "the school")


def today_of(services: Services, student_id: str) -> date:
    """The student's day at this moment, by their profile, else by the default zone."""
    zone = services.store.students.zones([student_id]).get(student_id)
    clock = zone_info(zone or services.settings.default_timezone)
    return services.clock().astimezone(clock).date()


def set_targets(access: Access, services: Services, student_id: str, body: GoalBody) -> None:
    """Set targets from a week on, if that week is not over."""
    this_week = _monday(today_of(services, student_id))
    from_week = body.from_week or this_week
    if not this_week <= from_week <= this_week + FURTHEST_AHEAD:
        raise InvalidRequest(
            f"from_week is {from_week}.",
            cure=f"Use a Monday from {this_week} on, within a year: weeks that are over keep their "
            "goal.",
            field="from_week",
        )
    services.store.goals.set(
        student_id,
        from_week,
        concepts=body.concepts,
        minutes=body.minutes,
        set_by=access.principal.subject,
        set_by_role=access.principal.role,
    )


def _goals(access: Access, services: Services, student_id: str) -> Goals:
    student = services.reader.student(student_id)
    lines = services.store.goals.of(student_id)
    this_week = _monday(today_of(services, student_id))
    weeks = student.ask("student_weekly_goals", limit=WEEKS_SHOWN)
    return Goals(
        student_id=student_id,
        this_week=this_week,
        current=_current(services, lines, this_week),
        lines=[_line(access, goal) for goal in lines],
        weeks=[GoalWeek(**week) for week in weeks],
        meta=meta(student),
    )


def _current(services: Services, lines: list[Goal], this_week: date) -> Targets:
    held = [goal for goal in lines if goal.from_week <= this_week]
    if not held:
        default = services.rules.weekly_goal.default_concepts
        return Targets(concepts=default, minutes=None)
    return Targets(concepts=held[-1].concepts, minutes=held[-1].minutes)


def _line(access: Access, goal: Goal) -> GoalLine:
    shown: dict[str, Any] = {name: getattr(goal, name) for name in GoalLine.model_fields}
    return GoalLine(**shown | {"set_by": set_by(access, goal.set_by, goal.set_by_role)})


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
