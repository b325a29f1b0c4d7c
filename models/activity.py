"""What is known of a student on the morning of a day, from the days before it and nothing else.

`daily`: one row per student and local day with learning: `student_id, local_date, event_count,
total_time_spent` (seconds), `score_count, score_sum, achieved` (concepts first completed or
mastered), `mastered` (first mastered). `goals`: `student_id, from_week, concepts, minutes`, the
targets that hold from that Monday on (null: no such target); without a row, 5 concepts a week.

Every function cuts the days at `as_of` first: a day that has begun is not known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from models.errors import require, require_one_row_each

DAILY = {
    "student_id": "text",
    "local_date": "date",
    "event_count": "number",
    "total_time_spent": "number",
    "score_count": "number",
    "score_sum": "number",
    "achieved": "number",
    "mastered": "number",
}
GOALS = {"student_id": "text", "from_week": "date", "concepts": "number", "minutes": "number"}
DEFAULT_CONCEPTS = 5
WEEK = 7
LOOKBACK_DAYS = 56
LIVE_DAYS = 28  # whoever was away for longer is inactive already: there is nothing to foresee
NO_GOALS = pl.DataFrame(
    schema={
        "student_id": pl.String,
        "from_week": pl.Date,
        "concepts": pl.Float64,
        "minutes": pl.Float64,
    }
)
HABITS = [
    "active_days_7",
    "active_days_14",
    "active_days_14_before",
    "active_days_56",
    "seconds_per_day_14",
    "seconds_per_day_before",
    "events_14",
    "mean_score_14",
    "mean_score_before",
    "mastered_14",
    "mastered_14_before",
    "days_since_active",
    "usual_gap_days",
    "longest_gap_days",
    "known_days",
    "weekday",
]


def checked_daily(daily: pl.DataFrame) -> pl.DataFrame:
    """The frame, or `InvalidFrame`."""
    require(daily, "daily", DAILY)
    require_one_row_each(daily, "daily", ["student_id", "local_date"])
    numbers = [name for name, kind in DAILY.items() if kind == "number"]
    return daily.select("student_id", "local_date", pl.col(numbers).cast(pl.Float64))


def checked_goals(goals: pl.DataFrame | None) -> pl.DataFrame:
    """The frame, or `InvalidFrame`; nobody's own goals where none are given."""
    if goals is None:
        return NO_GOALS
    require(goals, "goals", GOALS)
    require_one_row_each(goals, "goals", ["student_id", "from_week"])
    return goals.select("student_id", "from_week", pl.col("concepts", "minutes").cast(pl.Float64))


def habits(daily: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per student active in the last 28 days before `as_of`, with `HABITS`."""
    past = daily.filter(pl.col("local_date") < as_of)
    known_since = past.group_by("student_id").agg(first_date=pl.col("local_date").min())
    recent = past.filter(pl.col("local_date") >= as_of - timedelta(days=LOOKBACK_DAYS)).sort(
        "student_id", "local_date"
    )
    rows = recent.with_columns(
        ago=(pl.lit(as_of) - pl.col("local_date")).dt.total_days(),
        gap=pl.col("local_date").diff().over("student_id").dt.total_days(),
    )
    rows = rows.group_by("student_id").agg(*_windows()).join(known_since, on="student_id")
    return (
        rows.filter(pl.col("days_since_active") <= LIVE_DAYS)
        .with_columns(
            as_of=pl.lit(as_of),
            weekday=pl.lit(as_of.weekday()),
            known_days=(pl.lit(as_of) - pl.col("first_date")).dt.total_days().clip(0, 365),
        )
        .select("student_id", "as_of", *HABITS)
        .sort("student_id")
    )


def week_needs(daily: pl.DataFrame, goals: pl.DataFrame, as_of: date, week: date) -> pl.DataFrame:
    """One row per student known before `as_of`: the targets of a week and what is done of them.

    Goals set for a week after that of `as_of` are not known yet.
    """
    past = daily.filter(pl.col("local_date") < as_of)
    known_goals = goals.filter(pl.col("from_week") <= _monday(as_of))
    weeks = pl.DataFrame({"week_start": _weeks(as_of, week)}, schema={"week_start": pl.Date})
    first = pl.col("local_date").min().dt.truncate("1w").alias("first_week")
    grid = past.group_by("student_id").agg(first).join(weeks, how="cross")
    grid = grid.filter(pl.col("week_start") >= pl.col("first_week")).drop("first_week")
    met = week_results(past, known_goals, grid)
    before = (
        met.filter(pl.col("week_start") < _monday(as_of))
        .group_by("student_id")
        .agg(
            goals_met_4=pl.col("is_met").sum(),
            weeks_seen_4=pl.len(),
            concepts_per_week=pl.col("concepts_done").mean(),
            minutes_per_week=pl.col("minutes_done").mean(),
            nearest_ratio=pl.col("done_ratio").max(),
        )
    )
    this = met.filter(pl.col("week_start") == week).drop("week_start")
    return this.join(before, on="student_id", how="left").with_columns(
        concepts_left=(pl.col("concepts_target") - pl.col("concepts_done")).clip(0),
        minutes_left=(pl.col("minutes_target") - pl.col("minutes_done")).clip(0),
        days_left=pl.lit((week + timedelta(days=7) - max(as_of, week)).days),
        days_until=pl.lit(max(0, (week - as_of).days)),
    )


def week_results(daily: pl.DataFrame, goals: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Targets and what was done for each student and week of the grid, and whether all was met."""
    done = daily.group_by("student_id", week_start=pl.col("local_date").dt.truncate("1w")).agg(
        concepts_done=pl.col("achieved").sum(),
        minutes_done=pl.col("total_time_spent").sum() / 60,
    )
    rows = grid.sort("week_start").join_asof(
        goals.with_columns(own=pl.lit(value=True)).sort("from_week"),
        left_on="week_start",
        right_on="from_week",
        by="student_id",
        strategy="backward",
        check_sortedness=False,
    )
    rows = rows.join(done, on=["student_id", "week_start"], how="left").select(
        "student_id",
        "week_start",
        concepts_target=pl.when(pl.col("own").is_null())
        .then(pl.lit(float(DEFAULT_CONCEPTS)))
        .otherwise(pl.col("concepts")),
        minutes_target="minutes",
        concepts_done=pl.col("concepts_done").fill_null(0).cast(pl.Float64),
        minutes_done=pl.col("minutes_done").fill_null(0).cast(pl.Float64),
    )
    share = pl.min_horizontal(
        pl.col("concepts_done") / pl.col("concepts_target"),
        pl.col("minutes_done") / pl.col("minutes_target"),
    )
    return rows.with_columns(
        done_ratio=share.clip(0, 1).fill_null(1), is_met=(share >= 1).fill_null(value=True)
    )


def active_students(daily: pl.DataFrame, since: date, until: date) -> pl.Series:
    """Who learned on a day of `[since, until)`."""
    days = daily.filter((pl.col("local_date") >= since) & (pl.col("local_date") < until))
    return days["student_id"].unique()


def _windows() -> Sequence[pl.Expr]:
    lately, before = pl.col("ago") <= 2 * WEEK, pl.col("ago") > 2 * WEEK
    then = before & (pl.col("ago") <= 4 * WEEK)
    return [
        (pl.col("ago") <= WEEK).sum().alias("active_days_7"),
        lately.sum().alias("active_days_14"),
        then.sum().alias("active_days_14_before"),
        pl.len().alias("active_days_56"),
        pl.col("total_time_spent").filter(lately).mean().alias("seconds_per_day_14"),
        pl.col("total_time_spent").filter(before).mean().alias("seconds_per_day_before"),
        pl.col("event_count").filter(lately).sum().alias("events_14"),
        _mean_score(lately).alias("mean_score_14"),
        _mean_score(before).alias("mean_score_before"),
        pl.col("mastered").filter(lately).sum().alias("mastered_14"),
        pl.col("mastered").filter(then).sum().alias("mastered_14_before"),
        pl.col("ago").min().alias("days_since_active"),
        pl.col("gap").median().alias("usual_gap_days"),
        pl.col("gap").max().alias("longest_gap_days"),
    ]


def _mean_score(rows: pl.Expr) -> pl.Expr:
    count = pl.col("score_count").filter(rows).sum()
    total = pl.col("score_sum").filter(rows).sum()
    return pl.when(count > 0).then(total.cast(pl.Float64) / count)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(as_of: date, week: date) -> list[date]:
    """The four weeks before that of `as_of`, and the week itself."""
    return [_monday(as_of) - timedelta(weeks=back) for back in (4, 3, 2, 1)] + [week]
