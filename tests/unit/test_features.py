"""Features come from the past alone, and are the same in learning and in scoring."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from models.errors import InvalidFrame
from models.features import Features
from models.tries import in_order
from tests.learners import asked, simulated

SMALL = simulated(students=24, tries=16, seed=3).tries


@pytest.fixture(scope="module")
def features() -> Features:
    return Features.learn(in_order(SMALL), seed=0)[0]


def by_row(features: Features, frame: pl.DataFrame) -> np.ndarray:
    """The matrix of features in the order of the frame's rows."""
    tries = in_order(frame)
    matrix = np.column_stack(list(features.of(tries).values()))
    return matrix[np.argsort(tries.row)]


def same(one: np.ndarray, other: np.ndarray) -> None:
    """Equal but for the last digits, which sums over other students' rows may touch."""
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def bare(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        item_id=pl.lit(None, pl.String),
        started_at=pl.lit(None, pl.Datetime("us", "UTC")),
        time_spent=pl.lit(None, pl.Float64),
    )


@pytest.mark.parametrize("shape", [SMALL, bare(SMALL)], ids=["full", "bare"])
def test_the_future_changes_no_feature_of_an_earlier_try(features, shape):
    draw = np.random.default_rng(1)
    flipped = shape.with_columns(
        score=pl.when(pl.col("place") >= 8).then(1 - pl.col("score")).otherwise("score"),
        time_spent=pl.when(pl.col("place") >= 8).then(999.0).otherwise("time_spent"),
    )
    shuffled = flipped[draw.permutation(flipped.height)]
    early = (shape["place"] <= 8).to_numpy()
    before = by_row(features, shape)[early]
    after = by_row(features, shuffled.sort("student_id", "place"))[early]
    same(before, after)
    assert not np.allclose(by_row(features, shape), by_row(features, flipped), equal_nan=True)


def test_a_try_has_the_same_features_asked_alone_as_scored_among_all(features):
    whole = by_row(features, SMALL)
    for place in (0, 5, 15):
        cut = SMALL.filter(pl.col("place") <= place).with_columns(
            score=pl.when(pl.col("place") < place).then("score")
        )
        now = (cut["place"] == place).to_numpy()
        then = (SMALL["place"] == place).to_numpy()
        same(by_row(features, cut)[now], whole[then])


def test_learning_differs_from_scoring_only_by_the_students_own_fold():
    twins = pl.concat([SMALL, SMALL.with_columns(student_id=pl.lit("t") + pl.col("student_id"))])
    learned, columns, fold = Features.learn(in_order(twins), seed=0)
    tries = in_order(twins)
    others = twins.filter(
        ~pl.col("student_id").is_in(
            tries.student_ids.gather(np.unique(tries.student[fold == 0])).implode()
        )
    )
    scoring = Features.learn(in_order(others), seed=0)[0]
    mine = scoring.of(tries)
    # The step of ability that others' answers are counted under depends on their own fold too.
    for name in columns:
        if "_ability" not in name:
            same(columns[name][fold == 0], mine[name][fold == 0])
    assert set(columns) == set(learned.of(tries))


@pytest.mark.parametrize(
    "tie",
    [
        {"place": pl.lit(3, pl.Int64)},
        {"started_at": pl.col("started_at").min()},
        {"item_id": pl.lit("one"), "concept_id": pl.col("place").cast(pl.String)},
    ],
    ids=["one place", "one moment", "one item for several concepts"],
)
def test_rows_of_one_question_know_nothing_of_each_other(features, tie):
    student = SMALL.filter(pl.col("student_id") == "s0000")
    question = pl.col("place").is_between(3, 5)
    untimed = bare(student) if "item_id" in tie else student
    together = pl.concat(
        [
            untimed.filter(pl.col("place") < 3),
            untimed.filter(question).with_columns(**tie),
            untimed.filter(pl.col("place") > 5),
        ]
    )
    turned = together.with_columns(
        score=pl.when(pl.int_range(pl.len()).is_in([3, 4, 5]))
        .then(1 - pl.col("score"))
        .otherwise("score")
    )
    same(by_row(features, together)[:6], by_row(features, turned)[:6])


def test_a_row_that_came_twice_does_not_tell_its_answer(features):
    twice = pl.concat([SMALL, SMALL]).sort("student_id", "place")
    flipped = twice.with_columns(score=1 - pl.col("score"))
    first = (twice["place"] == 0).to_numpy()
    same(by_row(features, twice)[first], by_row(features, flipped)[first])


def test_asked_rows_are_no_evidence(features):
    doubled = pl.concat([SMALL, asked(SMALL)])
    same(by_row(features, doubled)[: SMALL.height], by_row(features, SMALL))


def test_a_pause_ends_with_the_start_of_a_try_and_knows_nothing_of_its_end(features):
    student = SMALL.filter(pl.col("student_id") == "s0000").sort("place").head(2)
    first = student["started_at"][0]
    pair = student.with_columns(
        concept_id=pl.lit("c"),
        started_at=pl.Series([first, first + timedelta(seconds=100)]),
        time_spent=pl.Series([40.0, 7.0]),
    )
    longer = pair.with_columns(time_spent=pl.Series([40.0, 70.0]))
    for frame in (pair, longer):
        assert features.of(in_order(frame))["concept_pause"][1] == pytest.approx(np.log1p(60))


def test_time_spent_on_wrong_answers_and_on_right_ones_is_told_apart(features):
    student = SMALL.filter(pl.col("student_id") == "s0000").sort("place").head(3)
    mixed = student.with_columns(
        item_id=pl.lit("i"), score=pl.Series([0.0, 1.0, 1.0]), time_spent=pl.Series([9.0, 4.0, 1.0])
    )
    columns = features.of(in_order(mixed))
    assert columns["student_wrong_spent"][1:] == pytest.approx(np.log1p(9))
    assert columns["item_right_spent"][2] == pytest.approx(np.log1p(4))
    assert np.isnan(columns["item_right_spent"][:2]).all()


def test_strangers_get_features(features):
    stranger = asked(SMALL.head(1)).with_columns(
        student_id=pl.lit("x"), concept_id=pl.lit("y"), item_id=pl.lit("z")
    )
    columns = features.of(in_order(stranger))
    assert columns["concept_known"] == 0
    assert np.isfinite(columns["thing_logit"]).all()


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (SMALL.drop("item_id"), "lack item_id"),
        (SMALL.with_columns(score=pl.lit(1.5)), "score is outside 0 to 1"),
        (SMALL.with_columns(concept_id=pl.lit(None, pl.String)), "concept_id is null"),
        (SMALL.with_columns(started_at=pl.lit("soon")), "wrong type"),
    ],
)
def test_a_frame_that_is_wrong_is_refused_by_name(frame, says):
    with pytest.raises(InvalidFrame, match=says):
        in_order(frame)


def test_a_row_that_is_read_alone_has_the_features_that_it_has_among_all(features):
    tries = in_order(pl.concat([SMALL, asked(SMALL)]))
    rows = np.flatnonzero(~tries.scored)
    alone, among = features.of(tries, rows), features.of(tries)
    for name in among:
        same(alone[name], among[name][rows])
