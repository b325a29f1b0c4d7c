"""The models that are blended: each learns shares of right answers from a matrix of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Matrix = NDArray[np.float32]

ROWS_PER_TREE, FEWEST_TREES, MOST_TREES = 150, 20, 100
"""So many rows earn the boosting a tree: more trees learn a small school by heart."""

HIDDEN = (64, 32)
NETS = 2
"""What one net says depends on how it began by half as much again as the mean of two."""

BATCH, BATCHES, FEWEST_PASSES, MOST_PASSES = 256, 1000, 5, 20
"""A net reads all rows as many times as makes so many batches."""

FARTHEST = 4.0
"""Standard deviations beyond which a net does not tell values apart."""

ROWS_AT_ONCE = 4096
"""A tree reads rows that stay in the processor's cache several times as fast."""


def fitted(matrix: Matrix, right: Floats, seed: int) -> dict[str, Any]:
    """Every member, fitted."""
    return {name: member.fit(matrix, right) for name, member in members(len(matrix), seed).items()}


def members(rows: int, seed: int) -> dict[str, Any]:
    """A linear model, which is steady; nets, which are smooth; trees, which find what is not."""
    linear = make_pipeline(
        StandardScaler(),
        FunctionTransformer(np.nan_to_num),
        LogisticRegression(C=0.1, max_iter=200),
    )
    nets = make_pipeline(
        StandardScaler(),
        FunctionTransformer(np.nan_to_num),
        FunctionTransformer(np.clip, kw_args={"a_min": -FARTHEST, "a_max": FARTHEST}),
        VotingClassifier(
            [(f"net_{each}", _net(rows, seed + each)) for each in range(NETS)], voting="soft"
        ),
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
    return {"linear": linear, "nets": nets, "boosting": boosting}


def _net(rows: int, seed: int) -> MLPClassifier:
    """A small net, learned in a fixed number of passes."""
    passes = int(np.clip(BATCH * BATCHES / rows, FEWEST_PASSES, MOST_PASSES))
    return MLPClassifier(
        HIDDEN,
        alpha=0.3,
        batch_size=min(BATCH, rows),
        # No pass is good enough to go on for: it ends after the first and so many more, and
        # unlike `max_iter` does not warn that it might have learned on.
        tol=1e9,
        n_iter_no_change=passes - 2,
        random_state=seed,
    )


def log_odds(estimator: Any, matrix: Matrix) -> Floats:
    """What an estimator says of each row, in log-odds, kept finite."""
    parts = [
        estimator.predict_proba(matrix[start : start + ROWS_AT_ONCE])[:, 1]
        for start in range(0, len(matrix), ROWS_AT_ONCE)
    ]
    share = np.clip(np.concatenate([np.empty(0), *parts]), 1e-5, 1 - 1e-5)
    return np.asarray(np.log(share / (1 - share)))
