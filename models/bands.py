"""Intervals around expectations, from how far real values fell from them elsewhere.

Values are put into groups of equal horizon and like expectation. In a group, distances are
measured in units of the expectation's own spread, and the interval takes in the share that was
asked for, with the correction for a finite number of values that makes conformal intervals hold
(Vovk's split conformal, one calibration a group). Where zero is common, the interval begins at
zero and spends all of its allowance above.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_GROUPS = 12
LEAST_IN_GROUP = 60


class Bands:
    """Lower bound, middle and upper bound for an expectation at a horizon."""

    def __init__(self, coverage: float, *, is_count: bool) -> None:
        self.coverage = coverage
        self.is_count = is_count
        self.edges: dict[str, Floats] = {}
        self.distances: dict[str, Floats] = {}

    def fit(self, horizon: Floats, expected: Floats, actual: Floats) -> Self:
        """Measure the distances; a horizon without values is answered by the nearest before it."""
        for number in np.unique(horizon):
            here = horizon == number
            groups = int(np.clip(here.sum() // LEAST_IN_GROUP, 1, MOST_GROUPS))
            edges = np.quantile(expected[here], np.linspace(0, 1, groups + 1)[1:-1])
            self.edges[str(int(number))] = np.unique(edges)
            group = np.searchsorted(np.unique(edges), expected[here], side="right")
            self.distances[str(int(number))] = np.array(
                [
                    self._distances(expected[here][group == place], actual[here][group == place])
                    for place in range(len(np.unique(edges)) + 1)
                ]
            )
        return self

    def around(self, horizon: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
        """The three values for each expectation."""
        bounds = np.empty((len(expected), 3))
        for number in np.unique(horizon):
            here = horizon == number
            known = str(max(int(k) for k in self.edges if int(k) <= number))
            group = np.searchsorted(self.edges[known], expected[here], side="right")
            spread = self._spread(expected[here])[:, None]
            bounds[here] = expected[here, None] + self.distances[known][group] * spread
        bounds = np.clip(bounds, 0.0, None if self.is_count else 1.0)
        return bounds[:, 0], bounds[:, 1], bounds[:, 2]

    def to_state(self) -> dict[str, Any]:
        """Plain values and arrays."""
        names = ("coverage", "is_count", "edges", "distances")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The bands that `to_state` described."""
        bands = cls(state["coverage"], is_count=state["is_count"])
        bands.edges, bands.distances = state["edges"], state["distances"]
        return bands

    def _spread(self, expected: Floats) -> Floats:
        return np.sqrt(expected + 0.05) if self.is_count else np.ones_like(expected)

    def _distances(self, expected: Floats, actual: Floats) -> Floats:
        """Lower, middle and upper distance of one group, in spreads."""
        outside = 1 - self.coverage
        distance = np.sort((actual - expected) / self._spread(expected))
        starts_at_zero = self.is_count and (actual <= 0).mean() >= outside / 2
        upper = self.coverage if starts_at_zero else 1 - outside / 2
        size = len(distance)
        lowest = int(np.floor(outside / 2 * (size + 1))) - 1
        highest = min(int(np.ceil(upper * (size + 1))) - 1, size - 1)
        low = -np.inf if starts_at_zero or lowest < 0 else distance[lowest]
        return np.array([low, np.median(distance), distance[highest]])
