"""Who may need an educator's eye: P(inactive for 14 days) and P(misses the weekly goal).

For educators only. The model learns from past mornings: what was known of each student then
(`models/activity.py`), and what happened in the 14 days after. It is judged on the last mornings,
by a model that knew only outcomes that had happened before the first of them; the precision and
recall of `report` are from there. The model that is handed on has then learned from all mornings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
import polars as pl

from models.activity import (
    HABITS,
    active_students,
    checked_daily,
    checked_goals,
    habits,
    week_needs,
    week_results,
)
from models.classifier import Classifier
from models.errors import NotEnoughExamples
from models.evaluation import judged, useful_threshold
from models.periods import mornings, parted
from models.reasons import (
    EFFORT,
    LEFT,
    MASTERY,
    NEWNESS,
    PACE,
    PAUSE,
    PRESENCE,
    RECORD,
    SCORES,
    Reason,
    in_words,
)

HORIZON_DAYS = 14
MORNINGS = 16
EVERY_DAYS = 5  # not 7: every weekday gets its turn
MOST_EXAMPLES = 150_000
HABIT_REASONS = [PRESENCE, PAUSE, EFFORT, SCORES, MASTERY, NEWNESS]
GOAL_REASONS = [LEFT, RECORD, PACE]
NEEDS = [figure for reason in GOAL_REASONS for figure in reason.figures]

Frames = tuple[pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True)
class Outcome:
    """What may happen: the figures that foresee it, on a morning, and whether it did."""

    figures: list[str]
    reasons: list[Reason]
    rows: Callable[[Frames, date], pl.DataFrame]
    happened: Callable[[Frames, pl.DataFrame, date], pl.Series]


def _inactive(frames: Frames, rows: pl.DataFrame, morning: date) -> pl.Series:
    until = morning + timedelta(days=HORIZON_DAYS)
    return ~rows["student_id"].is_in(active_students(frames[0], morning, until).implode())


def _goal(weeks_ahead: int) -> Outcome:
    def week(morning: date) -> date:
        return morning - timedelta(days=morning.weekday()) + timedelta(weeks=weeks_ahead)

    def rows(frames: Frames, morning: date) -> pl.DataFrame:
        needs = week_needs(*frames, morning, week(morning))
        known = habits(frames[0], morning).join(needs, on="student_id", maintain_order="left")
        return known.filter(~pl.col("is_met"))

    def missed(frames: Frames, rows: pl.DataFrame, morning: date) -> pl.Series:
        grid = rows.select("student_id", week_start=pl.lit(week(morning)))
        results = week_results(*frames, grid)
        met = rows.select("student_id").join(results, on="student_id", maintain_order="left")
        return ~met["is_met"]

    return Outcome([*HABITS, *NEEDS], [*GOAL_REASONS, *HABIT_REASONS], rows, missed)


OUTCOMES = {
    "inactive": Outcome(
        HABITS, HABIT_REASONS, lambda frames, morning: habits(frames[0], morning), _inactive
    ),
    "misses_goal_this_week": _goal(0),
    "misses_goal_next_week": _goal(1),
}
REPORT: dict[str, type[pl.DataType]] = {
    "outcome": pl.String,
    "first_morning": pl.Date,
    "last_morning": pl.Date,
    "example_count": pl.Int64,
    "base_ratio": pl.Float64,
    "threshold": pl.Float64,
    "flagged_count": pl.Int64,
    "precision": pl.Float64,
    "recall": pl.Float64,
    "auc": pl.Float64,
    "log_loss": pl.Float64,
    "brier": pl.Float64,
    "calibration_error": pl.Float64,
}
PREDICTED: dict[str, type[pl.DataType] | pl.DataType] = {
    "student_id": pl.String,
    "as_of": pl.Date,
    "outcome": pl.String,
    "probability": pl.Float64,
    "is_flagged": pl.Boolean,
    "reasons": pl.List(pl.String),
}


class RiskModel:
    """One classifier per outcome that had enough examples; `report` has a row for each of them."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.classifiers: dict[str, Classifier] = {}
        self.thresholds: dict[str, float] = {}
        self.report = pl.DataFrame(schema=REPORT)
        self.untrained: dict[str, str] = {}

    def fit(self, daily: pl.DataFrame, goals: pl.DataFrame | None = None, *, as_of: date) -> Self:
        """Learn from the days before `as_of`; `untrained` says which outcome could not, and why."""
        frames = checked_daily(daily), checked_goals(goals)
        frames = frames[0].filter(pl.col("local_date") < as_of), frames[1]
        last = as_of - timedelta(days=HORIZON_DAYS)
        days = mornings(frames[0]["local_date"], last, count=MORNINGS, every_days=EVERY_DAYS)
        reports = []
        for name, outcome in OUTCOMES.items():
            try:
                reports.append({"outcome": name, **self._learn(name, outcome, frames, days)})
            except NotEnoughExamples as problem:
                self.untrained[name] = str(problem)
        if not reports:
            raise NotEnoughExamples("; ".join(f"{k}: {v}" for k, v in self.untrained.items()))
        self.report = pl.DataFrame(reports, schema=REPORT)
        return self

    def predict(
        self, daily: pl.DataFrame, goals: pl.DataFrame | None = None, *, as_of: date
    ) -> pl.DataFrame:
        """One row per student active in the 28 days before `as_of` and outcome.

        A goal that is met already has no row.
        """
        frames = checked_daily(daily), checked_goals(goals)
        parts = [pl.DataFrame(schema=PREDICTED)]
        for name, classifier in self.classifiers.items():
            rows = OUTCOMES[name].rows(frames, as_of)
            chance = classifier.predict(rows)
            part = rows.select(
                "student_id",
                "as_of",
                outcome=pl.lit(name),
                probability=pl.Series(chance, dtype=pl.Float64),
                is_flagged=pl.Series(chance >= self.thresholds[name], dtype=pl.Boolean),
                reasons=in_words(classifier, rows, OUTCOMES[name].reasons),
            )
            parts.append(part)
        return pl.concat(parts).sort("outcome", "probability", descending=[False, True])

    def to_state(self) -> dict[str, Any]:
        """Plain values, arrays and estimators, for the artefact."""
        return {
            "seed": self.seed,
            "classifiers": {name: each.to_state() for name, each in self.classifiers.items()},
            "thresholds": self.thresholds,
            "report": self.report.with_columns(pl.col(pl.Date).dt.to_string()).to_dicts(),
            "untrained": self.untrained,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The model that `to_state` described."""
        model = cls(seed=state["seed"])
        model.classifiers = {
            name: Classifier.from_state(each) for name, each in state["classifiers"].items()
        }
        model.thresholds = state["thresholds"]
        texts = dict(REPORT)
        texts["first_morning"] = texts["last_morning"] = pl.String
        model.report = pl.DataFrame(state["report"], schema=texts).with_columns(
            pl.col("first_morning", "last_morning").str.to_date()
        )
        model.untrained = state["untrained"]
        return model

    def _learn(
        self, name: str, outcome: Outcome, frames: Frames, days: list[date]
    ) -> dict[str, Any]:
        early, late = parted(days, HORIZON_DAYS)
        learned = Classifier(outcome.figures, seed=self.seed)
        known, happened = examples(outcome, frames, early, self.seed)
        threshold = useful_threshold(happened, learned.fit(known, happened))
        rows, truth = examples(outcome, frames, late, self.seed)
        report = judged(truth, learned.predict(rows), threshold)
        everything, outcomes = examples(outcome, frames, days, self.seed)
        final = Classifier(outcome.figures, seed=self.seed)
        final.fit(everything, outcomes)
        self.classifiers[name], self.thresholds[name] = final, threshold
        return {"first_morning": late[0], "last_morning": late[-1], **report}


def examples(
    outcome: Outcome, frames: Frames, days: list[date], seed: int
) -> tuple[pl.DataFrame, np.ndarray[Any, np.dtype[np.bool_]]]:
    """What was known on each morning and whether the outcome followed, of at most 150,000 rows."""
    parts = []
    for morning in days:
        rows = outcome.rows(frames, morning)
        parts.append(rows.with_columns(happened=outcome.happened(frames, rows, morning)))
    table = pl.concat(parts)
    if len(table) > MOST_EXAMPLES:
        table = table.sample(MOST_EXAMPLES, seed=seed)
    return table.drop("happened"), table["happened"].to_numpy()
