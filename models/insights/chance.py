"""Could it be chance? Tests that shuffle whole sessions, days or concepts, never single tries.

Tries of one session share its mood, its concept and its hour, so they are no independent evidence:
a unit (session, day, concept) is what is shuffled, and what the error of a mean is taken from.
Statistics are studentised, since permutation then stays right where units differ in size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.insights.finding import NORMAL_95

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FIRST_LOOK, SHUFFLES = 199, 1_999
HOPELESS = 0.1  # after the first look; what is surely chance is not worth the rest
UNITS_LEAST = 6
_TINY = 1e-12


class Units(NamedTuple):
    """Sums over the tries of each unit, and the group that the unit belongs to."""

    total: Floats
    tries: Floats
    group: Whole


class Slope(NamedTuple):
    """What each unit adds to both sums whose ratio is the slope of one thing on another."""

    change: Floats
    of: Floats

    @classmethod
    def by(cls, unit: Whole, went: Floats, differs: Floats) -> Slope:
        """Of how tries went on how they differ."""
        change, of = np.bincount(unit, differs * went), np.bincount(unit, differs**2)
        return cls(change.astype(np.float64), of.astype(np.float64))


class Difference(NamedTuple):
    """The group that stands out, its mean and that of the rest, and how likely chance is."""

    group: int
    mean: float
    rest: float
    error: float
    p_value: float

    @property
    def interval(self) -> tuple[float, float]:
        """Where the difference lies with 95 % confidence."""
        size = self.mean - self.rest
        return size - NORMAL_95 * self.error, size + NORMAL_95 * self.error


def stands_out(
    units: Units,
    groups: int,
    rng: np.random.Generator,
    *,
    two_sided: bool = False,
    shared: float = 0.0,
) -> Difference:
    """The group furthest above the rest (or from it), against the same choice after shuffling.

    With two groups and `two_sided`, group 1 is compared with group 0. `shared` is the variance
    of their difference that comes from luck which units share: shuffling cannot show it.
    """
    watched = [1] if two_sided else range(groups)
    sums = np.column_stack(
        [units.total, units.tries, units.total**2, units.total * units.tries, units.tries**2]
    )

    def scores(labels: Whole) -> tuple[Floats, Floats, Floats, Floats]:
        found = [_compared(labels == group, sums) for group in watched]
        mean, rest, error = (np.stack(part, axis=-1) for part in zip(*found, strict=True))
        t = (mean - rest) / np.maximum(error, _TINY)
        return np.abs(t) if two_sided else t, mean, rest, error

    t, mean, rest, error = (part[0] for part in scores(units.group[None, :]))
    best = int(np.argmax(t))
    size, wide = float(mean[best] - rest[best]), float(np.hypot(error[best], np.sqrt(shared)))
    p_value = _p_value(
        (abs(size) if two_sided else size) / max(wide, _TINY),
        lambda times: scores(rng.permuted(np.tile(units.group, (times, 1)), axis=1))[0].max(axis=1),
    )
    return Difference(watched[best], float(mean[best]), float(rest[best]), wide, p_value)


def luck_of_blocks(rest: Floats, unit: Whole, block: Whole, group: Whole) -> float:
    """The variance that units of a block (days of a week) share, as far as it is seen.

    A nested analysis of variance, weighed by tries: how far blocks lie from the mean of their
    group, less what that would be if units alone made it.
    """
    within, blocks = _scatter(rest, unit, block), _scatter(rest, block, group)
    if not within.freedom or not blocks.freedom:
        return 0.0
    explained = blocks.freedom * within.squares / within.freedom
    return max(0.0, blocks.squares - explained) / blocks.weight


def times_shared(block: Whole, group: Whole) -> float:
    """How much of the variance of one block is in the difference of two groups of them."""
    _, first, block = np.unique(block, return_index=True, return_inverse=True)
    tries = np.bincount(block).astype(np.float64)
    share = tries / np.bincount(group)[group[first]]
    return float((share**2).sum())


class _Scatter(NamedTuple):
    """Squares of parts about their wholes, how many are free, what a variance of parts adds."""

    squares: float
    freedom: int
    weight: float


def _scatter(rest: Floats, part: Whole, whole: Whole) -> _Scatter:
    _, first, part = np.unique(part, return_index=True, return_inverse=True)
    _, whole = np.unique(whole[first], return_inverse=True)
    tries, total = np.bincount(part).astype(np.float64), np.bincount(part, rest)
    of_whole = np.bincount(whole, tries)
    mean = (np.bincount(whole, total) / of_whole)[whole]
    squares = float((tries * (total / tries - mean) ** 2).sum())
    weight = float(tries.sum() - (np.bincount(whole, tries**2) / of_whole).sum())
    return _Scatter(squares, len(tries) - len(of_whole), weight)


def _compared(inside: NDArray[np.bool_], sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean inside, mean outside and the error of their difference, for each row of labels."""
    within = inside.astype(np.float64) @ sums
    number = inside.sum(axis=1).astype(np.float64)
    mean, variance = _mean(within, number)
    rest, rest_variance = _mean(sums.sum(axis=0) - within, inside.shape[1] - number)
    return mean, rest, np.sqrt(variance + rest_variance)


def _mean(sums: Floats, number: Floats) -> tuple[Floats, Floats]:
    total, count, squares, crossed, counts = sums.T
    count = np.maximum(count, 1.0)
    mean = total / count
    spread = np.maximum(squares - 2 * mean * crossed + mean**2 * counts, 0.0)
    return mean, spread / count**2 * number / np.maximum(number - 1, 1.0)


def steepest(slopes: list[Slope], rng: np.random.Generator) -> tuple[int, float, float, float]:
    """The surest of the slopes, against flipped signs of whole units (the same for all slopes).

    Returns:
        Its place, the slope, its error, and the p-value.
    """
    observed = [_studentised(np.ones((1, len(each.change))), each) for each in slopes]
    best = int(np.argmax([abs(slope[0] / error[0]) for slope, error in observed]))

    def flipped(times: int) -> Floats:
        signs = rng.choice(np.array([-1.0, 1.0]), size=(times, len(slopes[0].change)))
        found = [_studentised(signs, each) for each in slopes]
        most: Floats = np.stack([np.abs(slope / error) for slope, error in found]).max(axis=0)
        return most

    slope, error = observed[best]
    p_value = _p_value(abs(float(slope[0] / error[0])), flipped)
    return best, float(slope[0]), float(error[0]), p_value


def _studentised(signs: Floats, parts: Slope) -> tuple[Floats, Floats]:
    change, of = parts
    slope = signs @ change / of.sum()
    # sum of (sign·change - slope·of)², without making the whole matrix
    spread = (change**2).sum() - 2 * slope * (signs @ (change * of)) + slope**2 * (of**2).sum()
    return slope, np.sqrt(np.maximum(spread, _TINY)) / of.sum()


def _p_value(observed: float, shuffled: Callable[[int], Floats]) -> float:
    """The share of shuffles that come as far; the present order is one of them."""
    first = int((shuffled(FIRST_LOOK) >= observed - _TINY).sum())
    p_value = (1 + first) / (1 + FIRST_LOOK)
    if p_value > HOPELESS:
        return p_value
    rest = int((shuffled(SHUFFLES - FIRST_LOOK) >= observed - _TINY).sum())
    return (1 + first + rest) / (1 + SHUFFLES)
