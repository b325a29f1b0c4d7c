"""Change points: rarely where nothing changed, mostly where something did."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from models.change import FALSE_RATE, changes, inflations
from tests.habits import counted_weeks, day

WEEKS = 26
LAST = day(7 * (WEEKS - 1))
STUDENTS = 2000


def found(weekly: pl.DataFrame, last_week: date = LAST) -> pl.DataFrame:
    """The changes of a school whose usual ups and downs are its own."""
    inflation = inflations(weekly, last_week=last_week)
    return changes(weekly, last_week=last_week, inflation=inflation)


def steady(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(2, 1.5, STUDENTS)[:, None], (STUDENTS, WEEKS))


def test_steady_students_are_told_of_a_change_no_oftener_than_stated():
    rng = np.random.default_rng(4)
    minutes = rng.gamma(2, 30, (STUDENTS, WEEKS))
    told = found(counted_weeks(steady(), minutes))["student_id"].n_unique()
    assert told / STUDENTS <= FALSE_RATE * 1.5  # 20 expected, 30 is more than two deviations off


def test_good_weeks_that_follow_each_other_are_no_change():
    rng = np.random.default_rng(5)
    mood = np.zeros((STUDENTS, WEEKS))
    for week in range(1, WEEKS):
        mood[:, week] = 0.5 * mood[:, week - 1] + rng.normal(0, 0.6, STUDENTS)
    told = found(counted_weeks(rng.poisson(4 * np.exp(0.5 * mood))))
    assert told["student_id"].n_unique() / STUDENTS <= FALSE_RATE * 1.5


def test_students_who_became_three_times_as_fast_are_found_and_the_week_named():
    rng = np.random.default_rng(6)
    counts = steady()
    counts[:200] = rng.poisson(np.where(np.arange(WEEKS) < 17, 3, 9), (200, WEEKS))
    told = found(counted_weeks(counts)).filter(measure="mastered")
    of_them = told.filter(pl.col("student_id") < "s000200")
    assert len(of_them) > 160
    near_ratio = (of_them["week_start"] - day(7 * 17)).dt.total_days().abs() <= 7
    assert near_ratio.sum() > 0.9 * len(of_them)
    assert np.median(of_them["ratio"].to_numpy()) > 2


def test_the_statement_gives_the_figures():
    counts = steady()
    counts[0] = [2] * 17 + [6] * 9
    told = found(counted_weeks(counts)).filter(pl.col("student_id") == "s000000")
    assert told["week_start"].to_list() == [day(7 * 17)]
    assert told["statement"].to_list() == [
        "Since 4 May 6.0 concepts mastered a week; in the 17 weeks before 2.0 (3.0 times as many)."
    ]


def test_fewer_is_said_as_a_share():
    counts = steady()
    counts[0] = [8] * 17 + [2] * 9
    told = found(counted_weeks(counts)).filter(pl.col("student_id") == "s000000")
    assert told["statement"].to_list() == [
        "Since 4 May 2.0 concepts mastered a week; in the 17 weeks before 8.0 (75 % fewer)."
    ]


def test_a_small_change_and_a_short_record_are_not_told():
    counts = np.array([[10] * 13 + [12] * 13])
    assert found(counted_weeks(counts)).is_empty()
    short = counted_weeks(np.array([[2] * 5 + [9] * 5]))
    assert found(short, day(63)).is_empty()
    assert found(short.clear(), day(63)).is_empty()


def test_what_is_told_of_a_student_depends_on_nobody_else():
    counts = steady()
    counts[:5] = [2] * 17 + [6] * 9
    weekly = counted_weeks(counts)
    inflation = inflations(weekly, last_week=LAST)
    of_all = changes(weekly, last_week=LAST, inflation=inflation)
    some = ["s000000", "s000004", "s000700"]
    alone = changes(
        weekly.filter(pl.col("student_id").is_in(some)), last_week=LAST, inflation=inflation
    )
    assert len(alone) >= 2
    assert alone.equals(of_all.filter(pl.col("student_id").is_in(some)))
