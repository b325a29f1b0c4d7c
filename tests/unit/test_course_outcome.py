"""The benchmark of course outcomes reads nothing that came after the day asked for."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.oulad import PERSON, RECORD, known_on, read
from benchmarks.oulad_history import Courses
from benchmarks.oulad_scores import FIGURES, next_scores, with_usual
from models.errors import InvalidFrame

DUE = [20, 50, 90, 140]
STUDENTS = 30


def courses(name: str, seed: int) -> Courses:
    """A presentation of a course with four assessments and students who leave now and then."""
    rng = np.random.default_rng(seed)
    ids = [f"ou_{number}" for number in range(STUDENTS)]
    left = [float(rng.integers(10, 200)) if rng.random() < 0.4 else None for _ in ids]
    registrations = pl.DataFrame(
        {
            "course": name,
            "student_id": ids,
            "final_result": [
                "Withdrawn" if day else str(rng.choice(["Pass", "Fail"])) for day in left
            ],
            "date_registration": rng.integers(-60, 5, STUDENTS).astype(float),
            "date_unregistration": left,
            "num_of_prev_attempts": 0,
            "studied_credits": 60,
            "module_presentation_length": 240,
        }
    )
    scores = pl.DataFrame(
        {
            "course": name,
            "student_id": student,
            "concept_id": "ou_AAA_TMA",
            "item_id": f"ou_a{name[-1]}{number}",
            "score": float(rng.integers(20, 100)) / 100,
            "submit_day": int(due + rng.integers(-5, 3)),
            "due_day": float(due),
            "weight": 25.0,
            "banked": False,
        }
        for student in ids
        for number, due in enumerate(DUE)
        if rng.random() < 0.8
    )
    assessments = pl.DataFrame(
        {
            "course": name,
            "item_id": [f"ou_a{name[-1]}{number}" for number in range(4)],
            "assessment_type": "TMA",
            "date": [float(due) for due in DUE],
            "weight": 25.0,
        }
    )
    return Courses(registrations, scores, assessments)


def until(whole: Courses, other: Courses, day: int) -> Courses:
    """The records up to a day, and after it those of another story."""
    left = pl.col("date_unregistration")
    stay = whole.registrations.with_columns(
        final_result=pl.lit("Pass"), date_unregistration=pl.when(left <= day).then(left)
    )
    past = whole.scores.filter(pl.col("submit_day") <= day)
    future = other.scores.filter(pl.col("submit_day") > day)
    return Courses(stay, pl.concat([past, future]), whole.assessments)


@pytest.mark.parametrize("day", [28, 56, 112])
def test_another_future_changes_nothing_that_was_known_on_the_day(day):
    whole = courses("AAA_2014J", 1)
    earlier, earlier_too = courses("BBB_2013J", 2), courses("BBB_2014J", 3)
    changed = until(whole, courses("AAA_2014J", 4), day)
    history = [
        each.and_also(earlier).and_also(other)
        for each, other in (
            (whole, earlier_too),
            (changed, until(earlier_too, courses("BBB_2014J", 5), day)),
        )
    ]
    known = [
        known_on(each, day, all_of_them).select("student_id", *RECORD, *PERSON).sort("student_id")
        for each, all_of_them in zip((whole, changed), history, strict=True)
    ]
    assert_frame_equal(*known)
    assert known[0]["earlier_passed"].sum() > 0
    assert not whole.scores.equals(changed.scores)


def test_only_students_registered_on_the_day_are_judged():
    whole = courses("AAA_2014J", 1)
    known = known_on(whole, 56, whole)
    left = whole.registrations.filter(pl.col("date_unregistration") <= 56)
    assert len(known) == STUDENTS - len(left)
    assert known.join(left, on="student_id").is_empty()


def test_what_is_known_before_a_score_does_not_hold_it():
    whole = courses("AAA_2014J", 1)
    last = whole.scores["submit_day"] > 100
    changed = Courses(
        whole.registrations,
        whole.scores.with_columns(score=pl.when(last).then(1 - pl.col("score")).otherwise("score")),
        whole.assessments,
    )
    keys = ["student_id", "item_id"]
    rows = [
        with_usual(next_scores(each), next_scores(each)).sort(keys) for each in (whole, changed)
    ]
    early = [each.filter(pl.col("submit_day") <= 100).select(*keys, *FIGURES) for each in rows]
    assert_frame_equal(*early)
    own = ["last_score", "mean_score", "lowest_score", "score_count", "mean_late_days"]
    third = [
        each.filter(pl.col("number") == 4).filter(pl.col("score_before_last").is_not_null())
        for each in rows
    ]
    assert_frame_equal(*(each.select(*keys, *own) for each in third))


def test_a_missing_file_and_a_missing_column_are_named(tmp_path):
    with pytest.raises(SystemExit, match=r"oulad_registrations\.parquet is missing"):
        read(tmp_path)
    pl.DataFrame({"course": ["AAA_2014J"]}).write_parquet(tmp_path / "oulad_registrations.parquet")
    with pytest.raises(InvalidFrame, match="no column student_id, final_result"):
        read(tmp_path)
