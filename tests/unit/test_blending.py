"""What members say is weighed, and bent until it is calibrated."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from models.blending import Blend
from models.evaluation import scores

MANY = 40_000


def answers(truth: np.ndarray, seed: int = 0) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).random(len(truth)) < expit(truth), dtype=float)


def truths(count: int) -> np.ndarray:
    return np.random.default_rng(count).normal(0, 1.5, count)


def test_a_member_that_is_too_bold_in_the_middle_is_bent():
    truth = truths(MANY)
    said = (truth + np.tanh(truth))[:, None]
    told = expit(Blend.of(said, answers(truth)).log_odds(said))
    assert scores(answers(truth, seed=1), told).calibration_error < 0.008


def test_few_answers_hardly_bend_the_line():
    truth = truths(600)
    blend = Blend.of(truth[:, None], answers(truth))
    steps = np.diff(blend.log_odds(np.linspace(-4, 4, 33)[:, None]))
    assert (steps > 0).all()
    assert steps.max() < 2 * steps.min()
