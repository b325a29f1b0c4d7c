"""Shapes of progress: concepts, the learning path, and the events behind a figure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.schemas.base import META_EXAMPLE, Meta, Shape, example
from api.schemas.foresight import (
    PREDICTIONS_EXAMPLE,
    RECOMMENDATION_EXAMPLE,
    Predictions,
    Recommendation,
)

Status = Literal["not_started", "in_progress", "completed", "mastered"]


class Progress(Shape):
    """Where a student stands with one concept."""

    student_id: str
    concept_id: str
    status: Status = Field(description="The furthest reached; it never goes down.")
    attempts: int = Field(description="The largest of the event counts per type.")
    best_score: float | None = Field(description="0.0 to 1.0; null without a score.")
    average_score: float | None = Field(description="Mean of all scores; null without a score.")
    total_time_spent: int = Field(description="Seconds.")
    started_at: datetime | None
    completed_at: datetime | None
    mastery_date: datetime | None
    last_accessed: datetime | None = Field(description="The latest learning event.")


PROGRESS_EXAMPLE: dict[str, Any] = {
    "student_id": "student-0001",
    "concept_id": "fractions-adding",
    "status": "completed",
    "attempts": 3,
    "best_score": 0.9,
    "average_score": 0.75,
    "total_time_spent": 840,
    "started_at": "2026-03-01T08:00:00Z",
    "completed_at": "2026-03-02T08:30:00Z",
    "mastery_date": None,
    "last_accessed": "2026-03-02T08:30:00Z",
}


class ConceptProgress(Progress):
    """Progress in one concept, and the state of the tables that it shows."""

    model_config = example({**PROGRESS_EXAMPLE, "meta": META_EXAMPLE})

    meta: Meta


class Summary(Shape):
    """All concepts of a student in one row."""

    concepts_started: int = Field(description="Concepts with a learning event.")
    concepts_completed: int = Field(description="Concepts completed or mastered.")
    concepts_mastered: int
    total_time_spent: int = Field(description="Seconds.")
    average_score: float | None = Field(description="Mean of all scores; null without a score.")
    completion_rate: float | None = Field(
        description="Completed ÷ started, 0 to 1; null before anything is started."
    )
    learning_velocity: float = Field(description="Concepts mastered a week, over 28 days.")
    active_days: int = Field(description="Local days with a learning event.")


class StudentProgress(Shape):
    """The overall progress of a student."""

    model_config = example(
        {
            "student_id": "student-0001",
            "summary": {
                "concepts_started": 4,
                "concepts_completed": 3,
                "concepts_mastered": 1,
                "total_time_spent": 5400,
                "average_score": 0.78,
                "completion_rate": 0.75,
                "learning_velocity": 0.25,
                "active_days": 6,
            },
            "concepts": [PROGRESS_EXAMPLE],
            "next_cursor": None,
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    summary: Summary
    concepts: list[Progress] = Field(description="By concept_id, at most `limit` of them.")
    next_cursor: str | None = Field(description="Where the next page begins; null on the last.")
    meta: Meta


class PathNode(Shape):
    """A concept of the curriculum as the student sees it."""

    concept_id: str
    name: str
    subject_id: str
    status: Status
    mastery_probability: float | None = Field(
        description="P(the next try is right); null without a model, where predictions are not "
        "shown, and where the student's own tries are too few to say."
    )
    unlocked: bool = Field(description="All prerequisites are completed or mastered.")


class PathEdge(Shape):
    """A prerequisite and the concept that needs it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: str = Field(alias="from", description="The prerequisite.")
    to: str


class SubjectShare(Shape):
    """How much of a subject is mastered."""

    subject_id: str
    percent: float = Field(description="Mastered concepts in 100 of the subject's.")


class LearningPath(Shape):
    """The curriculum as a graph, coloured by the student's progress."""

    model_config = example(
        {
            "student_id": "student-0001",
            "nodes": [
                {
                    "concept_id": "fractions-adding",
                    "name": "Adding fractions",
                    "subject_id": "maths",
                    "status": "completed",
                    "mastery_probability": 0.81,
                    "unlocked": True,
                }
            ],
            "edges": [{"from": "fractions-reading", "to": "fractions-adding"}],
            "next": ["fractions-dividing"],
            "subjects": [{"subject_id": "maths", "percent": 12.5}],
            "recommendations": [RECOMMENDATION_EXAMPLE],
            "predictions": PREDICTIONS_EXAMPLE,
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    nodes: list[PathNode]
    edges: list[PathEdge]
    next: list[str] = Field(
        description="Up to 3 concepts to go on with, the best first: the recommended ones, and "
        "without them what is begun, then what is open."
    )
    subjects: list[SubjectShare]
    recommendations: list[Recommendation] = Field(description="Why these, the best first.")
    predictions: Predictions
    meta: Meta


class WhyEvent(Shape):
    """An event that made a figure what it is; some figures add columns of their own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    event_id: str | None
    concept_id: str | None
    item_id: str | None
    event_type: str | None = Field(description="Null where no event but the calendar earned it.")
    score: float | None
    time_spent: int | None
    occurred_at: datetime
    local_date: date


class Why(Shape):
    """The events behind one figure."""

    model_config = example(
        {
            "student_id": "student-0001",
            "figure": "concept:fractions-adding",
            "events": [
                {
                    "event_id": "lesson-17.try-3",
                    "concept_id": "fractions-adding",
                    "item_id": None,
                    "event_type": "attempted",
                    "score": 0.8,
                    "time_spent": 95,
                    "occurred_at": "2026-03-02T08:30:00Z",
                    "local_date": "2026-03-02",
                }
            ],
            "next_offset": None,
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    figure: str
    events: list[WhyEvent] = Field(description="Oldest first, at most `limit` of them.")
    next_offset: int | None = Field(description="The offset of the next page; null on the last.")
    meta: Meta
