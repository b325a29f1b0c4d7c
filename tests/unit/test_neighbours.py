"""Answers on neighbouring things shift the odds of the asked one, by what others did."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.features import Features
from models.neighbours import FEWEST_STUDENTS, NEAR
from models.tries import in_order
from tests.learners import asked

LAST = f"neighbours_{NEAR[0]}"


def twins(students: int = 200) -> pl.DataFrame:
    """Who solves the item `a` solves `b` too; half do, and `c` is a matter of luck."""
    draw = np.random.default_rng(5)
    able = draw.integers(2, size=students)
    right = np.column_stack([able, able, draw.integers(2, size=students)])
    return pl.DataFrame(
        {
            "student_id": [f"s{each:03}" for each in np.repeat(np.arange(students), 3)],
            "concept_id": "k",
            "item_id": ["a", "b", "c"] * students,
            "place": np.tile(np.arange(3, dtype=np.int64), students),
            "started_at": pl.Series([None] * 3 * students, dtype=pl.Datetime("us", "UTC")),
            "time_spent": pl.Series([None] * 3 * students, dtype=pl.Float64),
            "score": right.ravel().astype(float),
        }
    )


@pytest.fixture(scope="module")
def features() -> Features:
    return Features.learn(in_order(twins()), seed=0)[0]


def heard(features: Features, item: str, answer_on_a: float) -> float:
    """What the answer on `a` alone says of another item."""
    told = twins(1).filter(pl.col("item_id") == "a").with_columns(score=pl.lit(answer_on_a))
    question = asked(told).with_columns(item_id=pl.lit(item), place=pl.lit(1, pl.Int64))
    tries = in_order(pl.concat([told, question]))
    return float(features.of(tries, np.flatnonzero(~tries.scored))[LAST][0])


def test_an_answer_says_much_of_its_twin_and_little_of_a_matter_of_luck(features):
    assert heard(features, "b", 1.0) > 1
    assert heard(features, "b", 0.0) < -1
    assert abs(heard(features, "c", 1.0)) < 0.5


def test_nothing_is_said_of_an_unknown_item_or_pair(features):
    assert heard(features, "never seen", 1.0) == 0
    assert heard(features, "a", 1.0) == 0


def test_what_is_heard_survives_its_state(features):
    again = Features.from_state(features.to_state())
    assert heard(again, "b", 1.0) == heard(features, "b", 1.0)


def test_a_students_own_answers_do_not_teach_what_he_is_told():
    """Answers drawn by lot on items that few answered: with the own fold they would be told."""
    draw = np.random.default_rng(9)
    luck = twins(400).with_columns(
        score=pl.Series(draw.integers(2, size=1200).astype(float)),
        item_id=pl.Series([f"i{each}" for each in draw.integers(12, size=1200)]),
    )
    tries = in_order(luck)
    features, columns, _ = Features.learn(tries, seed=0)

    def told(heard: dict[str, np.ndarray]) -> float:
        return float(np.corrcoef(heard[LAST], tries.right)[0, 1])

    assert told(features.of(tries)) > 0.3
    assert abs(told(columns)) < 0.1


@pytest.mark.parametrize(("students", "heard_of"), [(FEWEST_STUDENTS - 1, False), (12, True)])
def test_what_hardly_anybody_met_is_not_heard(students, heard_of):
    """One other student may be the asked one, signed up twice."""
    few = [f"s{each:03}" for each in range(students)]
    rare = pl.col("student_id").is_in(few) & (pl.col("item_id") == "b")
    met = twins().with_columns(item_id=pl.when(rare).then(pl.lit("rare")).otherwise("item_id"))
    features = Features.learn(in_order(met), seed=0)[0]
    assert (heard(features, "rare", 1.0) != 0) == heard_of
