"""Presentations of OULAD, and what a student did in other courses before a day.

Only what was known then: scores handed in before, withdrawals that had happened, and results of
presentations that had ended two months before (papers are marked by then).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MARKING_DAYS = 60
FIRST_MONTH = {"B": 2, "J": 10}  # a presentation begins in February or in October


@dataclass(frozen=True)
class Courses:
    """The three files of a folder, of the presentations asked for."""

    registrations: pl.DataFrame
    scores: pl.DataFrame
    assessments: pl.DataFrame

    def only(self, presentations: list[str]) -> Courses:
        """The courses of some presentations (`2014B`)."""
        chosen = pl.col("course").str.split("_").list.last().is_in(presentations)
        return Courses(
            self.registrations.filter(chosen),
            self.scores.filter(chosen),
            self.assessments.filter(chosen),
        )

    def and_also(self, others: Courses) -> Courses:
        """Both, each row once."""
        if others is self:
            return self
        pairs = zip(vars(self).values(), vars(others).values(), strict=True)
        return Courses(
            *(
                pl.concat([a, b], how="diagonal_relaxed").unique(maintain_order=True)
                for a, b in pairs
            )
        )

    @property
    def presentations(self) -> list[str]:
        """Those there are, in the order of time (B begins in February, J in October)."""
        return self.registrations["course"].str.split("_").list.last().unique().sort().to_list()


def elsewhere(students: pl.DataFrame, history: Courses, day: int) -> pl.DataFrame:
    """Per student and course: results and scores from other courses before the day."""
    mine = students.select(
        "student_id", here="course", now=start_of("course") + pl.duration(days=day)
    )
    others = history.registrations.select(
        "student_id",
        "course",
        "final_result",
        ended=start_of("course")
        + pl.duration(days=pl.col("module_presentation_length") + MARKING_DAYS),
        joined=start_of("course") + pl.duration(days=pl.col("date_registration").fill_null(0)),
        left=start_of("course") + pl.duration(days=pl.col("date_unregistration")),
    ).unique(["student_id", "course"], maintain_order=True)
    pairs = mine.join(others, on="student_id").filter(pl.col("course") != pl.col("here"))
    known, gone = pl.col("ended") <= pl.col("now"), pl.col("left") <= pl.col("now")
    result = pl.col("final_result")
    results = pairs.group_by("here", "student_id").agg(
        earlier_passed=(known & result.is_in(["Pass", "Distinction"])).sum(),
        earlier_failed=(known & (result == "Fail")).sum(),
        earlier_withdrawn=gone.sum(),
        elsewhere_running=(
            ~known & ~gone.fill_null(value=False) & (pl.col("joined") <= pl.col("now"))
        ).sum(),
    )
    return (
        mine.join(results, on=["here", "student_id"], how="left")
        .join(_scores(mine, history), on=["here", "student_id"], how="left")
        .rename({"here": "course"})
        .drop("now")
    )


def start_of(course: str) -> pl.Expr:
    """The first day of a course's presentation, told from its name."""
    year = pl.col(course).str.extract(r"_(\d{4})").cast(pl.Int32)
    month = pl.col(course).str.slice(-1).replace_strict(FIRST_MONTH, return_dtype=pl.Int8)
    return pl.date(year, month, 1)


def _scores(mine: pl.DataFrame, history: Courses) -> pl.DataFrame:
    scores = history.scores.filter(~pl.col("banked")).select(
        "student_id",
        "course",
        "item_id",
        "score",
        at=start_of("course") + pl.duration(days=pl.col("submit_day")),
    )
    scores = scores.unique(["student_id", "course", "item_id"], maintain_order=True)
    others = mine.join(scores, on="student_id").filter(
        (pl.col("course") != pl.col("here")) & (pl.col("at") <= pl.col("now"))
    )
    return others.group_by("here", "student_id").agg(
        elsewhere_count=pl.len(), elsewhere_score=pl.col("score").mean()
    )
