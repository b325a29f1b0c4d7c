"""Whether the service can take events and give answers, for those who watch over it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Services, services_of
from api.schemas.service import Health
from warehouse.errors import SnapshotUnavailable, SpoolError
from warehouse.store.transactions import writing

OK = "ok"
UNAVAILABLE = "unavailable"

router = APIRouter(tags=["service"])


@router.get(
    "/health",
    summary="Can the service take events and answer?",
    response_model=Health,
    responses={503: {"model": Health, "description": "It cannot take events or cannot answer."}},
)
def health(request: Request) -> Response:
    """Open to everyone, names nobody. 503 when the store or the snapshot cannot be used."""
    state = _state(services_of(request))
    return Response(
        state.model_dump_json(),
        200 if state.status == OK else 503,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _state(services: Services) -> Health:
    pending = _pending_events(services)
    snapshot_works, snapshot_id, age = _snapshot(services)
    return Health(
        status=OK if pending is not None and snapshot_works else UNAVAILABLE,
        snapshot_id=snapshot_id,
        snapshot_age_seconds=age,
        store=OK if pending is not None else UNAVAILABLE,
        pending_events=pending,
    )


def _pending_events(services: Services) -> int | None:
    """The size of the inbox; None when it cannot be read or a write cannot begin."""
    try:
        with writing(services.store.engine):
            pass
        return services.store.inbox.count()
    except SpoolError:
        return None


def _snapshot(services: Services) -> tuple[bool, str | None, int | None]:
    """Whether answers can be given, the snapshot behind them, and its age in seconds."""
    try:
        info = services.reader.snapshot_info()
    except SnapshotUnavailable:
        return False, None, None
    if info is None:
        # Before the first publish everything is answered live.
        return True, None, None
    age = services.clock() - info.built_at
    return True, info.snapshot_id, max(0, int(age.total_seconds()))
