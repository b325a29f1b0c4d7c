"""What an educator does about a flag: take it on, hand it on, note, close, say if it was useful."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import checked, read_form, whole_number
from api.dependencies import StudentId, access_of, services_of
from api.pages.rendering import go, in_path
from api.routes.interventions import open_for_flag, take_step
from api.schemas.interventions import ChangeBody, FlagBody
from warehouse.store.interventions import Actor

router = APIRouter(prefix="/student/{student_id}/support", include_in_schema=False)

USEFUL = {"yes": True, "no": False}


@router.post("")
async def support_open_form(request: Request, student_id: StudentId) -> Response:
    """Take a flag on."""
    form = await read_form(request)
    body = checked(
        FlagBody,
        {
            "student_id": student_id,
            "rule": form.get("rule", ""),
            "concept_id": form.get("concept_id") or None,
            "note": form.get("note", "").strip() or None,
        },
    )
    await run_in_threadpool(open_for_flag, services_of(request), body, _actor(request))
    return go(f"/student/{in_path(student_id)}/support")


@router.post("/{intervention_id}")
async def support_step_form(
    request: Request, student_id: StudentId, intervention_id: str
) -> Response:
    """Take the next step with an intervention of this student."""
    form, services = await read_form(request), services_of(request)
    found = await run_in_threadpool(services.store.interventions.one, intervention_id)
    if found is None or found.student_id != student_id:
        raise access_of(request).refusal()
    given = {
        "version": whole_number(form, "version"),
        "assigned_to": form.get("assigned_to") or None,
        "note": form.get("note", "").strip() or None,
        "outcome": form.get("outcome") or None,
        "useful": USEFUL.get(form.get("useful", "")),
    }
    body = checked(ChangeBody, {name: value for name, value in given.items() if value is not None})
    await run_in_threadpool(partial(take_step, services, found, body, _actor(request)))
    return go(f"/student/{in_path(student_id)}/support")


def _actor(request: Request) -> Actor:
    principal = access_of(request).principal
    return Actor(principal.subject, principal.role)
