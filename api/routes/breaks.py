"""Planned breaks: holidays of a class and days off of one student, in which no streak ends.

Students see them; parents, educators and the school plan them, since a break that one could grant
oneself would make every streak endless.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from api.bodies import read_model
from api.contract import json_body, refusals
from api.dependencies import (
    Access,
    ClassId,
    Services,
    StudentId,
    access_of,
    require_known_class,
    services_of,
)
from api.errors import InvalidRequest, NotFound
from api.routes.goals import set_by, today_of
from api.schemas.goals import BREAK_EXAMPLE, BreakBody, Breaks, PlannedBreak
from warehouse.event_fields import Name
from warehouse.store.breaks import Break

router = APIRouter(prefix="/api/breaks", tags=["goals"])

FURTHEST = timedelta(days=366)

BreakId = Annotated[Name, Path(description="A break of the list.")]


@router.get("/student/{student_id}", summary="A student's planned breaks", response_model=Breaks)
def student_breaks(request: Request, student_id: StudentId) -> Breaks:
    """Their own and those of the classes in which they learn."""
    services = services_of(request)
    classes = services.store.people.attended_by(student_id, services.clock())
    return _shown(access_of(request), services.store.breaks.of_student(student_id, classes))


@router.post(
    "/student/{student_id}",
    summary="Plan a break of a student",
    status_code=201,
    response_model=PlannedBreak,
    openapi_extra=json_body(BreakBody, BREAK_EXAMPLE),
)
async def plan_student_break(request: Request, student_id: StudentId) -> PlannedBreak:
    """A missed day in it ends no streak and earns no points. Counts from the next build on."""
    return await _plan(request, student_id=student_id)


@router.delete(
    "/student/{student_id}/{break_id}",
    summary="Take back a break of a student",
    status_code=204,
    response_class=Response,
    responses=refusals(NotFound.kind),
)
def remove_student_break(request: Request, student_id: StudentId, break_id: BreakId) -> Response:
    """Only the student's own; those of a class belong to the class."""
    return _remove(services_of(request), break_id, student_id=student_id)


@router.get("/class/{class_id}", summary="The planned breaks of a class", response_model=Breaks)
def class_breaks(request: Request, class_id: ClassId) -> Breaks:
    """By their first day."""
    return _shown(access_of(request), services_of(request).store.breaks.of_class(class_id))


@router.post(
    "/class/{class_id}",
    summary="Plan a break of a class",
    status_code=201,
    response_model=PlannedBreak,
    openapi_extra=json_body(BreakBody, BREAK_EXAMPLE),
    responses=refusals(NotFound.kind),
)
async def plan_class_break(request: Request, class_id: ClassId) -> PlannedBreak:
    """It holds for the students on the days on which they are in the class."""
    await run_in_threadpool(require_known_class, services_of(request), class_id)
    return await _plan(request, class_id=class_id)


@router.delete(
    "/class/{class_id}/{break_id}",
    summary="Take back a break of a class",
    status_code=204,
    response_class=Response,
    responses=refusals(NotFound.kind),
)
def remove_class_break(request: Request, class_id: ClassId, break_id: BreakId) -> Response:
    """Streaks that it bridged end where they would have."""
    return _remove(services_of(request), break_id, class_id=class_id)


async def _plan(request: Request, **owner: str) -> PlannedBreak:
    body = await read_model(request, BreakBody)
    access, services = access_of(request), services_of(request)
    today = await run_in_threadpool(today_of, services, owner.get("student_id", ""))
    for field, day in (("first_day", body.first_day), ("last_day", body.last_day)):
        if abs(day - today) > FURTHEST:
            raise InvalidRequest(
                f"{field} is {day}.", cure="Plan breaks within a year of today.", field=field
            )
    plan = partial(
        services.store.breaks.plan,
        body.first_day,
        body.last_day,
        name=body.name,
        set_by=access.principal.subject,
        set_by_role=access.principal.role,
        **owner,
    )
    return _one(access, await run_in_threadpool(plan))


def _remove(services: Services, break_id: str, **owner: str) -> Response:
    planned = services.store.breaks.one(break_id)
    if planned is None or any(getattr(planned, name) != of for name, of in owner.items()):
        raise NotFound(
            f"There is no break {break_id} here.",
            cure="Use a break_id of the list.",
            field="break_id",
        )
    services.store.breaks.remove(break_id)
    return Response(status_code=204)


def _shown(access: Access, breaks: list[Break]) -> Breaks:
    return Breaks(breaks=[_one(access, planned) for planned in breaks])


def _one(access: Access, planned: Break) -> PlannedBreak:
    return PlannedBreak(
        break_id=planned.break_id,
        class_id=planned.class_id,
        first_day=planned.first_day,
        last_day=planned.last_day,
        name=planned.name,
        set_by=set_by(access, planned.set_by, planned.set_by_role),
    )
