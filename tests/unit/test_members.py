"""What members say is what scikit-learn would say, worked out with less ado."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from models.members import FARTHEST, MOST_PASSES, ROWS_AT_ONCE, fitted, said


def rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three columns, one with gaps, and right answers that hang on two of them."""
    draw = np.random.default_rng(seed)
    matrix = draw.normal(3, 2, (count, 3)).astype(np.float32)
    right = draw.random(count) < expit(matrix[:, 0] + matrix[:, 1] - 6)
    matrix[draw.random(count) < 0.2, 1] = np.nan
    return matrix, right.astype(float)


def test_members_say_what_scikit_learn_says_of_the_standardised_rows():
    members = fitted(*rows(1500, seed=1), seed=0)
    matrix, _ = rows(2 * ROWS_AT_ONCE + 7, seed=2)
    even = np.nan_to_num(members["scaler"].transform(matrix))
    even = np.clip(even, -FARTHEST, FARTHEST)
    nets = [logit(net.predict_proba(even)[:, 1]) for net in members["nets"]]
    wanted = np.column_stack(
        [
            members["linear"].decision_function(even),
            np.mean(nets, axis=0),
            logit(members["boosting"].predict_proba(matrix)[:, 1]),
        ]
    )
    np.testing.assert_allclose(said(members, matrix), wanted, atol=1e-3)


def test_a_row_is_told_the_same_alone_as_among_many():
    members = fitted(*rows(1500, seed=1), seed=0)
    matrix, _ = rows(ROWS_AT_ONCE + 1, seed=3)
    np.testing.assert_allclose(said(members, matrix[-1:]), said(members, matrix)[-1:], atol=1e-4)


def test_nothing_is_said_of_no_rows():
    members = fitted(*rows(1500, seed=1), seed=0)
    assert said(members, np.empty((0, 3), dtype=np.float32)).shape == (0, 3)


def test_each_net_says_on_average_what_was_right():
    matrix, right = rows(6000, seed=1)
    members = fitted(matrix, right, seed=0)
    even = np.clip(np.nan_to_num(members["scaler"].transform(matrix)), -FARTHEST, FARTHEST)
    for net in members["nets"]:
        assert len(net.loss_curve_) == MOST_PASSES
        assert abs(net.predict_proba(even)[:, 1].mean() - right.mean()) < 0.002
