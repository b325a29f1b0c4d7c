"""Made-up learners with habits that are known, for tests and benchmarks of the models.

Each learns on some days at a rate of their own, now and then pauses for a while, and does some
concepts on a day of learning. `school` gives a student's days, weeks and concepts in the frames
that the models take.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

MONDAY = date(2026, 1, 5)
CONCEPTS = 40
DAILY = [
    "student_id",
    "local_date",
    "event_count",
    "total_time_spent",
    "score_count",
    "score_sum",
    "achieved",
    "mastered",
]


def day(number: int) -> date:
    """The day so many days after the first, which is a Monday."""
    return MONDAY + timedelta(days=number)


def daily(students: int = 150, days: int = 112, *, seed: int = 0, name: str = "s") -> pl.DataFrame:
    """One row per student and day of learning."""
    rng = np.random.default_rng(seed)
    shape = (students, days)
    rate = rng.beta(2, 2, students)[:, None]
    begins = rng.integers(0, max(1, days // 3), students)[:, None]
    flips = rng.random(shape) < 0.04
    pausing = np.cumsum(flips, axis=1) % 2 == 1
    active = (rng.random(shape) < rate) & ~pausing & (np.arange(days) >= begins)
    who, when = np.nonzero(active)
    achieved = rng.poisson(1.5, len(who))
    columns = [
        pl.Series([f"{name}{number:06}" for number in range(students)]).gather(who),
        pl.Series([day(number) for number in range(days)]).gather(when),
        rng.integers(3, 20, len(who)),
        rng.gamma(2, 400, len(who)).astype(int),
        np.full(len(who), 4),
        rng.binomial(4, 0.7, len(who)).astype(float),
        achieved,
        rng.binomial(achieved, 0.5),
    ]
    return pl.DataFrame(dict(zip(DAILY, columns, strict=True)))


def weekly(students: int = 300, weeks: int = 30, *, seed: int = 0) -> pl.DataFrame:
    """The weeks of such students, from the first to the last of learning, zeros between."""
    days = daily(students, 7 * weeks, seed=seed)
    sums = days.group_by("student_id", week_start=pl.col("local_date").dt.truncate("1w")).agg(
        completed=pl.col("achieved").sum(),
        mastered=pl.col("mastered").sum(),
        total_time_spent=pl.col("total_time_spent").sum(),
        average_score=pl.col("score_sum").sum() / pl.col("score_count").sum(),
    )
    span = sums.group_by("student_id").agg(
        week_start=pl.date_ranges(pl.col("week_start").min(), pl.col("week_start").max(), "1w")
    )
    grid = span.explode("week_start")
    zeros = pl.col("completed", "mastered", "total_time_spent").fill_null(0)
    return grid.join(sums, on=["student_id", "week_start"], how="left").with_columns(
        zeros, started=pl.col("completed").fill_null(0), points=pl.lit(0)
    )


def counted_weeks(counts: np.ndarray, minutes: np.ndarray | None = None) -> pl.DataFrame:
    """Weeks of students whose mastered concepts are given, one row of the matrix each."""
    students, weeks = counts.shape
    time = np.full(counts.shape, 30) if minutes is None else minutes
    return pl.DataFrame(
        {
            "student_id": np.repeat([f"s{number:06}" for number in range(students)], weeks),
            "week_start": [day(7 * week) for week in range(weeks)] * students,
            "started": counts.ravel(),
            "completed": counts.ravel(),
            "mastered": counts.ravel(),
            "total_time_spent": (60 * time).astype(int).ravel(),
            "average_score": np.full(counts.size, 0.5),
            "points": counts.ravel(),
        }
    )


def work(students: int = 80, days: int = 84, *, seed: int = 0) -> pl.DataFrame:
    """One row per student, concept and day: concepts one after the other, some at a time."""
    rng = np.random.default_rng(seed)
    rows = []
    for (student,), own in daily(students, days, seed=seed).group_by(
        "student_id", maintain_order=True
    ):
        skill, done, first, opened = rng.beta(3, 3), set(), set(), list(range(3))
        for when in own["local_date"]:
            for concept in rng.permutation(np.unique(opened))[:2]:
                score = float(rng.binomial(4, skill))
                begun = concept in first
                first.add(concept)
                masters = begun and concept not in done and rng.random() < 0.5 * score / 4
                rows.append((student, f"c{concept:02}", when, 5, 300, 4, score, masters, masters))
                if masters:
                    done.add(concept)
                    opened = [c for c in opened if c != concept]
                    opened.append((max(first | set(opened)) + 1) % CONCEPTS)
    columns = [
        "student_id",
        "concept_id",
        "local_date",
        "event_count",
        "total_time_spent",
        "score_count",
        "score_sum",
        "completed",
        "mastered",
    ]
    return pl.DataFrame(rows, schema=columns, orient="row").cast({"mastered": pl.Int64})
