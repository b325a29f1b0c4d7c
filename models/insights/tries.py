"""Tries, and how much better or worse each went than could be expected of this student there.

What may be expected: the student's own level, how hard the concept is for others, which try it is,
and, where a question asks for it, the slow course of the year and how earlier tries of the concept
went. What is left can be compared between evenings and mornings although evenings bring other
concepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from models.insights.chance import Floats, Whole
from models.insights.sessions import before

WINDOW = timedelta(days=365)
TRIES_MOST = 5_000
TRIES_LEAST = 40
# Earlier tries of a concept tell little while they are few: so many more count as expected ones.
CONCEPT_DOUBT = 8.0


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
        self,
        *,
        trend: bool = False,
        concepts: bool = False,
        practice: bool = True,
        of: Floats | None = None,
    ) -> Floats:
        """Score (or what else `of` gives of each try) minus what could be expected.

        `practice` is the part of it that depends on which try it is.
        """
        columns = [self._known]
        if practice:
            columns.append(np.log(self.frame["try_number"].to_numpy().astype(np.float64)))
        if trend:
            day = self.frame["local_date"].to_physical().to_numpy().astype(np.float64)
            columns += [day, (day - day.mean()) ** 2]
        if concepts:
            columns.append(self._went_before)
        wanted = self.score if of is None else of
        return wanted - _fitted(np.column_stack(columns), wanted)

    @cached_property
    def session(self) -> Whole:
        """Numbers of the sessions from 0, the latest highest."""
        return codes(self.frame["session_number"])

    @cached_property
    def _known(self) -> Floats:
        """The usual score of each concept, the middle one where it is not known."""
        usual = self.frame["usual_score"].to_numpy().astype(np.float64)
        known = np.isfinite(usual)
        found: Floats = np.where(known, usual, usual[known].mean() if known.any() else 0.0)
        return found

    @cached_property
    def concept(self) -> Whole:
        """Numbers of the concepts from 0."""
        return codes(self.frame["concept_id"])

    @cached_property
    def _went_before(self) -> Floats:
        """How earlier tries of the concept went, drawn to what was expected where they are few."""
        total, count = before(self.left_over(), self.concept)
        return total / (count + CONCEPT_DOUBT)


def codes(values: pl.Series) -> Whole:
    """Numbers for the values, in the order in which they first appear."""
    _, first, inverse = np.unique(values.to_numpy(), return_index=True, return_inverse=True)
    found: Whole = np.argsort(np.argsort(first))[inverse].astype(np.int64)
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
