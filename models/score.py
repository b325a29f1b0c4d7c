"""A student's next score, with an interval: the median of what like students got next.

It takes rows of named numbers, as `models/classifier.py` does, and knows nothing of their meaning.
Intervals are measured on students whom the trees did not see (`models/bands.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from models.bands import Bands
from models.classifier import filled, numbers
from models.errors import NotEnoughExamples
from models.threads import one_thread

Floats = NDArray[np.float64]

LEAST_ROWS = 400
JUDGES = 0.3  # the share of students on whom intervals are measured


class ScoreModel:
    """Scores lie between 0 and 1; `score` is as often passed as not."""

    def __init__(self, features: Sequence[str], *, coverage: float = 0.8, seed: int = 0) -> None:
        self.features = list(features)
        self.coverage = coverage
        self.seed = seed
        self.trees: HistGradientBoostingRegressor
        self.bands: Bands

    def fit(
        self,
        rows: pl.DataFrame,
        score: Sequence[float] | NDArray[Any],
        *,
        period: pl.Series | None = None,
    ) -> Self:
        """Learn from rows with a `student_id` and the score that came next.

        With the period of each row, distances are measured on the last period by trees that knew
        only those before it: a next course differs from the last more than two students do.
        """
        if len(rows) < LEAST_ROWS:
            raise NotEnoughExamples(
                f"{len(rows)} scores to learn from; at least {LEAST_ROWS} are needed."
            )
        x, y = numbers(rows, self.features), np.asarray(score, dtype=float)
        judge = self._judges(rows["student_id"], period)
        expected = self._trees(x[~judge], y[~judge])
        with one_thread():
            distant = expected.predict(x[judge])
        self.bands = Bands(self.coverage, is_count=False)
        self.bands.fit(np.ones(len(distant)), distant, y[judge])
        self.trees = self._trees(x, y) if period is not None else expected
        return self

    def predict(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`score`, `lower` and `upper` of each row, in order."""
        x = numbers(rows, self.features)
        with one_thread():
            expected = self.trees.predict(x) if len(x) else np.empty(0)
        lower, _, upper = self.bands.around(np.ones(len(x)), expected)
        return pl.DataFrame({"score": np.clip(expected, 0, 1), "lower": lower, "upper": upper})

    def to_state(self) -> dict[str, Any]:
        """Plain values, arrays and estimators, for the artefact."""
        return {
            "features": self.features,
            "coverage": self.coverage,
            "seed": self.seed,
            "trees": self.trees,
            "bands": self.bands.to_state(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The model that `to_state` described."""
        model = cls(state["features"], coverage=state["coverage"], seed=state["seed"])
        model.trees, model.bands = state["trees"], Bands.from_state(state["bands"])
        return model

    def _judges(self, student_ids: pl.Series, period: pl.Series | None) -> NDArray[np.bool_]:
        if period is not None and period.n_unique() > 1:
            return (period == period.max()).to_numpy()
        ids = student_ids.rank("dense").to_numpy().astype(np.int64) - 1
        order = np.random.default_rng(self.seed).permutation(int(ids.max()) + 1)
        return np.asarray(order[ids] < JUDGES * len(order), dtype=bool)

    def _trees(self, x: Floats, y: Floats) -> HistGradientBoostingRegressor:
        trees = HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=300,
            learning_rate=0.06,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            random_state=self.seed,
        )
        with one_thread():
            return trees.fit(filled(x), y)
