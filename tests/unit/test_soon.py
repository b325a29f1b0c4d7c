"""P(mastered within 14 days): open concepts only, from what was known, calibrated."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from models.errors import InvalidFrame
from models.soon import SoonModel, checked_work, examples, open_concepts
from tests.habits import day, work

AS_OF = day(84)


@pytest.fixture(scope="module")
def school() -> pl.DataFrame:
    return work()


@pytest.fixture(scope="module")
def model(school) -> SoonModel:
    return SoonModel().fit(school, as_of=AS_OF)


def test_another_future_changes_nothing_that_was_known_on_a_morning(school):
    kept = school.filter(pl.col("local_date") < day(50))
    other = work(seed=7).filter(pl.col("local_date") >= day(50))
    both = [
        checked_work(t)
        for t in (
            school,
            pl.concat([kept, other]).unique(["student_id", "concept_id", "local_date"]),
        )
    ]
    here, there = (examples(table, [day(50)], seed=0) for table in both)
    assert here[0].equals(there[0])
    assert not (here[1] == there[1]).all()


def test_only_concepts_begun_and_not_mastered_are_open(school, model):
    rows = model.predict(school, as_of=AS_OF)
    mastered = school.filter(pl.col("mastered") > 0).select("student_id", "concept_id")
    assert rows.join(mastered, on=["student_id", "concept_id"]).is_empty()
    assert rows.join(school, on=["student_id", "concept_id"], how="anti").is_empty()


def test_probabilities_are_calibrated_for_students_not_seen(model):
    later = work(300, seed=5).with_columns("renamed " + pl.col("student_id"))
    morning = day(63)
    rows = model.predict(later, as_of=morning)
    until = morning + timedelta(days=14)
    mastered = later.filter(
        (pl.col("mastered") > 0)
        & (pl.col("local_date") >= morning)
        & (pl.col("local_date") < until)
    )
    keys = mastered.select("student_id", "concept_id", happened=pl.lit(value=1))
    seen = rows.join(keys, on=["student_id", "concept_id"], how="left").fill_null(0)
    halves = seen.group_by(
        pl.col("probability_14_days") > seen["probability_14_days"].median()
    ).agg(said=pl.col("probability_14_days").mean(), came=pl.col("happened").mean())
    assert (halves["said"] - halves["came"]).abs().max() < 0.08
    assert model.report["auc"] > 0.6


def test_a_concept_begun_yesterday_by_a_new_student_gets_a_probability(model, school):
    new = school.head(1).with_columns(
        student_id=pl.lit("new"),
        local_date=pl.lit(day(83)),
        mastered=pl.lit(0, dtype=pl.Int64),
    )
    rows = model.predict(pl.concat([school, new]), as_of=AS_OF)
    assert rows.filter(pl.col("student_id") == "new")["probability_14_days"].is_between(0, 1).all()
    assert "new" in rows["student_id"]


def test_no_work_gives_an_empty_frame(model, school):
    assert open_concepts(checked_work(school.clear()), AS_OF).is_empty()
    assert model.predict(school.clear(), as_of=AS_OF).is_empty()


def test_a_stored_state_says_the_same(model, school):
    stored = SoonModel.from_state(model.to_state())
    assert stored.predict(school, as_of=AS_OF).equals(model.predict(school, as_of=AS_OF))


def test_a_bad_frame_is_refused(school):
    with pytest.raises(InvalidFrame, match="no column mastered"):
        SoonModel().fit(school.drop("mastered"), as_of=AS_OF)
    with pytest.raises(InvalidFrame, match="two rows for"):
        SoonModel().fit(pl.concat([school, school.head(1)]), as_of=AS_OF)
