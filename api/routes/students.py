"""A student's profile: alias, leaderboard, time zone and language."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.bodies import read_model
from api.contract import json_body
from api.dependencies import Services, StudentId, services_of
from api.schemas.students import PROFILE_EXAMPLE, Profile, ProfileBody

router = APIRouter(prefix="/api/students", tags=["people"])


@router.get("/{student_id}/profile", summary="A student's profile", response_model=Profile)
def student_profile(request: Request, student_id: StudentId) -> Profile:
    """How the student appears, and where they live."""
    return _profile(services_of(request), student_id)


@router.put(
    "/{student_id}/profile",
    summary="Change a student's profile",
    response_model=Profile,
    openapi_extra=json_body(ProfileBody, PROFILE_EXAMPLE),
)
async def change_profile(request: Request, student_id: StudentId) -> Profile:
    """By the student, a parent or an admin. A new zone counts for events from now on."""
    body, services = await read_model(request, ProfileBody), services_of(request)
    await run_in_threadpool(partial(change, services, student_id, body))
    return await run_in_threadpool(_profile, services, student_id)


def change(services: Services, student_id: str, body: ProfileBody) -> None:
    """Change what is given."""
    services.store.students.change(
        student_id,
        alias=body.alias,
        opt_in=body.leaderboard_opt_in,
        time_zone=body.time_zone,
        locale=body.locale,
    )


def _profile(services: Services, student_id: str) -> Profile:
    known = services.store.students.of(student_id)
    person = services.store.people.person(student_id)
    return Profile(
        student_id=student_id,
        name=person.name if person else None,
        alias=known.alias if known else None,
        leaderboard_opt_in=known.leaderboard_opt_in if known else False,
        time_zone=person.time_zone if person else None,
        locale=person.locale if person else None,
    )
