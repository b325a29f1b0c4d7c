"""Tries, and how much better or worse each went than could be expected of this student there.

What may be expected: the student's own level, how hard the concept is for others, which try it is,
and, where a question asks for it, the slow course of the year and the student's own concepts. What
is left can be compared between evenings and mornings although evenings bring other concepts.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

WINDOW = timedelta(days=365)
TRIES_MOST = 5_000
TRIES_LEAST = 40
# A concept's own level counts as if it had been tried so often at the expected one.
CONCEPT_SHRINKAGE = 8.0

Floats = NDArray[np.float64]


def tries_of(learning: pl.DataFrame, usual: pl.DataFrame, today: date) -> pl.DataFrame:
    """The scored tries of the last year in order, with their number within the concept.

    A sender that writes attempted and completed for one try makes one.
    """
    return (
        learning.filter(pl.col("score").is_not_null())
        .unique(subset=["occurred_at", "concept_id"], keep="first", maintain_order=True)
        .with_columns(pl.int_range(1, pl.len() + 1).over("concept_id").alias("try_number"))
        .filter(pl.col("local_date") > today - WINDOW)
        .tail(TRIES_MOST)
        .join(usual, on="concept_id", how="left", maintain_order="left")
    )


def left_over(tries: pl.DataFrame, *, trend: bool = False, concepts: bool = False) -> Floats:
    """Score minus what could be expected, in the order of the tries."""
    score = tries["score"].to_numpy().astype(np.float64)
    usual = tries["usual_score"].cast(pl.Float64)
    known = usual.fill_null(usual.mean() if usual.count() else 0.0).fill_null(0.0).to_numpy()
    columns = [known, np.log(tries["try_number"].to_numpy().astype(np.float64))]
    if trend:
        day = tries["local_date"].to_physical().to_numpy().astype(np.float64)
        columns += [day, (day - day.mean()) ** 2]
    rest = score - _fitted(np.column_stack(columns), score)
    return rest - _of_concepts(tries["concept_id"], rest) if concepts else rest


def _fitted(columns: Floats, score: Floats) -> Floats:
    spread = columns.std(axis=0)
    standard = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(score)), standard])
    # One try's worth of doubt keeps a column that hardly varies from taking all.
    penalty = np.diag([0.0, *np.ones(columns.shape[1])])
    weights = np.linalg.solve(design.T @ design + penalty, design.T @ score)
    fitted: Floats = design @ weights
    return fitted


def _of_concepts(concept: pl.Series, rest: Floats) -> Floats:
    """The part of each rest that belongs to its concept, drawn towards nothing where tries are few."""
    place = concept.rank("dense").to_numpy().astype(np.int64) - 1
    total, count = np.bincount(place, rest), np.bincount(place)
    found: Floats = (total / (count + CONCEPT_SHRINKAGE))[place]
    return found
