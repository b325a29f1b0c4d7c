"""What educators see of the model of risk: whom it names and why, and how often it is right.

A list of names without its error rates would be believed too much: they always stand together,
and beside them what educators themselves have said of the flags.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from reports.dashboards.parts import STRICT
from warehouse.reader import Row
from warehouse.store.interventions import Intervention

OUTCOMES = {
    "inactive": "No learning for the next 14 days",
    "misses_goal_this_week": "Misses this week's goal",
    "misses_goal_next_week": "Misses next week's goal",
}


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A student whom the model flags."""

    __pydantic_config__ = STRICT
    student_id: str
    name: str | None
    outcome: Annotated[str, Field(description="inactive, misses_goal_this_week, …_next_week.")]
    words: str
    probability: Annotated[float, Field(description="0 to 1.")]
    reasons: Annotated[list[str], Field(description="What moves it most, in words.")]
    predicted_on: date


@dataclass(frozen=True, slots=True)
class RiskQuality:
    """How good the flags of an outcome were on the last period, before the model knew of it."""

    __pydantic_config__ = STRICT
    outcome: str
    threshold: Annotated[float, Field(description="From this probability on a student is flagged.")]
    precision: Annotated[float | None, Field(description="Of those flagged, the share it was so.")]
    recall: Annotated[float | None, Field(description="Of those it was so for, the share flagged.")]
    flagged_count: int
    example_count: Annotated[int, Field(description="Students and mornings behind these shares.")]
    base_ratio: Annotated[float | None, Field(description="How often it happens to anybody.")]
    first_morning: date
    last_morning: date


@dataclass(frozen=True, slots=True)
class Feedback:
    """What educators said of the flags of a rule, for the students of these classes."""

    __pydantic_config__ = STRICT
    rule: str
    interventions: int
    answered: Annotated[int, Field(description="Those with an answer whether it was useful.")]
    useful: int
    useful_ratio: Annotated[float | None, Field(description="Useful ÷ answered.")]


def risk_lines(rows: Sequence[Row], names: Mapping[str, str | None]) -> list[RiskLine]:
    """The flagged ones, the likeliest first."""
    lines = [
        RiskLine(
            row["student_id"],
            names.get(row["student_id"]),
            row["outcome"],
            f"{OUTCOMES[row['outcome']]}: {round(100 * row['probability'])} in 100.",
            row["probability"],
            list(row["reasons"]),
            row["predicted_on"],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-line.probability, line.student_id, line.outcome))


def risk_qualities(models: Sequence[Row]) -> list[RiskQuality]:
    """From the card of the model behind the snapshot's predictions; none without a model."""
    cards = [json.loads(row["card"]) for row in models if row["model"] == "risk" and row["card"]]
    return [
        RiskQuality(
            report["outcome"],
            report["threshold"],
            report["precision"],
            report["recall"],
            report["flagged_count"],
            report["example_count"],
            report["base_ratio"],
            date.fromisoformat(report["first_morning"]),
            date.fromisoformat(report["last_morning"]),
        )
        for card in cards
        for report in card["own_report"]
    ]


def feedback_of(interventions: Sequence[Intervention]) -> list[Feedback]:
    """How each rule did in the eyes of those who looked."""
    by_rule: defaultdict[str, list[Intervention]] = defaultdict(list)
    for one in interventions:
        by_rule[one.rule].append(one)
    return [_feedback(rule, of_rule) for rule, of_rule in sorted(by_rule.items())]


def _feedback(rule: str, interventions: Sequence[Intervention]) -> Feedback:
    answers = [one.useful for one in interventions if one.useful is not None]
    useful = sum(answers)
    return Feedback(
        rule, len(interventions), len(answers), useful, useful / len(answers) if answers else None
    )
