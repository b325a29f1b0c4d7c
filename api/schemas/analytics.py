"""Shapes of analytics: a student's trends, and what was found about them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from api.schemas.base import META_EXAMPLE, Meta, Shape, example
from api.schemas.foresight import (
    CHANGE_EXAMPLE,
    FORECAST_EXAMPLE,
    MASTERY_EXAMPLE,
    PREDICTIONS_EXAMPLE,
    Change,
    ConceptMastery,
    Forecast,
    Predictions,
)

Score = float | None
SCORE = "0.0 to 1.0; null without a score."


class MetricLabel(Shape):
    """How a figure is called, its unit, and how it totals."""

    label: str
    unit: str
    totals: Literal["sum", "mean", "never"] = Field(
        description="Over students and time: added up, a weighted mean, or not at all."
    )
    meaning: str


class Metrics(Shape):
    """The figures of the whole time up to `as_of`."""

    concepts_started: int
    concepts_completed: int
    concepts_mastered: int
    total_time_spent: int = Field(description="Seconds.")
    average_score: Score = Field(description=SCORE)
    learning_velocity: float = Field(description="Concepts mastered a week, over 28 days.")
    active_days: int
    strongest_subjects: list[str] = Field(
        description="Up to 3 subjects with the highest mean score, of those with 3 scored events."
    )
    areas_for_improvement: list[str] = Field(
        description="Up to 3 with the lowest, below 0.7, likewise."
    )


class Week(Shape):
    """One ISO week; weeks without learning are there too."""

    week_start: date = Field(description="Monday.")
    started: int = Field(description="Concepts first started in the week.")
    completed: int
    mastered: int
    total_time_spent: int = Field(description="Seconds.")
    average_score: Score = Field(description=SCORE)
    points: int
    learning_velocity: float = Field(
        description="Concepts mastered in this week and the three before, divided by 4."
    )


class SubjectPart(Shape):
    """What part of the learning a subject has; shares are of all subjects of the curriculum."""

    subject_id: str
    event_count: int = Field(description="Learning events.")
    time_spent: int = Field(description="Seconds.")
    event_share: float = Field(description="Of the learning events; all add up to 1.")
    time_share: float | None = Field(
        description="Of the time; all add up to 1. Null where no time was spent."
    )
    average_score: Score = Field(description=SCORE)


class TimeSlot(Shape):
    """One hour of the day or day of the week, by the student's own clock."""

    number: int = Field(description="The hour, 0 to 23, or the day, 1 (Monday) to 7.")
    event_count: int
    total_time_spent: int = Field(description="Seconds.")
    average_score: Score = Field(description=SCORE)


class TimePatterns(Shape):
    """When a student learns; empty before the first learning event."""

    hours: list[TimeSlot] = Field(description="24, from midnight on.")
    weekdays: list[TimeSlot] = Field(description="7, from Monday on.")


SLOT_EXAMPLE = {"number": 19, "event_count": 40, "total_time_spent": 2400, "average_score": 0.81}


class Trends(Shape):
    """How a student's learning goes over time, over subjects, and over the day."""

    model_config = example(
        {
            "student_id": "student-0001",
            "metrics": {
                "concepts_started": 4,
                "concepts_completed": 3,
                "concepts_mastered": 1,
                "total_time_spent": 5400,
                "average_score": 0.78,
                "learning_velocity": 0.25,
                "active_days": 6,
                "strongest_subjects": ["maths"],
                "areas_for_improvement": [],
            },
            "weekly_progress": [
                {
                    "week_start": "2026-02-23",
                    "started": 4,
                    "completed": 3,
                    "mastered": 1,
                    "total_time_spent": 5400,
                    "average_score": 0.78,
                    "points": 95,
                    "learning_velocity": 0.25,
                }
            ],
            "subject_distribution": [
                {
                    "subject_id": "maths",
                    "event_count": 40,
                    "time_spent": 5400,
                    "event_share": 1.0,
                    "time_share": 1.0,
                    "average_score": 0.78,
                }
            ],
            "time_patterns": {"hours": [SLOT_EXAMPLE], "weekdays": [{**SLOT_EXAMPLE, "number": 1}]},
            "changes": [CHANGE_EXAMPLE],
            "forecast": [FORECAST_EXAMPLE],
            "mastery": [MASTERY_EXAMPLE],
            "predictions": PREDICTIONS_EXAMPLE,
            "labels": {
                "learning_velocity": {
                    "label": "Learning pace",
                    "unit": "concepts per week",
                    "totals": "mean",
                    "meaning": "concepts first mastered in the 28 days up to as-of, divided by 4",
                }
            },
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    metrics: Metrics
    weekly_progress: list[Week] = Field(
        description="From the first week with learning or points to the present one."
    )
    subject_distribution: list[SubjectPart]
    time_patterns: TimePatterns
    changes: list[Change] = Field(
        description="Since when weeks are plainly others than before; of 12 weeks or more."
    )
    forecast: list[Forecast] = Field(description="The next four weeks, by measure.")
    mastery: list[ConceptMastery] = Field(description="By concept; see `predictions`.")
    predictions: Predictions
    labels: dict[str, MetricLabel] = Field(description="What the figures are called, by metric.")
    meta: Meta


class Effect(Shape):
    """How large what was found is."""

    size: float
    unit: str
    lower: float | None = Field(description="Of the 95 % interval; null where there is none.")
    upper: float | None


class Insight(Shape):
    """Something true about how a student learns, as far as chance can be ruled out."""

    kind: Literal[
        "time_of_day",
        "session_length",
        "subject_trend",
        "comeback",
        "perseverance",
        "steady_pace",
        "spacing",
    ]
    figure: str = Field(
        description="`/api/progress/student/{student_id}/why/{figure}` has the events behind it."
    )
    statement: str = Field(description="In words, at the reading level asked for.")
    evidence: dict[str, float | int | str] = Field(description="The figures of the statement.")
    effect: Effect
    confidence: float = Field(
        description="1 minus the p-value, corrected for all looks at this student; 0.95 or more."
    )
    n: int = Field(description="Tries, days or concepts that were compared.")


INSIGHT_EXAMPLE: dict[str, Any] = {
    "kind": "time_of_day",
    "figure": "insight:time_of_day",
    "statement": "Evenings go best: a mean score of 82 of 100 in the evening, against 73 of 100 at "
    "other times of the day, allowing for how hard the concepts were.",
    "evidence": {
        "period": "evening",
        "score": 0.82,
        "other_score": 0.73,
        "tries": 310,
        "other_tries": 402,
    },
    "effect": {"size": 9.0, "unit": "points of 100", "lower": 4.1, "upper": 13.9},
    "confidence": 0.995,
    "n": 712,
}


class Insights(Shape):
    """What was found about a student; nothing where there is not enough evidence."""

    model_config = example(
        {"student_id": "student-0001", "insights": [INSIGHT_EXAMPLE], "meta": META_EXAMPLE}
    )

    student_id: str
    insights: list[Insight] = Field(description="The surest first.")
    meta: Meta
