"""Mastery: learned from the teachers' tries before a cut, judged on the judges' later ones."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from models.contests.examples import Examples, evidence_words
from models.contests.judgement import Floats, Judgement, of_chances
from models.mastery import MasteryModel
from models.tries import SUFFICIENT_SCORE

LATE_DAYS = 14
EARLY_SHARE = 0.8
SHRINK = 10.0

NEEDS = "500 scored tries of 20 students before the last days, and 200 later ones of others"


def fit(examples: Examples, seed: int) -> MasteryModel:
    """A challenger."""
    tries = examples.of("tries", judges=False).filter(pl.col("started_at") < cut(examples))
    if examples.most_tries is not None:
        counts = tries.group_by("student_id").len().sort("student_id")
        few = counts.filter(pl.col("len").cum_sum() <= examples.most_tries)
        tries = tries.join(few, on="student_id", how="semi")
    return MasteryModel.fit(tries, seed)


def judge(model: MasteryModel, examples: Examples) -> Judgement:
    """Each late try of the judges, asked with what was known when it began."""
    tries = examples.of("tries", judges=True)
    late = tries.filter(pl.col("started_at") >= cut(examples))
    asked = late.with_columns(
        score=pl.lit(None, dtype=tries.schema["score"]),
        time_spent=pl.lit(None, dtype=tries.schema["time_spent"]),
    )
    said = model.predict(pl.concat([tries, asked]))
    table = said.join(
        late.select("student_id", "place", right=pl.col("score") >= SUFFICIENT_SCORE),
        on=["student_id", "place"],
        maintain_order="left",
    )
    subjects = examples.subjects()
    return of_chances(
        table["right"].to_numpy(),
        table["probability"].to_numpy(),
        _concept_means(examples, table),
        "the mean of the concept",
        {
            "subject": [subjects.get(c, "outside the curriculum") for c in table["concept_id"]],
            "evidence": evidence_words(table["evidence_count"]),
        },
    )


def cut(examples: Examples) -> datetime:
    """Where the late tries begin: two weeks ago, or after four fifths of all if that is later."""
    started = examples.frames["tries"]["started_at"]
    ago = examples.as_of - timedelta(days=LATE_DAYS)
    fifth: object = started.quantile(EARLY_SHARE, interpolation="nearest")
    if not isinstance(fifth, datetime):
        return ago
    # where most tries are from the last two weeks, something must be left to learn from
    early_count = int((started < ago).sum())
    return fifth if early_count < len(started) * EARLY_SHARE / 2 else ago


def _concept_means(examples: Examples, rows: pl.DataFrame) -> Floats:
    """What the simplest answer would be: how often the concept was done right before."""
    early = examples.of("tries", judges=False).filter(pl.col("started_at") < cut(examples))
    right = early.with_columns(right=(pl.col("score") >= SUFFICIENT_SCORE).cast(pl.Float64))
    mean = right["right"].mean()
    everywhere = float(mean) if isinstance(mean, float) else 0.5
    means = right.group_by("concept_id").agg(
        mean=(pl.col("right").sum() + SHRINK * everywhere) / (pl.len() + SHRINK)
    )
    joined = rows.select("concept_id").join(
        means, on="concept_id", how="left", maintain_order="left"
    )
    return joined["mean"].fill_null(everywhere).to_numpy()
