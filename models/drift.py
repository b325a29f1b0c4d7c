"""Whether students try as those did whom a model has learned from.

A few figures of each student's last tries, their tenths among those who taught the model, and how
far others are spread differently over these tenths (the population stability index: below 0.1
hardly, above 0.25 much).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

LAST_TRIES = 20
LEAST_STUDENTS = 50
MUCH = 0.25
TENTHS = 10
FIGURES = ("mean_score", "seconds_per_try", "concept_count", "days_spanned")
SOFT = 0.5  # of a student in each part: an empty one would make the index infinite

Usual = Mapping[str, Mapping[str, list[float]]]


def usual_figures(tries: pl.DataFrame) -> pl.DataFrame:
    """One row per student: their last 20 tries in `FIGURES`; rows that are asked do not count."""
    scored = tries.filter(pl.col("score").is_not_null())
    newest = pl.col("place").rank("ordinal", descending=True).over("student_id") <= LAST_TRIES
    span = (pl.col("started_at").max() - pl.col("started_at").min()).dt.total_seconds()
    return (
        scored.filter(newest)
        .group_by("student_id")
        .agg(
            mean_score=pl.col("score").mean(),
            seconds_per_try=pl.col("time_spent").cast(pl.Float64).mean(),
            concept_count=pl.col("concept_id").n_unique().cast(pl.Float64),
            days_spanned=span / 86_400,
        )
        .sort("student_id")
    )


def usual(figures: pl.DataFrame) -> dict[str, dict[str, list[float]]]:
    """For each figure the inner bounds of its tenths, and the share of students in each part."""
    inner = np.linspace(0, 1, TENTHS + 1)[1:-1]
    told = {}
    for name in FIGURES:
        values = figures[name].drop_nulls().to_numpy()
        if len(values):
            edges = np.unique(np.quantile(values, inner))
            shares = _counts(values, edges) / len(values)
            told[name] = {"edges": edges.tolist(), "shares": shares.tolist()}
    return told


class Spread:
    """How many students lie in each part, added up over the chunks of a build."""

    def __init__(self, known: Usual) -> None:
        self.known = known
        self.counts = {name: np.zeros(len(told["shares"])) for name, told in known.items()}
        self.student_count = 0

    def add(self, figures: pl.DataFrame) -> None:
        """Count some more students."""
        self.student_count += len(figures)
        for name, told in self.known.items():
            values = figures[name].drop_nulls().to_numpy()
            self.counts[name] += _counts(values, np.asarray(told["edges"]))

    def index(self) -> dict[str, float]:
        """The population stability index of each figure."""
        return {
            name: _stability(np.asarray(told["shares"]), self.counts[name])
            for name, told in self.known.items()
        }

    def told(self) -> dict[str, Any]:
        """The figures of a check."""
        return {"students": self.student_count, **{f"psi_{k}": v for k, v in self.index().items()}}


def _counts(values: Any, edges: Any) -> Any:
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)


def _stability(expected: Any, counts: Any) -> float:
    total = counts.sum() + SOFT * len(counts)
    seen = (counts + SOFT) / total
    known = (expected * total + SOFT) / (total + SOFT * len(counts))
    return float(((seen - known) * np.log(seen / known)).sum())
