"""The figures of the service for Prometheus."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.metrics import CONTENT_TYPE, Metrics

_EXAMPLE = (
    "# HELP spool_inbox_events Events that no snapshot is sure to hold.\nspool_inbox_events 4\n"
)

router = APIRouter(tags=["service"])


@router.get(
    "/metrics",
    summary="Figures of the service, for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "The text format of Prometheus; it names nobody.",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
        }
    },
)
def metrics(request: Request) -> Response:
    """For an admin, a service, or a scraper that sends METRICS_TOKEN as its bearer token."""
    text = cast(Metrics, request.app.state.metrics).text()
    return Response(text, media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
