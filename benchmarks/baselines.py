"""Simpler ways than the mastery model: means, PFA, Best-LR, BKT, and the best of plain models."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from benchmarks.plain import Plain
from benchmarks.tracing import Tracing

DRAWN_BY = 5.0


class Predictor(Protocol):
    """What is measured: it learns from tries and answers for others, each from its past."""

    def fit(self, tries: pl.DataFrame) -> Any:
        """Learn."""

    def predict(self, tries: pl.DataFrame) -> np.ndarray:
        """A probability for each row, in order."""


class Mean:
    """The share of right answers of all, of a concept or of an item, drawn towards all."""

    def __init__(self, by: str | None = None) -> None:
        self.by = by

    def fit(self, tries: pl.DataFrame) -> Mean:
        self.overall = float(np.mean(tries["score"].to_numpy()))
        if self.by:
            self.table = tries.group_by(self.by).agg(
                share=(pl.col("score").sum() + DRAWN_BY * self.overall) / (pl.len() + DRAWN_BY)
            )
        return self

    def predict(self, tries: pl.DataFrame) -> np.ndarray:
        if not self.by:
            return np.full(tries.height, self.overall)
        joined = tries.select(self.by).join(
            self.table, on=self.by, how="left", maintain_order="left"
        )
        return joined["share"].fill_null(self.overall).to_numpy()


def _counts(tries: pl.DataFrame, keys: list[str]) -> np.ndarray:
    """Earlier right and wrong answers, as logs."""
    right = pl.col("score").cum_sum().over(keys) - pl.col("score")
    wrong = pl.int_range(pl.len()).over(keys) - right
    return tries.select(right.log1p().alias("r"), wrong.log1p().alias("w")).to_numpy()


class Counting:
    """Logistic regression over earlier right and wrong answers.

    PFA takes those of the concept, with a weight per concept; Best-LR those of student, concept
    and item, with an intercept per concept and item.
    """

    def __init__(self, *, best: bool) -> None:
        self.best = best

    def _matrix(self, tries: pl.DataFrame, *, learn: bool) -> csr_matrix:
        names = ["concept_id", "item_id"] if self.best else ["concept_id"]
        ids = tries.select(pl.col(names).fill_null("")).to_numpy().astype(str)
        if learn:
            self.encoder = OneHotEncoder(handle_unknown="ignore").fit(ids)
        codes = self.encoder.transform(ids)
        concept = ["student_id", "concept_id"]
        if not self.best:
            counts = _counts(tries, concept)
            return hstack([codes, *(codes.multiply(each[:, None]) for each in counts.T)]).tocsr()
        groups = (["student_id"], concept, ["student_id", "item_id"])
        return hstack([codes, *(csr_matrix(_counts(tries, keys)) for keys in groups)]).tocsr()

    def fit(self, tries: pl.DataFrame) -> Counting:
        matrix = self._matrix(tries, learn=True)
        self.model = LogisticRegression(C=1.0, max_iter=1000).fit(matrix, tries["score"].to_numpy())
        return self

    def predict(self, tries: pl.DataFrame) -> np.ndarray:
        return np.asarray(self.model.predict_proba(self._matrix(tries, learn=False))[:, 1])


def baselines() -> dict[str, Predictor]:
    """Each simpler way by its name, not fitted."""
    return {
        "global mean": Mean(),
        "concept mean": Mean("concept_id"),
        "item mean": Mean("item_id"),
        "PFA": Counting(best=False),
        "Best-LR": Counting(best=True),
        "BKT": Tracing(),
        "plain blend": Plain(),
    }
