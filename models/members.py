"""The models that are blended: each learns the odds of a right answer from a matrix of features.

They are fitted by scikit-learn. What the linear model and the nets say is worked out here: they
share one standardised matrix, and scikit-learn's checks of each would cost as much as the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Matrix = NDArray[np.float32]

NAMES = ("linear", "nets", "boosting")
"""Fields of `Members`, and columns of what they say: one is steady, one smooth, one finds what is
not."""

ROWS_PER_TREE, FEWEST_TREES, MOST_TREES = 250, 12, 60
"""So many rows earn the boosting a tree: more trees learn a small school by heart."""

LEAVES = 15
"""A hundred trees of 31 leaves, which learn slower, are worth 0.0002 of AUC and ask twice the time
for each row: trees are the dearest part of scoring."""

HIDDEN = (64, 32)
NETS = 2
"""What one net says depends on how it began by half as much again as the mean of two."""

BATCH, BATCHES, FEWEST_PASSES, MOST_PASSES = 256, 1000, 5, 20
"""A net reads all rows as many times as makes so many batches."""

STEPS = (2e-3, 5e-4, 1e-4)
"""How fast a net learns: fast until the last two passes, which are slower and slower. At one even
step (1e-3) it stood where its last batches had pushed it: on one school, two nets of other seeds
said 0.66 and 0.68 on average where 0.66 was right, and that was the calibration of the blend."""

FARTHEST = np.float32(4.0)
"""Standard deviations beyond which values are not told apart."""

ROWS_AT_ONCE = 4096
"""A tree reads rows that stay in the processor's cache several times as fast."""


@dataclass(frozen=True)
class Members:
    """Fitted models and the scaler that the linear ones and the nets read through.

    Of several linear models, nets or forests the mean is heard: each has learned from other
    students.
    """

    scaler: StandardScaler
    linear: list[LogisticRegression]
    nets: list[MLPClassifier]
    boosting: list[HistGradientBoostingClassifier]

    def said(self, matrix: Matrix) -> Floats:
        """The log-odds that each says of each row: a column for each of `NAMES`."""
        weights = np.mean([each.coef_[0] for each in self.linear], axis=0).astype(np.float32)
        offset = np.mean([each.intercept_[0] for each in self.linear])
        answers = np.empty((len(matrix), len(NAMES)))
        for start in range(0, len(matrix), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            even = standardised(self.scaler, matrix[rows])
            answers[rows, 0] = even @ weights + offset
            answers[rows, 1] = np.mean([_of_net(net, even) for net in self.nets], axis=0)
            forests = [each.decision_function(matrix[rows]) for each in self.boosting]
            answers[rows, 2] = np.mean(forests, axis=0)
        return answers

    @staticmethod
    def together(parts: list[Members]) -> Members:
        """All of several, that read through one scaler."""
        heard = ([one for each in parts for one in getattr(each, name)] for name in NAMES)
        return Members(parts[0].scaler, *heard)

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def linear(even: Matrix, right: Floats) -> LogisticRegression:
    """A logistic regression on standardised rows."""
    return LogisticRegression(C=0.1, max_iter=200).fit(even, right)


def boosting(matrix: Matrix, right: Floats, seed: int) -> HistGradientBoostingClassifier:
    """Trees on rows as they are."""
    trees = HistGradientBoostingClassifier(
        max_iter=int(np.clip(len(matrix) / ROWS_PER_TREE, FEWEST_TREES, MOST_TREES)),
        learning_rate=0.13,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=40,
        l2_regularization=5.0,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    )
    return trees.fit(matrix, right)


def nets(even: Matrix, right: Floats, seed: int) -> list[MLPClassifier]:
    """Small nets on standardised rows, that differ in how they began."""
    return [_net(even, right, seed + each) for each in range(NETS)]


def standardised(scaler: StandardScaler, matrix: Matrix) -> Matrix:
    """Values in standard deviations from the mean; what is not known is at the mean.

    Row after row in memory: nets learn from few rows at a time, in a quarter less time so.
    """
    even = np.subtract(matrix, scaler.mean_.astype(np.float32), order="C")
    even /= scaler.scale_.astype(np.float32)
    np.clip(even, -FARTHEST, FARTHEST, out=even)
    even[np.isnan(even)] = 0
    return np.asarray(even)


def _net(even: Matrix, right: Floats, seed: int) -> MLPClassifier:
    """A small net, learned in a fixed number of passes."""
    rows = len(even)
    passes = int(np.clip(BATCH * BATCHES / rows, FEWEST_PASSES, MOST_PASSES))
    net = MLPClassifier(
        HIDDEN,
        alpha=0.3,
        batch_size=min(BATCH, rows),
        # No pass is good enough to go on for: it ends after the first and so many more, and
        # unlike `max_iter` does not warn that it might have learned on.
        tol=1e9,
        warm_start=True,
        random_state=seed,
    )
    for passed, step in enumerate(STEPS, start=passes - len(STEPS) + 1):
        net.set_params(learning_rate_init=step, n_iter_no_change=passed - 2)
        net.fit(even, right)
    # Of use to who learns on only, and two thirds of what would be kept of a net.
    del net._optimizer  # noqa: SLF001 -- scikit-learn has no other way
    return net


def _of_net(net: MLPClassifier, even: Matrix) -> Matrix:
    """The log-odds of a net: what `predict_proba` says before it becomes a share."""
    layer = even
    for weights, bias in zip(net.coefs_[:-1], net.intercepts_[:-1], strict=True):
        layer = layer @ weights
        layer += bias
        np.maximum(layer, 0, out=layer)
    return np.asarray(layer @ net.coefs_[-1][:, 0] + net.intercepts_[-1])
