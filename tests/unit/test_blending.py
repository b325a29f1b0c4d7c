"""What members say is weighed for each kind of question, and bent until it is calibrated."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from models.blending import FEWEST, Blend
from models.evaluation import scores

MANY = 40_000


def answers(truth: np.ndarray, seed: int = 0) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).random(len(truth)) < expit(truth), dtype=float)


def truths(count: int) -> np.ndarray:
    return np.random.default_rng(count).normal(0, 1.5, count)


def test_a_member_that_is_too_bold_in_the_middle_is_bent():
    truth = truths(MANY)
    said = (truth + np.tanh(truth))[:, None]
    right, named = answers(truth), np.ones(MANY, dtype=bool)
    told = expit(Blend.of(said, right, named).log_odds(said, named))
    assert scores(answers(truth, seed=1), told).calibration_error < 0.008


def test_questions_without_an_item_are_weighed_apart():
    truth, named = truths(MANY), np.arange(MANY) % 4 > 0
    said = np.where(named, 2.0, 0.5)[:, None] * truth[:, None]
    told = Blend.of(said, answers(truth), named).log_odds(said, named)
    assert abs(np.polyfit(truth[named], told[named], 1)[0] - 1) < 0.05
    assert abs(np.polyfit(truth[~named], told[~named], 1)[0] - 1) < 0.05


def test_a_kind_that_hardly_occurs_is_weighed_as_all_are():
    truth = truths(MANY)
    named = np.arange(MANY) >= FEWEST - 1
    blend = Blend.of(truth[:, None], answers(truth), named)
    assert abs(blend.log_odds(np.ones((1, 1)), named[:1])[0] - 1) < 0.1


def test_few_answers_hardly_bend_the_line():
    truth = truths(600)
    named = np.ones(600, dtype=bool)
    blend = Blend.of(truth[:, None], answers(truth), named)
    steps = np.diff(blend.log_odds(np.linspace(-4, 4, 33)[:, None], np.ones(33, dtype=bool)))
    assert (steps > 0).all()
    assert steps.max() < 2 * steps.min()
