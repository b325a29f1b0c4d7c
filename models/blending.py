"""How what members say is weighed, and bent until it is calibrated, on students they never saw.

A straight line in log-odds leaves the middle too steep where there is much to learn from; hinges
bend it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HINGES = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
STIFFNESS = 10.0
"""Few answers do not bend the line: a change of slope is expected to be about a tenth."""


@dataclass(frozen=True)
class Blend:
    """A line through what the members say (weights, offset), and its bends (slopes, shift)."""

    weights: Floats
    offset: float
    slopes: Floats
    shift: float

    def log_odds(self, said: Floats) -> Floats:
        """What the members say, as one."""
        line = said @ self.weights + self.offset
        return np.asarray(_bent(line) @ self.slopes + self.shift)

    @staticmethod
    def of(said: Floats, right: Floats) -> Blend:
        """The blend that fits what members said of students that they were not fitted on."""
        weigher = LogisticRegression(C=1.0).fit(said, right)
        bender = LogisticRegression(C=1.0).fit(_bent(weigher.decision_function(said)), right)
        lines = weigher.coef_[0], float(weigher.intercept_[0])
        return Blend(*lines, bender.coef_[0], float(bender.intercept_[0]))


def _bent(line: Floats) -> Floats:
    """The line, and what of it lies beyond each hinge."""
    beyond = np.maximum(line[:, None] - HINGES, 0) / STIFFNESS
    return np.column_stack([line, beyond])
