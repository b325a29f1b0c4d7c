"""Shapes of the answers to events and awards."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.schemas.base import Shape, example
from api.schemas.service import PROBLEM_EXAMPLE, Problem

EVENT_EXAMPLE: dict[str, Any] = {
    "event_id": "lesson-17.try-3",
    "student_id": "student-0001",
    "concept_id": "fractions-adding",
    "item_id": "fractions-adding.q4",
    "event_type": "attempted",
    "score": 0.8,
    "time_spent": 95,
    "occurred_at": "2026-03-02T09:30:00+01:00",
    "time_zone": "Europe/Berlin",
}
AWARD_EXAMPLE: dict[str, Any] = {
    "student_id": "student-0001",
    "points": 20,
    "reason": "Explained fractions to the class",
    "event_id": "award-2026-03-02-0001",
}


class Tracked(Shape):
    """The event is on disk and counts from now on; a duplicate was already."""

    model_config = example({"event_id": "lesson-17.try-3", "status": "accepted"})

    event_id: str = Field(description="The sender's id, or the one made on receipt.")
    status: Literal["accepted", "duplicate"]


class RejectedEvent(Shape):
    """An event of a batch that was not stored."""

    index: int = Field(description="Its place in `events`, from 0.")
    event_id: str | None = Field(description="Its id, where it has a readable one.")
    problem: Problem


class BatchTracked(Shape):
    """What became of each event of a batch; those not rejected are on disk."""

    model_config = example(
        {
            "accepted": 2,
            "duplicates": 1,
            "rejected": [
                {
                    "index": 3,
                    "event_id": "lesson-17.try-4",
                    "problem": PROBLEM_EXAMPLE,
                }
            ],
        }
    )

    accepted: int
    duplicates: int = Field(description="Events that were on disk already; they count once.")
    rejected: list[RejectedEvent]


class Awarded(Shape):
    """The award is on disk; `total_points` includes it."""

    model_config = example({"event_id": "award-2026-03-02-0001", "total_points": 345})

    event_id: str
    total_points: int | None = Field(
        description="The student's total with this award; null when it could not be computed now."
    )
