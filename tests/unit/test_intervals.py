"""How far a student may lie from what is told: measured where there is much, drawn where little."""

from __future__ import annotations

import numpy as np
import pytest

from models.intervals import EVIDENCE_STEPS, INTERVAL_SHARE, MARGIN, interval, spreads

STEPS = len(EVIDENCE_STEPS) + 1


def pairs(shares: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of answers of students who lie around what is told of them, and their evidence.

    `shares` is the variance of students at each step of evidence, as a share of p (1 - p).
    """
    draw = np.random.default_rng(seed)
    step = draw.integers(STEPS, size=count)
    told = draw.uniform(0.3, 0.8, count)
    sureness = 1 / shares[step] - 1
    own = draw.beta(told * sureness, (1 - told) * sureness)
    first, second = (
        np.column_stack([(draw.random(count) < own) - told, told * (1 - told)]) for _ in range(2)
    )
    return first, second, np.append(0, EVIDENCE_STEPS)[step]


def test_steps_of_a_small_school_are_seldom_sure_by_chance():
    # drawn to all steps by 200 pairs, as it was, one in seven was told as half of what it is
    found = [spreads(*pairs(np.full(STEPS, 0.04), 15_000, seed)) for seed in range(60)]
    assert np.mean(np.array(found) < MARGIN * 0.02) < 0.05


def test_a_tiny_school_is_told_what_is_usual():
    assert spreads(*pairs(np.full(STEPS, 0.04), 0, 1)) == pytest.approx(MARGIN * 0.1)


def test_steps_differ_where_there_is_enough_to_see_it():
    true = np.array([0.15, 0.12, 0.10, 0.08, 0.06, 0.05])
    assert spreads(*pairs(true, 400_000, 1)) / MARGIN == pytest.approx(true, abs=0.01)


def test_the_interval_holds_those_whom_it_is_made_for():
    draw = np.random.default_rng(1)
    for share in (0.02, 0.1, 0.3):
        lower, upper = interval(np.full(20_000, 0.6), np.zeros(20_000), np.full(STEPS, share))
        own = draw.beta(0.6 * (1 / share - 1), 0.4 * (1 / share - 1), 20_000)
        assert np.mean((lower <= own) & (own <= upper)) == pytest.approx(INTERVAL_SHARE, abs=0.01)
