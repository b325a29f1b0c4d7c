"""What the shapes of all areas are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """The base of all answers: complete, and nothing that is not documented."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(value: dict[str, Any]) -> ConfigDict:
    """The configuration of a shape with an example for its documentation."""
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [value]})


class Meta(Shape):
    """Which state of the tables an answer shows."""

    snapshot_id: str | None = Field(description="The snapshot used; null before the first build.")
    as_of: datetime | None = Field(description="The instant for which the figures hold.")
    live: bool = Field(
        description="True when events that no snapshot holds yet were added at request time."
    )
    pending_events: int = Field(description="How many events of this student those are.")


META_EXAMPLE: dict[str, Any] = {
    "snapshot_id": "019a4c1e-7c55-7b10-9d0a-5d6f3f1c2b7e",
    "as_of": "2026-03-02T06:00:00Z",
    "live": False,
    "pending_events": 0,
}
