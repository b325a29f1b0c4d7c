"""Risk: nothing of the future, honest figures, reasons that the records bear out."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from models.activity import HABITS, NO_GOALS, checked_daily, habits, week_needs
from models.classifier import Classifier
from models.errors import InvalidFrame, NotEnoughExamples
from models.risk import OUTCOMES, RiskModel, examples
from tests.habits import daily, day

AS_OF = day(98)


@pytest.fixture(scope="module")
def school() -> pl.DataFrame:
    return daily(80, 98)


@pytest.fixture(scope="module")
def model(school) -> RiskModel:
    return RiskModel().fit(school, as_of=AS_OF)


def one_day(student: str, when: date, **more) -> dict[str, object]:
    row = {
        "student_id": student,
        "local_date": when,
        "event_count": 5,
        "total_time_spent": 600,
        "score_count": 2,
        "score_sum": 1.0,
        "achieved": 1,
        "mastered": 0,
    }
    return row | more


@pytest.mark.parametrize("name", list(OUTCOMES))
def test_another_future_changes_nothing_that_was_known_on_a_morning(school, name):
    morning = day(60)
    kept = school.filter(pl.col("local_date") < morning)
    other = daily(seed=9).filter(pl.col("local_date") >= morning)
    frames = [(checked_daily(table), NO_GOALS) for table in (school, pl.concat([kept, other]))]
    known = [OUTCOMES[name].rows(each, morning) for each in frames]
    assert known[0].equals(known[1])
    happened = [OUTCOMES[name].happened(*pair, morning) for pair in zip(frames, known, strict=True)]
    assert not happened[0].equals(happened[1])


def test_a_goal_set_later_is_not_known_yet(school):
    goals = pl.DataFrame(
        {
            "student_id": ["s000000"],
            "from_week": [day(63)],
            "concepts": [1.0],
            "minutes": [None],
        },
        schema=NO_GOALS.schema,
    )
    needs = week_needs(checked_daily(school), goals, day(60), day(63))
    before = needs.filter(pl.col("student_id") == "s000000")["concepts_target"]
    assert before.to_list() == [5.0]


def test_known_figures_count_the_days_before_the_morning():
    rows = [one_day("ada", day(n), mastered=n == 20) for n in (1, 10, 20, 26, 30)]
    known = habits(checked_daily(pl.DataFrame(rows)), day(30)).row(0, named=True)
    assert known["active_days_14"] == 2
    assert known["active_days_14_before"] == 1
    assert known["active_days_56"] == 4
    assert known["mastered_14"] == 1
    assert known["days_since_active"] == 4
    assert known["usual_gap_days"] == 9
    assert known["known_days"] == 29


def test_inactive_means_no_learning_on_the_fourteen_days_from_the_morning_on():
    rows = [one_day(name, day(0)) for name in ("in", "out")]
    rows += [one_day("in", day(18)), one_day("out", day(19))]
    frames = checked_daily(pl.DataFrame(rows)), NO_GOALS
    known, happened = examples(OUTCOMES["inactive"], frames, [day(5)], seed=0)
    assert dict(zip(known["student_id"], happened.tolist(), strict=True)) == {
        "in": False,
        "out": True,
    }


def test_a_goal_of_minutes_and_concepts_is_missed_when_one_is():
    rows = [one_day("ada", day(n), achieved=2, total_time_spent=600) for n in (0, 7, 8)]
    goals = pl.DataFrame(
        {"student_id": ["ada"], "from_week": [day(0)], "concepts": [4.0], "minutes": [30.0]}
    )
    frames = checked_daily(pl.DataFrame(rows)), goals
    known, missed = examples(OUTCOMES["misses_goal_next_week"], frames, [day(2)], seed=0)
    assert known.select("concepts_left", "minutes_left", "days_left").row(0) == (4, 30, 7)
    assert missed.tolist() == [True]


def test_probabilities_are_calibrated_on_mornings_that_the_model_did_not_see(school, model):
    later = daily(students=1500, seed=5, name="new")
    morning = day(90)
    rows = model.predict(later, as_of=morning).filter(outcome="inactive")
    frames = checked_daily(later), NO_GOALS
    happened = ~rows["student_id"].is_in(
        frames[0]
        .filter(pl.col("local_date").is_between(morning, morning + timedelta(days=13)))[
            "student_id"
        ]
        .implode()
    )
    thirds = rows.with_columns(happened=happened).with_columns(
        third=pl.col("probability").rank("ordinal") * 3 // (pl.len() + 1)
    )
    seen = thirds.group_by("third").agg(pl.col("probability", "happened").cast(float).mean())
    assert np.abs(seen["probability"] - seen["happened"]).max() < 0.1
    assert seen.sort("third")["happened"].is_sorted()


def test_the_report_is_of_mornings_after_all_that_was_learned_from(model):
    report = model.report.row(by_predicate=pl.col("outcome") == "inactive", named=True)
    assert report["last_morning"] == AS_OF - timedelta(days=14)
    assert report["example_count"] > 100
    assert 0.5 < report["auc"] < 1
    assert report["precision"] > report["base_ratio"]
    assert 0 < report["recall"] <= 1


def test_reasons_are_sentences_that_the_records_bear_out(model, school):
    top = model.predict(school, as_of=AS_OF).filter(outcome="inactive").head(10)
    known = habits(checked_daily(school), AS_OF)
    said = 0
    for student_id, reasons in top.select("student_id", "reasons").iter_rows():
        own = known.row(by_predicate=pl.col("student_id") == student_id, named=True)
        assert len(reasons) <= 3
        presence = (
            f"Was active on {own['active_days_14']} of the last 14 days, "
            f"on {own['active_days_14_before']} of the 14 before."
        )
        said += presence in reasons
        assert [r for r in reasons if r.startswith("Was active")] in ([], [presence])
    assert said > 0


def test_a_student_of_one_day_gets_a_probability(model, school):
    new = pl.concat([school, pl.DataFrame([one_day("new", day(97))]).cast(school.schema)])
    rows = model.predict(new, as_of=AS_OF).filter(pl.col("student_id") == "new")
    assert rows["outcome"].to_list() == sorted(OUTCOMES)
    assert rows["probability"].is_between(0, 1).all()


def test_nobody_active_lately_gives_an_empty_list(model, school):
    for table in (school.clear(), school.filter(pl.col("local_date") < day(40))):
        rows = model.predict(table, as_of=AS_OF)
        assert rows.is_empty()
        assert rows.columns == [
            "student_id",
            "as_of",
            "outcome",
            "probability",
            "is_flagged",
            "reasons",
        ]


def test_the_same_seed_and_a_stored_state_say_the_same(model, school):
    here = model.predict(school, as_of=AS_OF)
    stored = RiskModel.from_state(model.to_state())
    assert stored.predict(school, as_of=AS_OF).equals(here)
    assert stored.report.equals(model.report)


def test_the_order_of_rows_and_a_second_fit_change_nothing(school):
    shuffled = school.sample(fraction=1, shuffle=True, seed=3)
    mornings = [day(40), day(47)]
    (here, truth), (there, same) = (
        examples(OUTCOMES["inactive"], (checked_daily(table), NO_GOALS), mornings, seed=0)
        for table in (school, shuffled)
    )
    assert_frame_equal(here, there)
    assert (truth == same).all()
    first, second = (Classifier(HABITS, seed=1) for _ in range(2))
    assert np.array_equal(first.fit(here, truth), second.fit(there, same))


def test_too_short_a_record_says_so(school):
    with pytest.raises(NotEnoughExamples, match="seven weeks"):
        RiskModel().fit(school, as_of=day(35))


def test_a_bad_frame_is_refused_with_the_column_and_the_cure(school):
    with pytest.raises(InvalidFrame, match="no column achieved"):
        RiskModel().fit(school.drop("achieved"), as_of=AS_OF)
    with pytest.raises(InvalidFrame, match=r"local_date of daily is String: cast it to a date"):
        RiskModel().fit(school.with_columns(pl.lit("x").alias("local_date")), as_of=AS_OF)
    with pytest.raises(InvalidFrame, match="two rows for student_id=s000000"):
        RiskModel().fit(pl.concat([school, school.head(1)]), as_of=AS_OF)
    nameless = school.with_columns(pl.lit(None, dtype=pl.String).alias("student_id"))
    with pytest.raises(InvalidFrame, match="student_id of daily has nulls"):
        RiskModel().fit(nameless, as_of=AS_OF)
