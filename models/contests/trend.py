"""Weekly forecasts: learned from the teachers' weeks, judged on the judges' last four."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from models.contests.examples import Examples
from models.contests.judgement import Judgement
from models.trend import HORIZONS, TrendModel

NEEDS = "about ten weeks of 40 students or more"
SIMPLE = ("last_value", "mean_of_four", "mean_of_season")


def fit(examples: Examples, seed: int) -> TrendModel:
    """A challenger, which knows none of the last four weeks."""
    return TrendModel(seed=seed).fit(
        examples.of("weekly", judges=False), last_week=_last_known(examples)
    )


def judge(model: TrendModel, examples: Examples) -> Judgement:
    """The judges' last four whole weeks, foreseen before the first of them."""
    weekly = examples.of("weekly", judges=True)
    said = model.predict(weekly, last_week=_last_known(examples))
    table = said.join(_came(weekly), on=["student_id", "week_start", "measure"], how="left")
    # a week without learning has no row: nothing was done in it, and no score was reached
    table = table.with_columns(
        came=pl.when(pl.col("measure") == "average_score")
        .then(pl.col("came"))
        .otherwise(pl.col("came").fill_null(0))
    ).drop_nulls("came")
    parts = [
        _part(str(name), of) for (name,), of in table.partition_by("measure", as_dict=True).items()
    ]
    count = len(table)
    held = ((table["came"] >= table["lower"]) & (table["came"] <= table["upper"])).mean()
    coverage = held if isinstance(held, float) else 0.0
    return Judgement(
        measure="relative_error",
        example_count=count,
        loss=_mean(parts, "relative_error"),
        baseline="the best of last week, the mean of four and the same season a year before",
        baseline_loss=1.0,
        # an interval that holds more often than it says is wide, not wrong
        calibration=max(0.0, model.coverage - coverage),
        calibration_bound=0.05 + count**-0.5 if count else 0.0,
        scores={"coverage": coverage, "stated_coverage": model.coverage},
        parts=parts,
    )


def _part(measure: str, table: pl.DataFrame) -> dict[str, Any]:
    error = _error(table, "middle")
    simple = min(_error(table, name) for name in SIMPLE)
    held = ((table["came"] >= table["lower"]) & (table["came"] <= table["upper"])).mean()
    return {
        "by": "measure",
        "part": measure,
        "example_count": len(table),
        "mean_absolute_error": error,
        "simple_error": simple,
        "relative_error": error / simple if simple else 1.0,
        "coverage": held,
    }


def _error(table: pl.DataFrame, name: str) -> float:
    if name == "mean_of_season":  # who was not here a year ago has no such season
        table = table.with_columns(pl.col(name).fill_null(pl.col("mean_of_four")))
    error = (table[name].fill_null(0) - table["came"]).abs().mean()
    return error if isinstance(error, float) else 0.0


def _mean(parts: list[dict[str, Any]], name: str) -> float:
    return float(np.mean([part[name] for part in parts])) if parts else float("inf")


def _came(weekly: pl.DataFrame) -> pl.DataFrame:
    return weekly.select(
        "student_id",
        "week_start",
        pl.col("mastered", "completed", "average_score").cast(pl.Float64),
        minutes=pl.col("total_time_spent") / 60,
    ).unpivot(index=["student_id", "week_start"], variable_name="measure", value_name="came")


def _last_known(examples: Examples) -> date:
    monday = examples.today - timedelta(days=examples.today.weekday())
    return monday - timedelta(weeks=HORIZONS + 1)
