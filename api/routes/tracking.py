"""Events in: one at a time or in batches, answered when they are on disk.

These routes never block: they hand their events to the writer's group commit and wait for its word.
"""

from __future__ import annotations

from datetime import datetime

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import BATCH_BYTES_MAX, SINGLE_BYTES_MAX, parse_object, read_body
from api.budgets import Limiter
from api.contract import json_body, refusals
from api.dependencies import Access, Services, access_of, services_of
from api.direct import DirectRoute
from api.errors import EventConflict, InvalidRequest, problem, reason
from api.schemas.tracking import EVENT_EXAMPLE, BatchTracked, Tracked
from api.watch import watched
from api.writing import conflict, store
from warehouse.errors import SpoolError
from warehouse.event_fields import EventBody
from warehouse.events import Event, parse_event

BATCH_EVENTS_MAX = 1000
SOURCE_SINGLE = "api"
SOURCE_BATCH = "api-batch"

router = APIRouter(prefix="/api/progress", tags=["progress"], route_class=DirectRoute)

Outcome = tuple[object, Event | SpoolError]


@router.post(
    "/track",
    summary="Track one learning event",
    status_code=201,
    response_model=Tracked,
    responses={
        200: {"model": Tracked, "description": "The same event was on disk already."},
        **refusals(EventConflict.kind),
    },
    openapi_extra=json_body(EventBody, EVENT_EXAMPLE),
)
async def track_event(request: Request) -> Response:
    """Store one event for good; the answer comes when it is on disk and counts in every figure.

    Send an `event_id` to make retries safe: the same id with the same content counts once.
    """
    access, services = access_of(request), services_of(request)
    body = await read_body(request, SINGLE_BYTES_MAX)
    event = parse_event(parse_object(body), now=services.clock())
    await access.require(event.student_id)
    receipt = (await store(services, [event], access, SOURCE_SINGLE))[0]
    if receipt.status == "conflict":
        raise conflict(receipt.event_id)
    return Response(
        orjson.dumps({"event_id": receipt.event_id, "status": receipt.status}),
        201 if receipt.status == "accepted" else 200,
        media_type="application/json",
    )


@router.post(
    "/track/batch",
    summary="Track up to 1000 learning events",
    response_model=BatchTracked,
    openapi_extra=json_body(EventBody, EVENT_EXAMPLE, many=BATCH_EVENTS_MAX),
)
async def track_batch(request: Request) -> Response:
    """Store many events for good; each is judged alone, and one that is wrong stops no other."""
    access, services = access_of(request), services_of(request)
    body = await read_body(request, BATCH_BYTES_MAX)
    # Parsing a full batch takes tens of milliseconds, which other requests should not wait for.
    parsed = await run_in_threadpool(_parse_batch, body, access, services.clock())
    limiter: Limiter = request.app.state.limiter
    limiter.events(*access.principal, len(parsed))
    answer, refused = await _store_valid(services, parsed, access)
    watched(request.scope).rejected += map(reason, refused)
    return Response(orjson.dumps(answer), media_type="application/json")


def _parse_batch(body: bytes, access: Access, now: datetime) -> list[Outcome]:
    data = parse_object(body)
    events = data.get("events")
    if not isinstance(events, list) or len(data) != 1:
        raise InvalidRequest(
            "The body is not an object with the one field events.",
            cure='Send {"events": [...]} with up to 1000 events.',
            field="events",
        )
    if len(events) > BATCH_EVENTS_MAX:
        raise InvalidRequest(
            f"events has {len(events)} entries.",
            cure=f"Send at most {BATCH_EVENTS_MAX} in one batch.",
            field="events",
        )
    return [(item, _parse_one(item, access, now)) for item in events]


def _parse_one(item: object, access: Access, now: datetime) -> Event | SpoolError:
    try:
        event = parse_event(item, now=now)  # type: ignore[arg-type]  # it says what is wrong
        access.check(event.student_id)
    except SpoolError as error:
        return error
    return event


async def _store_valid(
    services: Services, parsed: list[Outcome], access: Access
) -> tuple[dict[str, object], list[SpoolError]]:
    """The answer to a batch, and why events of it were refused."""
    valid = [outcome for _, outcome in parsed if isinstance(outcome, Event)]
    receipts = iter(await store(services, valid, access, SOURCE_BATCH) if valid else [])
    counts = {"accepted": 0, "duplicate": 0}
    rejected: list[dict[str, object]] = []
    refused: list[SpoolError] = []
    for index, (item, outcome) in enumerate(parsed):
        if isinstance(outcome, Event):
            receipt = next(receipts)
            if receipt.status != "conflict":
                counts[receipt.status] += 1
                continue
            event_id: str | None = receipt.event_id
            error: SpoolError = conflict(receipt.event_id)
        else:
            event_id, error = _readable_id(item), outcome
        rejected.append({"index": index, "event_id": event_id, "problem": problem(error)})
        refused.append(error)
    answer: dict[str, object] = {
        "accepted": counts["accepted"], "duplicates": counts["duplicate"], "rejected": rejected
    }  # fmt: skip
    return answer, refused


def _readable_id(item: object) -> str | None:
    event_id = item.get("event_id") if isinstance(item, dict) else None
    return event_id[:128] if isinstance(event_id, str) else None
