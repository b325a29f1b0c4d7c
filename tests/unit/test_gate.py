"""The gate: what a challenger must show before it takes the champion's place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.contests.judgement import Judgement, of_chances, verdict

GOOD = Judgement("log_loss", 1000, 0.50, "the mean of the concept", 0.60, 0.01, 0.05)


def test_a_challenger_that_beats_both_is_accepted_with_the_figures():
    accepted, reason = verdict(GOOD, replace(GOOD, loss=0.52))
    assert accepted
    assert reason == "log loss 0.5000, the mean of the concept 0.6000, the champion 0.5200"
    assert verdict(GOOD, None).accepted
    assert verdict(GOOD, GOOD).accepted  # not worse is enough


@pytest.mark.parametrize(
    ("challenger", "said"),
    [
        (replace(GOOD, loss=0.60), "does not beat the mean of the concept"),
        (replace(GOOD, loss=float("nan")), "does not beat"),
        (replace(GOOD, calibration=0.06), "calibration is off by 0.060, more than 0.050"),
        (replace(GOOD, calibration=float("nan")), "calibration is off"),
        (replace(GOOD, example_count=199), "only 199 held-out examples, 200 are needed"),
        (replace(GOOD, loss=0.53), "is worse than the champion's 0.5200"),
    ],
)
def test_a_challenger_that_fails_is_refused_with_the_reason(challenger: Judgement, said: str):
    accepted, reason = verdict(challenger, replace(GOOD, loss=0.52))
    assert not accepted
    assert said in reason


def test_every_fault_is_told():
    reason = verdict(replace(GOOD, loss=0.7, calibration=0.2), replace(GOOD, loss=0.5)).reason
    assert reason.count(";") == 2


def test_chances_that_come_true_are_calibrated_and_sharper_than_the_mean():
    rng = np.random.default_rng(1)
    chance = rng.random(4000)
    happened = rng.random(4000) < chance
    groups = {"half": ["low" if c < 0.5 else "high" for c in chance]}
    judged = of_chances(happened, chance, np.full(4000, 0.5), "a coin", groups)
    assert judged.loss < judged.baseline_loss
    assert judged.calibration < judged.calibration_bound < 0.04
    assert sum(point["count"] for point in judged.curve) == 4000
    assert [(part["part"], part["by"]) for part in judged.parts] == [
        ("high", "half"),
        ("low", "half"),
    ]


def test_overconfident_chances_are_found_out():
    rng = np.random.default_rng(2)
    happened = rng.random(4000) < 0.6
    said = np.full(4000, 0.9)
    judged = of_chances(happened, said, np.full(4000, 0.6), "the mean", {})
    assert judged.calibration == pytest.approx(0.3, abs=0.03)
    assert not verdict(judged, None).accepted


def test_of_nothing_nothing_is_good():
    nothing = of_chances(np.array([], bool), np.array([]), np.array([]), "the mean", {})
    assert not verdict(nothing, None).accepted
