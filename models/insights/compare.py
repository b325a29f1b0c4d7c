"""Comparing groups of tries: sums by unit, groups large enough, and the look that results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from models.insights import chance
from models.insights.chance import Difference, Floats, Units, Whole
from models.insights.finding import Effect, Events, Figure, Look
from models.insights.tries import codes

POINTS = "points of 100"
SCORE_LEAST = 0.05  # 5 points of 100: less is no reason to change anything
TRIES_EACH, UNITS_EACH = 25, chance.UNITS_LEAST
UNITS_MOST = 400


class Question(NamedTuple):
    """Which tries (`rest`: what is left of their scores) belong to which unit and which group."""

    kind: str
    event_id: pl.Series
    rest: Floats
    unit: pl.Series
    group: Whole
    names: tuple[str, ...]
    level: float  # the mean score, on which differences are told
    tries_each: int = TRIES_EACH


def compared(
    question: Question,
    rng: np.random.Generator,
    figures: dict[str, Figure],
    subject_id: str | None = None,
    *,
    shared: float = 0.0,
) -> list[Look]:
    """One look at group 1 beside group 0, or none where either is too small."""
    units, present, group = summed(question)
    if len(present) < 2:  # noqa: PLR2004 -- to compare takes two
        return []
    found = chance.stands_out(units, 2, rng, two_sided=True, shared=shared)
    counted = Events(question.event_id, group, question.names)
    return [look(question, found, counted, 1, figures, subject_id)]


def summed(question: Question) -> tuple[Units, list[int], Whole]:
    """Sums by unit of the groups that are large enough, which are numbered anew.

    Returns:
        The units, the old numbers of the groups, and each try's new one (-1: not counted).
    """
    unit = codes(question.unit)
    count = np.bincount(unit).astype(np.float64)
    total = np.bincount(unit, question.rest).astype(np.float64)
    group = np.full(len(count), -1, dtype=np.int64)
    group[unit[::-1]] = question.group[::-1]  # a unit belongs where its first try does
    latest = np.arange(len(count)) >= len(count) - UNITS_MOST
    present = [
        place
        for place in range(len(question.names))
        if (latest & (group == place)).sum() >= UNITS_EACH
        and count[latest & (group == place)].sum() >= question.tries_each
    ]
    anew = np.full(len(question.names) + 1, -1, dtype=np.int64)
    anew[present] = np.arange(len(present))
    group = np.where(latest, anew[group], -1)
    kept = group >= 0
    return Units(total[kept], count[kept], group[kept]), present, group[unit]


def look(
    question: Question,
    found: Difference,
    counted: Events,
    group: int,
    figures: dict[str, Figure],
    subject_id: str | None = None,
) -> Look:
    """What was seen of one group beside the rest."""
    size = found.mean - found.rest
    inside = int((counted.group == group).sum())
    n = int((counted.group >= 0).sum())
    told: dict[str, Figure] = {
        **figures,
        "score": bounded(question.level + found.mean),
        "other_score": bounded(question.level + found.rest),
        "tries": inside,
        "other_tries": n - inside,
    }
    effect = points(size, found.interval)
    worth = abs(size) >= SCORE_LEAST
    return Look(question.kind, found.p_value, effect, worth, n, told, counted, subject_id)


def points(size: float, interval: Sequence[float]) -> Effect:
    """A difference of scores as people say it."""
    low, high = interval
    return Effect(100 * size, POINTS, 100 * low, 100 * high)


def bounded(score: float) -> float:
    """A score, which no correction takes beyond 0 and 1."""
    return float(min(1.0, max(0.0, score)))
