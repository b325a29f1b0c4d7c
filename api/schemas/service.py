"""Shapes of the service itself: its refusals and its health."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.schemas.base import Shape, example

PROBLEM_EXAMPLE: dict[str, Any] = {
    "type": "/docs#problem-invalid-event",
    "title": "The event is not valid",
    "status": 422,
    "detail": "score is 1.5.",
    "cure": "Use a number from 0.0 to 1.0, or null.",
    "field": "score",
}


class Problem(Shape):
    """Why a request was refused (RFC 9457), and what to do about it."""

    model_config = example(PROBLEM_EXAMPLE)

    type: str = Field(description="The kind of problem; resolves to its documentation.")
    title: str = Field(description="The kind in words; the same for every problem of the kind.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong with this request.")
    cure: str | None = Field(description="What to change.")
    field: str | None = Field(description="The field or parameter that is wrong.")
    request_id: str | None = Field(
        None, description="The request in our logs, as in X-Request-ID; not inside a batch."
    )


class Health(Shape):
    """Whether the service can take events and give answers."""

    model_config = example(
        {
            "status": "ok",
            "snapshot_id": "019a4c1e-7c55-7b10-9d0a-5d6f3f1c2b7e",
            "snapshot_age_seconds": 312,
            "store": "ok",
            "pending_events": 4,
        }
    )

    status: str = Field(description="`ok`, or `unavailable` with status 503.")
    snapshot_id: str | None = Field(description="The published snapshot; null before the first.")
    snapshot_age_seconds: int | None = Field(description="Seconds since it was built.")
    store: str = Field(description="`ok`, or `unavailable` when events cannot be kept.")
    pending_events: int | None = Field(description="Events that no snapshot holds yet.")
