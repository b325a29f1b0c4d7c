"""Tries, and how much better or worse each went than could be expected of this student there.

What may be expected: the student's own level, how hard the concept is for others, which try it is,
and, where a question asks for it, the slow course of the year and the student's own concepts. What
is left can be compared between evenings and mornings although evenings bring other concepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

WINDOW = timedelta(days=365)
TRIES_MOST = 5_000
TRIES_LEAST = 40
# A concept's own level counts as if it had been tried so often at the expected one.
CONCEPT_SHRINKAGE = 8.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tries:
    """The scored tries of the last year in order, with their number within the concept."""

    frame: pl.DataFrame

    @property
    def event_id(self) -> pl.Series:
        return self.frame["event_id"]

    @cached_property
    def score(self) -> Floats:
        return self.frame["score"].to_numpy().astype(np.float64)

    @cached_property
    def level(self) -> float:
        """The mean score."""
        return float(self.score.mean())

    def left_over(
        self, *, trend: bool = False, concepts: bool = False, practice: bool = True
    ) -> Floats:
        """Score minus what could be expected, of which `practice` is one part: which try it is."""
        columns = [self._known]
        if practice:
            columns.append(np.log(self.frame["try_number"].to_numpy().astype(np.float64)))
        if trend:
            day = self.frame["local_date"].to_physical().to_numpy().astype(np.float64)
            columns += [day, (day - day.mean()) ** 2]
        rest = self.score - _fitted(np.column_stack(columns), self.score)
        return rest - self._of_concepts(rest) if concepts else rest

    @cached_property
    def _known(self) -> Floats:
        """The usual score of each concept, the middle one where it is not known."""
        usual = self.frame["usual_score"].to_numpy().astype(np.float64)
        known = np.isfinite(usual)
        found: Floats = np.where(known, usual, usual[known].mean() if known.any() else 0.0)
        return found

    @cached_property
    def _concept(self) -> NDArray[np.int64]:
        return np.unique(self.frame["concept_id"].to_numpy(), return_inverse=True)[1]

    def _of_concepts(self, rest: Floats) -> Floats:
        """The part of each rest that belongs to its concept, drawn to 0 where tries are few."""
        total, count = np.bincount(self._concept, rest), np.bincount(self._concept)
        found: Floats = (total / (count + CONCEPT_SHRINKAGE))[self._concept]
        return found


def tries_of(learning: pl.DataFrame, usual: pl.DataFrame, today: date) -> Tries:
    """The tries among learning events.

    A sender that writes attempted and completed for one try makes one.
    """
    return Tries(
        learning.filter(pl.col("score").is_not_null())
        .unique(subset=["occurred_at", "concept_id"], keep="first", maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1).over("concept_id").alias("try_number"))
        .filter(pl.col("local_date") > today - WINDOW)
        .tail(TRIES_MOST)
        .join(usual, on="concept_id", how="left", maintain_order="left")
    )


def _fitted(columns: Floats, score: Floats) -> Floats:
    spread = columns.std(axis=0)
    standard = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(score)), standard])
    # One try's worth of doubt keeps a column that hardly varies from taking all.
    penalty = np.diag([0.0, *np.ones(columns.shape[1])])
    weights = np.linalg.solve(design.T @ design + penalty, design.T @ score)
    fitted: Floats = design @ weights
    return fitted
