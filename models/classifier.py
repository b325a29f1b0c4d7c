"""A calibrated probability from a row of numbers: logistic regression and boosted trees, blended.

The blend is a small logistic regression on what both say about students that they have not seen
(cross-fitted), so it calibrates them at the same time. It knows nothing of what the numbers mean:
`models/risk.py` and `models/soon.py` give them meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from models.errors import InvalidFrame, NotEnoughExamples
from models.threads import one_thread

Floats = NDArray[np.float64]

FOLDS = 3
LEAST_EXAMPLES = 100
LEAST_OF_EACH = 20
CERTAIN = 1e-4  # nobody is given a chance of nothing, or a certainty


class Classifier:
    """P(target) for rows of named numbers; nulls are allowed and mean "not known"."""

    def __init__(self, features: Sequence[str], *, seed: int = 0) -> None:
        self.features = list(features)
        self.seed = seed
        self.linear: Pipeline
        self.trees: HistGradientBoostingClassifier
        self.blend: LogisticRegression
        self.typical: Floats
        self.known: NDArray[Any]

    def fit(self, rows: pl.DataFrame, target: Sequence[bool] | NDArray[Any]) -> Floats:
        """Learn; the answer is each row's probability by models that did not see its student."""
        y = np.asarray(target, dtype=bool)
        _enough(y)
        x = numbers(rows, self.features)
        # a column without any value says nothing, and the trees' binning raises on it
        self.known = np.logical_not(np.isnan(x).all(axis=0))
        x = x[:, self.known]
        self.typical = np.nanmedian(x, axis=0)
        opinions = np.empty((len(y), 2))
        for learn, judge in _folds(rows["student_id"], self.seed):
            linear, trees = self._pair(x[learn], y[learn])
            opinions[judge] = _opinions(linear, trees, x[judge])
        self.linear, self.trees = self._pair(x, y)
        self.blend = LogisticRegression(C=1e6, max_iter=1000).fit(opinions, y)
        return self._blended(opinions)

    def predict(self, rows: pl.DataFrame) -> Floats:
        """The probability of each row, in order."""
        return self._probabilities(numbers(rows, self.features)[:, self.known])

    def drivers(self, rows: pl.DataFrame, groups: Sequence[Sequence[str]]) -> Floats:
        """How far each group of features moves each row's log odds, against typical values."""
        x = numbers(rows, self.features)[:, self.known]
        names = [name for name, known in zip(self.features, self.known, strict=True) if known]
        log_odds = _log_odds(self._probabilities(x))
        moved = np.zeros((len(x), len(groups)))
        for place, group in enumerate(groups):
            columns = [names.index(name) for name in group if name in names]
            if columns:
                plain = x.copy()
                plain[:, columns] = self.typical[columns]
                moved[:, place] = log_odds - _log_odds(self._probabilities(plain))
        return moved

    def to_state(self) -> dict[str, Any]:
        """Plain values, arrays and estimators, for the artefact."""
        names = ("features", "seed", "linear", "trees", "blend", "typical", "known")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The classifier that `to_state` described."""
        classifier = cls(state["features"], seed=state["seed"])
        for name in ("linear", "trees", "blend", "typical", "known"):
            setattr(classifier, name, state[name])
        return classifier

    def _pair(self, x: Floats, y: NDArray[np.bool_]) -> tuple[Pipeline, Any]:
        linear = make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
            StandardScaler(),
            LogisticRegression(C=0.1, max_iter=500),
        )
        trees = HistGradientBoostingClassifier(
            max_iter=120,
            learning_rate=0.06,
            max_leaf_nodes=8,
            min_samples_leaf=max(5, min(40, len(y) // 40)),
            l2_regularization=1.0,
            random_state=self.seed,
        )
        # the trees cannot bin a column that is empty in this part only: zeros there say the same
        with one_thread():
            return linear.fit(x, y), trees.fit(filled(x), y)

    def _probabilities(self, x: Floats) -> Floats:
        if not len(x):
            return np.empty(0)
        return self._blended(_opinions(self.linear, self.trees, x))

    def _blended(self, opinions: Floats) -> Floats:
        chance: Floats = self.blend.predict_proba(opinions)[:, 1]
        return np.clip(chance, CERTAIN, 1 - CERTAIN)


def numbers(rows: pl.DataFrame, features: Sequence[str]) -> Floats:
    """The named columns as a matrix, nulls as nan."""
    missing = [name for name in features if name not in rows.columns]
    if missing:
        raise InvalidFrame(f"The rows have no feature {', '.join(missing)}: make them again.")
    floats = rows.select(pl.col(features).cast(pl.Float64).fill_null(float("nan")))
    return floats.to_numpy().astype(np.float64)


def _enough(y: NDArray[np.bool_]) -> None:
    least = min(int(y.sum()), int((~y).sum()))
    if len(y) < LEAST_EXAMPLES or least < LEAST_OF_EACH:
        raise NotEnoughExamples(
            f"{len(y)} examples, {least} of the rarer outcome: a model needs at least "
            f"{LEAST_EXAMPLES} and {LEAST_OF_EACH} of each. Wait for more weeks of events."
        )


def _folds(student_ids: pl.Series, seed: int) -> Iterator[tuple[Any, Any]]:
    """All of a student's rows are judged by models that saw none of them."""
    numbers = student_ids.rank("dense").to_numpy().astype(np.int64) - 1
    order = np.random.default_rng(seed).permutation(int(numbers.max()) + 1)
    fold = order[numbers] % FOLDS
    for number in range(FOLDS):
        yield fold != number, fold == number


def filled(x: Floats) -> Floats:
    """Zeros in the columns that are empty: the trees' binning raises on them."""
    empty = np.isnan(x).all(axis=0)
    return np.where(empty, 0.0, x) if empty.any() else x


def _opinions(linear: Pipeline, trees: Any, x: Floats) -> Floats:
    with one_thread():
        chances = [linear.predict_proba(x)[:, 1], trees.predict_proba(x)[:, 1]]
    return np.column_stack([_log_odds(chance) for chance in chances])


def _log_odds(chance: Floats) -> Floats:
    clipped = np.clip(chance, CERTAIN, 1 - CERTAIN)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds
