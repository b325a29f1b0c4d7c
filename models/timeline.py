"""What stood in a row's past: running figures over the evidence of a group, read at any row.

The one place that decides what is past: evidence of the same group from an *earlier question*.
A running figure is computed over the evidence alone and looked up at the row's last evidence, so
that a row that is asked and a row that was answered get the same figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.signal import lfilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Timeline:
    """The evidence of each group (a student, a student's concept, …) in the order of time."""

    def __init__(
        self, group: Ints, question: Ints, scored: NDArray[np.bool_], readers: Ints
    ) -> None:
        """A group below zero is none: such rows have no past and are nobody's past.

        Values are given for every row; figures are read at the rows of `readers` alone.
        """
        rows = np.flatnonzero(scored & (group >= 0))
        rows = rows[np.argsort(group[rows], kind="stable")]
        self.rows = rows
        groups = group[rows]
        breaks = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(rows) else rows
        length = np.diff(np.r_[breaks, len(rows)])
        self.first = np.repeat(breaks, length)
        self.rank = np.arange(len(rows)) - self.first
        span = int(question.max(initial=0)) + 2
        keys = groups * span + question[rows]
        group = group[readers]
        last = np.searchsorted(keys, group * span + question[readers]) - 1
        self.known = (last >= 0) & (group >= 0)
        if len(rows):
            self.known &= groups[last] == group
        self.last = np.where(self.known, last, 0)

    def read(self, running: NDArray[np.floating[Any]], default: float = 0.0) -> Floats:
        """A running figure as it stood before each reader."""
        if not len(self.rows):
            return np.full(len(self.last), default)
        return np.where(self.known, running[self.last], default)

    def count(self) -> Floats:
        """How many tries of the group are past."""
        return self.read(self.rank + 1.0)

    def total(self, values: Floats) -> Floats:
        """The sum of the values of the past."""
        return self.read(self._running(values))

    def _running(self, values: Floats) -> Floats:
        sums = np.cumsum(values[self.rows])
        return sums - (sums - values[self.rows])[self.first] if len(sums) else sums

    def faded(self, values: Floats, half_life: float) -> Floats:
        """The sum of the past in which a try counts half as much `half_life` tries later."""
        keep = 0.5 ** (1.0 / half_life)
        return self.read(self.fade(values[self.rows], keep))

    def fade(self, values: Floats, keep: float) -> Floats:
        """Fading sums along the evidence; one filter over all, less what came from before."""
        sums = lfilter([1.0], [1.0, -keep], values)
        before = np.r_[0.0, sums][self.first]
        return np.asarray(sums - before * keep ** (self.rank + 1.0))

    def recent(self, values: Floats, back: int = 0, default: float = np.nan) -> Floats:
        """The value of the last try of the past, or of the one `back` tries before it."""
        there = self.rank >= back
        shifted = np.where(there, values[np.roll(self.rows, back)], default)
        return self.read(shifted, default)

    def last_few(self, values: Ints, reach: int, default: int) -> NDArray[np.int32]:
        """The values of the last tries of the past, the latest first: a line for each of them."""
        few = np.full((reach, len(self.last)), default, dtype=np.int32)
        if not len(self.rows):
            return few
        in_order, first = values[self.rows], self.first[self.last]
        for back, line in enumerate(few):
            there = np.flatnonzero(self.known & (self.last - back >= first))
            line[there] = in_order[self.last[there] - back]
        return few

    def streak(self, right: Floats) -> Floats:
        """How many right answers in a row (or, below zero, wrong ones) end the past."""
        answers = right[self.rows]
        if not len(answers):
            return self.read(answers)
        changed = np.r_[True, answers[1:] != answers[:-1]] | (self.rank == 0)
        since = np.maximum.accumulate(np.where(changed, np.arange(len(answers)), 0))
        length = np.arange(len(answers)) - since + 1.0
        return self.read(np.where(answers == 1, length, -length))
