"""P(mastered within 14 days) for every concept that a student has begun and not mastered.

`work`: one row per student, concept and local day with learning: `student_id, concept_id,
local_date, event_count, total_time_spent` (seconds), `score_count, score_sum, completed` and
`mastered` (1 on the day of the first such event, else 0). The model learns from past mornings as
`models/risk.py` does, and is judged on the last ones in the same way.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

import numpy as np
import polars as pl

from models.classifier import Classifier
from models.errors import require, require_one_row_each
from models.evaluation import judged
from models.periods import mornings, parted

HORIZON_DAYS = 14
MORNINGS = 10
EVERY_DAYS = 7
MOST_EXAMPLES = 150_000
WEEK = 7
ANY_CONCEPT = ""  # no concept has this id
SHARES = pl.DataFrame(schema={"concept_id": pl.String, "concept_mastered_ratio": pl.Float64})
SHRINK = 10.0  # a concept's share of mastery counts like ten more students at everybody's share
WORK = {
    "student_id": "text",
    "concept_id": "text",
    "local_date": "date",
    "event_count": "number",
    "total_time_spent": "number",
    "score_count": "number",
    "score_sum": "number",
    "completed": "number",
    "mastered": "number",
}
OF_CONCEPT = ["events", "events_7", "seconds", "scored", "mean_score", "mean_score_7"]
OF_TIME = ["days_open", "days_since_worked", "days_worked", "is_completed"]
OF_STUDENT = ["open_count", "mastered_count", "mastered_28", "active_days_14", "days_since_active"]
FIGURES = [*OF_CONCEPT, *OF_TIME, *OF_STUDENT, "concept_mastered_ratio"]


class SoonModel:
    """`report` says how good it was on the last mornings."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.classifier = Classifier(FIGURES, seed=seed)
        self.report: dict[str, Any] = {}
        self.shares = SHARES.clear()

    def fit(self, work: pl.DataFrame, *, as_of: date) -> Self:
        """Learn from the days before `as_of`."""
        days = checked_work(work).filter(pl.col("local_date") < as_of)
        last = as_of - timedelta(days=HORIZON_DAYS)
        early, late = parted(
            mornings(days["local_date"], last, count=MORNINGS, every_days=EVERY_DAYS),
            HORIZON_DAYS,
        )
        before = Classifier(FIGURES, seed=self.seed)
        before.fit(*examples(days, early, seed=self.seed))
        rows, truth = examples(days, late, seed=self.seed)
        self.report = {
            "first_morning": late[0].isoformat(),
            "last_morning": late[-1].isoformat(),
            **judged(truth, before.predict(rows), 0.5),
        }
        everything = sorted({*early, *late})
        self.classifier.fit(*examples(days, everything, seed=self.seed))
        self.shares = mastered_shares(concept_states(days, as_of))
        return self

    def predict(self, work: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
        """One row per student and open concept: `student_id, concept_id, probability_14_days`."""
        rows = open_concepts(checked_work(work), as_of, self.shares)
        chance = pl.Series(self.classifier.predict(rows), dtype=pl.Float64)
        return rows.select("student_id", "concept_id", probability_14_days=chance)

    def to_state(self) -> dict[str, Any]:
        """Plain values, arrays and estimators, for the artefact."""
        state = self.classifier.to_state()
        shares = self.shares.to_dict(as_series=False)
        return {"seed": self.seed, "classifier": state, "report": self.report, "shares": shares}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The model that `to_state` described."""
        model = cls(seed=state["seed"])
        model.classifier = Classifier.from_state(state["classifier"])
        model.report = state["report"]
        model.shares = pl.DataFrame(state["shares"], schema=SHARES.schema)
        return model


def checked_work(work: pl.DataFrame) -> pl.DataFrame:
    """The frame, or `InvalidFrame`."""
    require(work, "work", WORK)
    require_one_row_each(work, "work", ["student_id", "concept_id", "local_date"])
    numbers = [name for name, kind in WORK.items() if kind == "number"]
    return work.select("student_id", "concept_id", "local_date", pl.col(numbers).cast(pl.Float64))


def open_concepts(
    work: pl.DataFrame, as_of: date, shares: pl.DataFrame | None = None
) -> pl.DataFrame:
    """One row per student and concept begun and not mastered before `as_of`, with `FIGURES`.

    How often a concept is mastered is counted over these students, or comes from `shares`: a
    prediction must not depend on whoever else is asked about.
    """
    states = concept_states(work, as_of)
    concepts = mastered_shares(states) if shares is None else shares
    usual = concepts.filter(pl.col("concept_id") == ANY_CONCEPT)["concept_mastered_ratio"]
    return (
        states.filter(~pl.col("is_mastered"))
        .join(concepts, on="concept_id", how="left")
        .join(_students(states), on="student_id")
        .with_columns(
            pl.col("mean_score", "mean_score_7").fill_nan(None),
            pl.col("concept_mastered_ratio").fill_null(usual.first()),
        )
        .select("student_id", "concept_id", *FIGURES)
        .sort("student_id", "concept_id")
    )


def concept_states(work: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per student and concept begun before `as_of`, and how it stood."""
    past = work.filter(pl.col("local_date") < as_of).with_columns(
        ago=(pl.lit(as_of) - pl.col("local_date")).dt.total_days()
    )
    lately = pl.col("ago") <= WEEK
    states = past.group_by("student_id", "concept_id").agg(
        events=pl.col("event_count").sum(),
        events_7=pl.col("event_count").filter(lately).sum(),
        seconds=pl.col("total_time_spent").sum(),
        scored=pl.col("score_count").sum(),
        mean_score=pl.col("score_sum").sum() / pl.col("score_count").sum(),
        mean_score_7=pl.col("score_sum").filter(lately).sum()
        / pl.col("score_count").filter(lately).sum(),
        days_open=pl.col("ago").max(),
        days_since_worked=pl.col("ago").min(),
        days_worked=pl.len(),
        is_completed=pl.col("completed").sum() > 0,
        is_mastered=pl.col("mastered").sum() > 0,
        mastered_ago=pl.col("ago").filter(pl.col("mastered") > 0).max(),
    )
    days = past.group_by("student_id").agg(
        active_days_14=pl.col("local_date").filter(pl.col("ago") <= 2 * WEEK).n_unique(),
        days_since_active=pl.col("ago").min(),
    )
    return states.join(days, on="student_id")


def mastered_shares(states: pl.DataFrame) -> pl.DataFrame:
    """How often each concept is mastered by those who begin it; one row stands for any other."""
    mean = states["is_mastered"].mean()
    everywhere = float(mean) if isinstance(mean, float) else 0.0
    mastered = pl.col("is_mastered").sum() + SHRINK * everywhere
    shares = states.group_by("concept_id").agg(
        concept_mastered_ratio=mastered / (pl.len() + SHRINK)
    )
    usual = {"concept_id": [ANY_CONCEPT], "concept_mastered_ratio": [everywhere]}
    return pl.concat([shares, pl.DataFrame(usual, schema=SHARES.schema)]).sort("concept_id")


def _students(states: pl.DataFrame) -> pl.DataFrame:
    return states.group_by("student_id").agg(
        open_count=(~pl.col("is_mastered")).sum(),
        mastered_count=pl.col("is_mastered").sum(),
        mastered_28=(pl.col("mastered_ago") <= 4 * WEEK).sum(),
        active_days_14=pl.col("active_days_14").first(),
        days_since_active=pl.col("days_since_active").first(),
    )


def examples(
    work: pl.DataFrame, days: list[date], *, seed: int, shares: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, np.ndarray[Any, np.dtype[np.bool_]]]:
    """What was open on each morning and whether it was mastered in the 14 days from it on."""
    mastered = work.filter(pl.col("mastered") > 0).select(
        "student_id", "concept_id", mastered_date="local_date"
    )
    parts = []
    for morning in days:
        rows = open_concepts(work, morning, shares)
        until = morning + timedelta(days=HORIZON_DAYS)
        then = mastered.filter(
            (pl.col("mastered_date") >= morning) & (pl.col("mastered_date") < until)
        )
        then = then.select("student_id", "concept_id", happened=pl.lit(value=True))
        parts.append(
            rows.join(then, on=["student_id", "concept_id"], how="left", maintain_order="left")
        )
    table = pl.concat(parts).with_columns(pl.col("happened").fill_null(value=False))
    if len(table) > MOST_EXAMPLES:
        table = table.sample(MOST_EXAMPLES, seed=seed)
    return table.drop("happened"), table["happened"].to_numpy()
