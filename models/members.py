"""The models that are blended: each learns shares of right answers from a matrix of features."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Matrix = NDArray[np.float32]

THREADS = 2

ROWS_PER_TREE, FEWEST_TREES, MOST_TREES = 150, 20, 200
"""So many rows earn the boosting a tree: more trees learn a small school by heart."""

ROWS_AT_ONCE = 8192
"""A tree reads rows that stay in the processor's cache several times as fast."""


@contextmanager
def two_threads() -> Iterator[ThreadPoolExecutor]:
    """Two threads, in each of which scikit-learn keeps to that thread.

    Threads of its own wait for each other in a busy loop: beside other busy processes a boosting
    is then 4 to 10 times as slow. OpenMP is limited thread by thread, BLAS for all at once.
    """

    def keep_to_this_thread() -> None:
        threadpool_limits(limits=1, user_api="openmp")

    with (
        threadpool_limits(limits=1, user_api="blas"),
        ThreadPoolExecutor(THREADS, initializer=keep_to_this_thread) as threads,
    ):
        yield threads


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
