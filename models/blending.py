"""How what members say is weighed, and bent until it is calibrated, on students they never saw.

Questions that name an item and those that name only a concept, as pages ask, are weighed apart:
the latter are answered more timidly, and one slope for both makes the former too bold. A straight
line in log-odds leaves the middle too steep where there is much to learn from; hinges bend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

HINGES = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
STIFFNESS = 10.0
"""Few answers do not bend the line: a change of slope is expected to be about a tenth."""

FEWEST = 500
"""Questions of a kind below which it is weighed as all are."""


@dataclass(frozen=True)
class Blend:
    """A line for each kind of question, without and with an item: weights, offset, bends."""

    weights: Floats
    offset: Floats
    slopes: Floats
    shift: Floats

    def log_odds(self, said: Floats, named: Flags) -> Floats:
        """What the members say, as one; `named` tells which questions name an item."""
        answer = np.empty(len(said))
        for kind in (0, 1):
            rows = np.flatnonzero(named == bool(kind))
            line = said[rows] @ self.weights[kind] + self.offset[kind]
            answer[rows] = _bent(line) @ self.slopes[kind] + self.shift[kind]
        return answer

    @staticmethod
    def of(said: Floats, right: Floats, named: Flags) -> Blend:
        """The blend that fits what members said of students that they were not fitted on."""
        kinds = [_fitted(said, right, named == bool(kind)) for kind in (0, 1)]
        weights, offset, slopes, shift = (np.array(part) for part in zip(*kinds, strict=True))
        return Blend(weights, offset, slopes, shift)


def _fitted(said: Floats, right: Floats, kind: Flags) -> tuple[Floats, float, Floats, float]:
    if kind.sum() >= FEWEST and 0 < right[kind].mean() < 1:
        said, right = said[kind], right[kind]
    weigher = LogisticRegression(C=1.0).fit(said, right)
    bender = LogisticRegression(C=1.0).fit(_bent(weigher.decision_function(said)), right)
    shift = float(bender.intercept_[0])
    return weigher.coef_[0], float(weigher.intercept_[0]), bender.coef_[0], shift


def _bent(line: Floats) -> Floats:
    """The line, and what of it lies beyond each hinge."""
    beyond = np.maximum(line[:, None] - HINGES, 0) / STIFFNESS
    return np.column_stack([line, beyond])
