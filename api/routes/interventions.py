"""Interventions: educators acknowledge a flag, hand it on, note what they did, and close it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.audit import note_access, noted
from api.bodies import read_model
from api.contract import json_body, refusals
from api.dependencies import ClassId, Services, StudentId, access_of, services_of
from api.errors import INTERVENTION_CONFLICT, InvalidRequest, NotFound
from api.policy import Reach
from api.schemas.interventions import (
    CHANGE_EXAMPLE,
    FLAG_EXAMPLE,
    ChangeBody,
    FlagBody,
    InterventionList,
    InterventionShape,
    InterventionStep,
)
from warehouse.event_fields import Name
from warehouse.store.interventions import Actor, Change, Flag, Intervention

router = APIRouter(prefix="/api/interventions", tags=["interventions"])

InterventionId = Annotated[Name, Path(description="An intervention of a list.")]


@router.get(
    "/class/{class_id}",
    summary="Interventions for the students of a class",
    response_model=InterventionList,
)
def class_interventions(request: Request, class_id: ClassId) -> InterventionList:
    """For everybody who is in the class now, open ones and closed ones."""
    services, principal = services_of(request), access_of(request).principal
    found = _listed(services, services.store.people.students_of(class_id, services.clock()))
    about = {one.student_id for one in found.interventions}
    with noted(request, principal, "class_interventions", sorted(about)):
        return found


@router.get(
    "/student/{student_id}",
    summary="Interventions for a student",
    response_model=InterventionList,
)
def student_interventions(request: Request, student_id: StudentId) -> InterventionList:
    """Open ones and closed ones, each with its history."""
    return _listed(services_of(request), [student_id])


@router.post(
    "",
    summary="Acknowledge a flag",
    status_code=201,
    response_model=InterventionShape,
    responses={
        200: {"model": InterventionShape, "description": "It was acknowledged already: this one."}
    },
    openapi_extra=json_body(FlagBody, FLAG_EXAMPLE),
)
async def open_intervention(request: Request) -> Response:
    """Open an intervention for a flag that is up; there is one open at a time for each flag."""
    body = await read_model(request, FlagBody)
    access, services = access_of(request), services_of(request)
    await access.require(body.student_id)
    await note_access(request, access.principal, "open_intervention", [body.student_id])
    by = Actor(access.principal.subject, access.principal.role)
    shape, created = await run_in_threadpool(open_for_flag, services, body, by)
    return JSONResponse(shape.model_dump(mode="json"), 201 if created else 200)


@router.put(
    "/{intervention_id}",
    summary="Take the next step",
    response_model=InterventionShape,
    responses=refusals(NotFound.kind, INTERVENTION_CONFLICT),
    openapi_extra=json_body(ChangeBody, CHANGE_EXAMPLE),
)
async def change_intervention(
    request: Request, intervention_id: InterventionId
) -> InterventionShape:
    """Assign to a colleague, note an action, close with an outcome, say if the flag was useful."""
    access, services = access_of(request), services_of(request)
    found = await run_in_threadpool(services.store.interventions.one, intervention_id)
    if found is None and access.reach is not Reach.ANYONE:
        # The same words as for one that is out of reach: who asks learns nothing from them.
        raise access.refusal()
    if found is not None:
        await access.require(found.student_id)
        await note_access(request, access.principal, "change_intervention", [found.student_id])
    body = await read_model(request, ChangeBody)
    if found is None:
        raise NotFound(
            f"There is no intervention {intervention_id}.",
            cure="Use an intervention_id of a list.",
            field="intervention_id",
        )
    by = Actor(access.principal.subject, access.principal.role)
    return await run_in_threadpool(partial(take_step, services, found, body, by))


def open_for_flag(services: Services, body: FlagBody, by: Actor) -> tuple[InterventionShape, bool]:
    """Open an intervention for a flag that is up, or find the one that is open."""
    flag = Flag(body.student_id, body.rule, body.concept_id or "")
    snapshot = services.reader.published()
    flags = [
        row
        for query in ("students_at_risk", "students_predicted_flags")
        for row in snapshot.ask(query, student_ids=[flag.student_id])
    ]
    if not any((f["rule"], f["concept_id"] or "") == (flag.rule, flag.concept_id) for f in flags):
        raise InvalidRequest(
            f"The student has no flag {body.rule} of this kind now.",
            cure="Acknowledge a flag that the educator's dashboard shows.",
            field="rule",
        )
    found, created = services.store.interventions.open(flag, by, body.note)
    return _shown(services, [found])[0], created


def take_step(
    services: Services, found: Intervention, body: ChangeBody, by: Actor
) -> InterventionShape:
    """Take the next step with an intervention."""
    if body.assigned_to is not None and not services.store.people.teaches(
        body.assigned_to, found.student_id, services.clock()
    ):
        raise InvalidRequest(
            "assigned_to does not teach this student.",
            cure="Assign it to somebody who teaches the student now.",
            field="assigned_to",
        )
    change = Change(body.assigned_to, body.note, body.outcome, body.useful)
    after = services.store.interventions.change(found.intervention_id, body.version, by, change)
    return _shown(services, [after])[0]


def _listed(services: Services, student_ids: Sequence[str]) -> InterventionList:
    found = services.store.interventions.of_students(student_ids)
    return InterventionList(interventions=_shown(services, found))


def _shown(services: Services, found: Sequence[Intervention]) -> list[InterventionShape]:
    steps = services.store.interventions.history(i.intervention_id for i in found)
    return [
        InterventionShape.model_validate(
            {
                **one._asdict(),
                "concept_id": one.concept_id or None,
                "status": status_of(one),
                "history": [
                    InterventionStep.model_validate(
                        {n: getattr(step, n) for n in InterventionStep.model_fields}
                    )
                    for step in steps[one.intervention_id]
                ],
            }
        )
        for one in found
    ]


def status_of(one: Intervention) -> str:
    """Where it stands, in a word."""
    if one.outcome is not None:
        return "closed"
    return "assigned" if one.assigned_to else "acknowledged"
