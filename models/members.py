"""The models that are blended: each learns shares of right answers from a matrix of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Matrix = NDArray[np.float32]

ROWS_PER_TREE, FEWEST_TREES, MOST_TREES = 150, 20, 200
"""So many rows earn the boosting a tree: more trees learn a small school by heart."""

ROWS_AT_ONCE = 8192
"""A tree reads rows that stay in the processor's cache several times as fast."""


def fitted(matrix: Matrix, right: Floats, seed: int) -> dict[str, Any]:
    """Every member, fitted."""
    return {name: member.fit(matrix, right) for name, member in members(len(matrix), seed).items()}


def members(rows: int, seed: int) -> dict[str, Any]:
    """A linear model, which is steady, and a boosting, which finds what depends on what."""
    linear = make_pipeline(
        StandardScaler(),
        FunctionTransformer(np.nan_to_num),
        LogisticRegression(C=0.1, max_iter=200),
    )
    boosting = HistGradientBoostingClassifier(
        max_iter=int(np.clip(rows / ROWS_PER_TREE, FEWEST_TREES, MOST_TREES)),
        learning_rate=0.08,
        max_leaf_nodes=31,
        min_samples_leaf=40,
        l2_regularization=5.0,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    )
    return {"linear": linear, "boosting": boosting}


def log_odds(estimator: Any, matrix: Matrix) -> Floats:
    """What an estimator says of each row, in log-odds, kept finite."""
    parts = [
        estimator.predict_proba(matrix[start : start + ROWS_AT_ONCE])[:, 1]
        for start in range(0, len(matrix), ROWS_AT_ONCE)
    ]
    share = np.clip(np.concatenate([np.empty(0), *parts]), 1e-5, 1 - 1e-5)
    return np.asarray(np.log(share / (1 - share)))
