"""Shapes of predictions: how likely the next try succeeds, what to do next, the weeks ahead."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from api.schemas.base import META_EXAMPLE, Meta, Shape, example

CHANCE = "0 to 1."


class Predictions(Shape):
    """Whether predictions are shown to the bearer, and what stands behind them."""

    shown: bool = Field(description="False where PREDICTIONS_SHOWN_TO does not name this role.")
    reason: str | None = Field(description="Why there are none; null where there are.")
    models: dict[str, str] = Field(description="The models in use, by what they foresee.")


class Recommendation(Shape):
    """A concept worth the next minutes, and why."""

    concept_id: str
    name: str
    kind: Literal["continue", "begin", "review"]
    probability: float = Field(description=f"P(the next try is right), {CHANCE}")
    lower: float = Field(description="Where the model's interval for it begins.")
    upper: float = Field(description="Where it ends.")
    evidence_count: int = Field(description="Tries of the student that it rests on.")
    enough_evidence: bool = Field(description="False: a guess from other students.")
    due_on: date | None = Field(description="For `review`: since when it is due.")
    reason: str = Field(description="In words.")


class ConceptMastery(Shape):
    """How likely the next try at a concept succeeds, as of the student's latest learning."""

    concept_id: str
    probability: float | None = Field(
        description=f"{CHANCE} Null below the model's minimum of evidence."
    )
    lower: float | None
    upper: float | None
    evidence_count: int
    enough_evidence: bool
    mastered_in_14_days: float | None = Field(
        description="P(mastered within 14 days of predicted_on); null later, and once mastered."
    )
    predicted_on: date


class Forecast(Shape):
    """What a week may bring: a prediction between bounds, and two simple answers beside it."""

    measure: Literal["mastered", "completed", "minutes", "average_score"]
    week_start: date = Field(description="Monday.")
    horizon: int = Field(description="Weeks ahead, 1 to 4.")
    expected: float = Field(description="The mean; means of weeks may be added up.")
    middle: float = Field(description="Passed as often as not.")
    lower: float
    upper: float
    last_value: float | None = Field(description="The last week again.")
    mean_of_four: float | None = Field(description="The mean of the last four weeks.")
    mean_of_season: float | None = Field(
        description="The mean of the three weeks around the same one a year before."
    )


class Change(Shape):
    """A week from which on a student's weeks are plainly others than before; no prediction."""

    measure: Literal["mastered", "minutes"]
    week_start: date = Field(description="Monday of the first week that is otherwise.")
    weeks_before: int
    weeks_after: int
    mean_before: float = Field(description="A week, before.")
    mean_after: float = Field(description="A week, since then.")
    ratio: float
    p_value: float = Field(description="How often weeks in chance order part as strongly.")
    statement: str


PREDICTIONS_EXAMPLE: dict[str, Any] = {
    "shown": True,
    "reason": None,
    "models": {"mastery": "20260301T033000-0c1f5a7f9a2b"},
}
RECOMMENDATION_EXAMPLE: dict[str, Any] = {
    "concept_id": "fractions-dividing",
    "name": "Dividing fractions",
    "kind": "begin",
    "probability": 0.68,
    "lower": 0.55,
    "upper": 0.79,
    "evidence_count": 0,
    "enough_evidence": False,
    "due_on": None,
    "reason": "Dividing fractions is new, what it builds on is done, and a first try would succeed "
    "in about 68 of 100. There are too few tries yet to say so of this student: others are the "
    "measure.",
}
MASTERY_EXAMPLE: dict[str, Any] = {
    "concept_id": "fractions-adding",
    "probability": 0.81,
    "lower": 0.72,
    "upper": 0.88,
    "evidence_count": 14,
    "enough_evidence": True,
    "mastered_in_14_days": 0.35,
    "predicted_on": "2026-03-03",
}
CHANGE_EXAMPLE: dict[str, Any] = {
    "measure": "mastered",
    "week_start": "2025-11-03",
    "weeks_before": 9,
    "weeks_after": 17,
    "mean_before": 2.0,
    "mean_after": 4.1,
    "ratio": 2.05,
    "p_value": 0.0015,
    "statement": "Since 3 November 4.1 concepts mastered a week; in the 9 weeks before 2.0 "
    "(2.0 times as many).",
}
FORECAST_EXAMPLE: dict[str, Any] = {
    "measure": "minutes",
    "week_start": "2026-03-09",
    "horizon": 1,
    "expected": 74.5,
    "middle": 70.0,
    "lower": 20.0,
    "upper": 130.0,
    "last_value": 90.0,
    "mean_of_four": 71.0,
    "mean_of_season": None,
}


class Recommendations(Shape):
    """What is worth a student's next minutes."""

    model_config = example(
        {
            "student_id": "student-0001",
            "recommendations": [RECOMMENDATION_EXAMPLE],
            "predictions": PREDICTIONS_EXAMPLE,
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    recommendations: list[Recommendation] = Field(description="The best first.")
    predictions: Predictions
    meta: Meta
