"""Events of our contract as the frames that the models take, days and weeks in UTC.

The warehouse makes these frames in SQL (semantics 2, 4 and 7); here a Parquet file of events is
enough, so that the models can be measured without a build.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from models.errors import require

EVENTS = {
    "student_id": "text",
    "concept_id": "text",
    "event_type": "text",
    "score": "number",
    "time_spent": "number",
}
LEARNING = ["started", "attempted", "completed", "mastered"]
DAY = ["student_id", "local_date"]


def read(path: Path) -> pl.DataFrame:
    """Learning events with their day, or a sentence about what is missing."""
    if not path.is_file():
        raise SystemExit(f"{path} is missing: name a folder with it, or leave --events out.")
    events = pl.read_parquet(path)
    require(events, path.name, EVENTS)
    return events.filter(pl.col("event_type").is_in(LEARNING)).with_columns(
        local_date=pl.col("occurred_at").dt.date()
    )


def read_clicks(path: Path) -> pl.DataFrame:
    """Clicks of a course platform as tries without score or time."""
    clicks = pl.read_parquet(path)
    return clicks.with_columns(
        event_type=pl.lit("attempted"),
        score=pl.lit(None, dtype=pl.Float64),
        time_spent=pl.lit(0),
        local_date=pl.col("occurred_at").dt.date(),
    )


def work(events: pl.DataFrame) -> pl.DataFrame:
    """One row per student, concept and day."""
    firsts = _firsts(events)
    return (
        events.group_by("student_id", "concept_id", "local_date")
        .agg(*_sums())
        .join(firsts, on=["student_id", "concept_id"], how="left")
        .with_columns(
            completed=pl.col("completed_date") == pl.col("local_date"),
            mastered=pl.col("mastered_date") == pl.col("local_date"),
            achieved=pl.min_horizontal("completed_date", "mastered_date") == pl.col("local_date"),
        )
        .with_columns(
            pl.col("completed", "mastered", "achieved").fill_null(value=False).cast(pl.Int64)
        )
    )


def daily(worked: pl.DataFrame) -> pl.DataFrame:
    """One row per student and day."""
    figures = ["event_count", "total_time_spent", "score_count", "score_sum"]
    return worked.group_by(DAY).agg(pl.col(*figures, "completed", "mastered", "achieved").sum())


def weekly(days: pl.DataFrame) -> pl.DataFrame:
    """One row per student and week, from the first to the last week of learning."""
    if "completed" not in days.columns:
        days = days.rename({"achieved": "completed"})
    sums = days.group_by("student_id", week_start=pl.col("local_date").dt.truncate("1w")).agg(
        pl.col("completed", "mastered", "total_time_spent").sum(),
        average_score=pl.col("score_sum").sum() / pl.col("score_count").sum(),
    )
    first, last = pl.col("week_start").min(), pl.col("week_start").max()
    grid = sums.group_by("student_id").agg(week_start=pl.date_range(first, last, "1w"))
    return (
        grid.explode("week_start")
        .join(sums, on=["student_id", "week_start"], how="left")
        .with_columns(
            pl.col("completed", "mastered", "total_time_spent").fill_null(0),
            pl.col("average_score").fill_nan(None),
            started=pl.lit(0),  # no model reads it
            points=pl.lit(0),
        )
    )


def _sums() -> list[pl.Expr]:
    return [
        pl.len().alias("event_count"),
        pl.col("time_spent").sum().alias("total_time_spent"),
        pl.col("score").count().alias("score_count"),
        pl.col("score").sum().alias("score_sum"),
    ]


def _firsts(events: pl.DataFrame) -> pl.DataFrame:
    kinds = ("completed", "mastered")
    return events.group_by("student_id", "concept_id").agg(
        pl.col("local_date").filter(pl.col("event_type") == kind).min().alias(f"{kind}_date")
        for kind in kinds
    )
