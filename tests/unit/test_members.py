"""What members say is what scikit-learn would say, worked out with less ado."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.preprocessing import StandardScaler

from models.crossfit import PARTS, crossfitted
from models.members import (
    FARTHEST,
    MOST_PASSES,
    NETS,
    ROWS_AT_ONCE,
    Members,
    nets,
    standardised,
)


def rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three columns, one with gaps, and right answers that hang on two of them."""
    draw = np.random.default_rng(seed)
    matrix = draw.normal(3, 2, (count, 3)).astype(np.float32)
    right = draw.random(count) < expit(matrix[:, 0] + matrix[:, 1] - 6)
    matrix[draw.random(count) < 0.2, 1] = np.nan
    return matrix, right.astype(float)


def fitted(
    matrix: np.ndarray, right: np.ndarray, taught: np.ndarray | None = None, *, quick: bool = False
) -> tuple[Members, np.ndarray]:
    """Members taught by rows, each a student of his own; and what they say unseen."""
    taught = np.ones(len(matrix), dtype=bool) if taught is None else taught
    part = np.arange(len(matrix)) % PARTS
    return crossfitted(matrix, right, taught, part, quick=quick, seed=0)


@pytest.mark.parametrize(("quick", "forests"), [(False, PARTS), (True, 1)])
def test_members_say_what_scikit_learn_says_of_the_standardised_rows(quick, forests):
    members, _ = fitted(*rows(1500, seed=1), quick=quick)
    matrix, _ = rows(2 * ROWS_AT_ONCE + 7, seed=2)
    even = np.clip(np.nan_to_num(members.scaler.transform(matrix)), -FARTHEST, FARTHEST)
    lines = [line.decision_function(even) for line in members.linear]
    smooth = [logit(net.predict_proba(even)[:, 1]) for net in members.nets]
    trees = [logit(forest.predict_proba(matrix)[:, 1]) for forest in members.boosting]
    assert (len(lines), len(smooth), len(trees)) == (PARTS, PARTS * NETS, forests)
    wanted = np.column_stack([np.mean(said, axis=0) for said in (lines, smooth, trees)])
    np.testing.assert_allclose(members.said(matrix), wanted, atol=1e-3)


def test_a_row_is_told_the_same_alone_as_among_many():
    members, _ = fitted(*rows(1500, seed=1))
    matrix, _ = rows(ROWS_AT_ONCE + 1, seed=3)
    np.testing.assert_allclose(members.said(matrix[-1:]), members.said(matrix)[-1:], atol=1e-4)


def test_nothing_is_said_of_no_rows():
    members, _ = fitted(*rows(1500, seed=1))
    assert members.said(np.empty((0, 3), dtype=np.float32)).shape == (0, 3)


def test_each_net_says_on_average_what_was_right():
    matrix, right = rows(6000, seed=1)
    even = standardised(StandardScaler().fit(matrix), matrix)
    for net in nets(even, right, seed=0):
        assert len(net.loss_curve_) == MOST_PASSES
        assert abs(net.predict_proba(even)[:, 1].mean() - right.mean()) < 0.002


def test_what_is_said_unseen_does_not_know_the_answers_of_its_part():
    matrix, right = rows(1500, seed=1)
    of_first = np.arange(len(matrix)) % PARTS == 0
    _, unseen = fitted(matrix, right)
    _, turned = fitted(matrix, np.where(of_first, 1 - right, right))
    np.testing.assert_array_equal(unseen[of_first], turned[of_first])
    assert (unseen[~of_first] != turned[~of_first]).all(axis=1).mean() > 0.9


def test_rows_that_are_not_taught_are_told_and_teach_nothing():
    matrix, right = rows(1500, seed=1)
    taught = np.arange(len(matrix)) >= 300
    members, unseen = fitted(matrix, right, taught)
    of_turned, unseen_by_them = fitted(matrix, np.where(taught, right, 1 - right), taught)
    np.testing.assert_array_equal(unseen, unseen_by_them)
    np.testing.assert_array_equal(members.said(matrix), of_turned.said(matrix))
