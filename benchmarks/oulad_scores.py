"""OULAD's scores one by one: what was known of a student on the day before handing in the next.

Each row is a submission with one on an earlier day of the same course; "last value" is the
latest of those. Banked scores (carried over from an earlier presentation) are no submissions.
"""

from __future__ import annotations

import polars as pl

from benchmarks.oulad_history import Courses

FIGURES = [
    "last_score",
    "mean_score",
    "lowest_score",
    "score_before_last",
    "score_count",
    "mean_beside_others",
    "last_beside_others",
    "same_kind_score",
    "others_score",
    "others_count",
    "usual_score",
    "others_beside_usual",
    "is_tutor_marked",
    "is_exam",
    "number",
    "weight",
    "due_day",
    "days_since_submission",
    "mean_late_days",
]
OWN = ["course", "student_id"]
KIND = ["module", "kind", "number"]


def next_scores(courses: Courses) -> pl.DataFrame:
    """One row per submission with an earlier one, with all of `FIGURES` but the usual score."""
    rows = _submissions(courses)
    days = rows.group_by(*OWN, "submit_day").agg(
        n=pl.len(),
        total=pl.col("score").sum(),
        lowest=pl.col("score").min(),
        last=pl.col("score").last(),
        beside=pl.col("beside").sum(),
        last_beside=pl.col("beside").last(),
        late=pl.col("late").sum(),
    )
    days = days.sort(*OWN, "submit_day")
    count = pl.col("n").cum_sum().shift(1).over(OWN)

    def mean_before(figure: str) -> pl.Expr:
        return pl.col(figure).cum_sum().shift(1).over(OWN) / count

    before = days.select(
        *OWN,
        "submit_day",
        score_count=count,
        mean_score=mean_before("total"),
        lowest_score=pl.col("lowest").cum_min().shift(1).over(OWN),
        last_score=pl.col("last").shift(1).over(OWN),
        score_before_last=pl.col("last").shift(2).over(OWN),
        mean_beside_others=mean_before("beside"),
        last_beside_others=pl.col("last_beside").shift(1).over(OWN),
        mean_late_days=mean_before("late"),
        days_since_submission=pl.col("submit_day") - pl.col("submit_day").shift(1).over(OWN),
    )
    known = rows.join(before, on=[*OWN, "submit_day"]).filter(pl.col("score_count") > 0)
    return known.join(_same_kind(rows), on=[*OWN, "submit_day", "kind"], how="left")


def with_usual(rows: pl.DataFrame, learned_from: pl.DataFrame) -> pl.DataFrame:
    """`usual_score`: the mean of the same assessment in other presentations of the course."""
    sums = learned_from.group_by(*KIND, "course").agg(total=pl.col("score").sum(), n=pl.len())
    everywhere = sums.group_by(KIND).agg(pl.col("total").sum(), pl.col("n").sum())
    rows = rows.join(everywhere, on=KIND, how="left").join(
        sums.rename({"total": "own_total", "n": "own_n"}), on=[*KIND, "course"], how="left"
    )
    others = pl.col("n") - pl.col("own_n").fill_null(0)
    total = pl.col("total") - pl.col("own_total").fill_null(0)
    return rows.with_columns(usual_score=pl.when(others > 0).then(total / others)).with_columns(
        others_beside_usual=pl.col("others_score") - pl.col("usual_score")
    )


def _submissions(courses: Courses) -> pl.DataFrame:
    rows = courses.scores.filter(~pl.col("banked")).with_columns(
        module=pl.col("course").str.slice(0, 3),
        kind=pl.col("concept_id").str.split("_").list.last(),
        late=pl.col("submit_day") - pl.col("due_day"),
    )
    numbered = (
        rows.group_by("course", "item_id", "kind")
        .agg(pl.col("due_day").first())
        .with_columns(number=pl.struct("due_day", "item_id").rank("ordinal").over("course", "kind"))
        .select("course", "item_id", "number")
    )
    rows = rows.join(numbered, on=["course", "item_id"]).join(
        _of_others(rows), on=["course", "item_id", "submit_day"]
    )
    return rows.with_columns(
        beside=pl.col("score") - pl.col("so_far"),
        is_tutor_marked=pl.col("kind") == "TMA",
        is_exam=pl.col("kind") == "Exam",
    ).sort(*OWN, "submit_day", "item_id")


def _of_others(rows: pl.DataFrame) -> pl.DataFrame:
    """The mean of an assessment's scores before the day, and up to its end."""
    item = ["course", "item_id"]
    days = rows.group_by(*item, "submit_day").agg(n=pl.len(), total=pl.col("score").sum())
    days = days.sort(*item, "submit_day")
    count, total = pl.col("n").cum_sum().over(item), pl.col("total").cum_sum().over(item)
    before = count - pl.col("n")
    return days.select(
        *item,
        "submit_day",
        so_far=total / count,
        others_count=before,
        others_score=pl.when(before > 0).then((total - pl.col("total")) / before),
    )


def _same_kind(rows: pl.DataFrame) -> pl.DataFrame:
    """The mean of the student's earlier scores of one kind (tutor-marked, computer-marked)."""
    own = [*OWN, "kind"]
    days = rows.group_by(*own, "submit_day").agg(n=pl.len(), total=pl.col("score").sum())
    days = days.sort(*own, "submit_day")
    count = pl.col("n").cum_sum().shift(1).over(own)
    total = pl.col("total").cum_sum().shift(1).over(own)
    return days.select(*own, "submit_day", same_kind_score=total / count)
