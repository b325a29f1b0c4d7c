"""How near weekly forecasts come, and how often their intervals hold, on events and on learners.

Again and again a model learns from the weeks up to some week and foresees the four after it; what
came is compared. Only students who had learned in the eight weeks before count: for the rest
nothing is foreseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from benchmarks.event_frames import weekly as weekly_of
from models.errors import NotEnoughExamples
from models.trend import HORIZONS, MEASURES, TrendModel

ORIGINS = 6
EVERY_WEEKS = 4
HEADER = [
    "data",
    "measure",
    "weeks foreseen",
    "mean",
    "forecast",
    "last value",
    "mean of four",
    "same season",
    "interval 80 % holds",
    "of these: quiet",
    "busy",
]


def rows(name: str, days: pl.DataFrame) -> Iterator[list[str]]:
    """Lines of the table of one set of students."""
    weekly = weekly_of(days)
    found, problems = [], []
    last = weekly["week_start"].max()
    if not isinstance(last, date):
        yield [name, "no weeks"]
        return
    for back in range(ORIGINS):
        origin = last - timedelta(weeks=HORIZONS + back * EVERY_WEEKS)
        try:
            found.append(_foreseen(weekly, origin))
        except NotEnoughExamples as problem:
            problems.append(str(problem))
    if not found:
        yield [name, problems[0]]
        return
    both = pl.concat(found)
    for measure in MEASURES:
        part = both.filter(measure=measure)
        if not part.is_empty():
            yield [name, measure, *_figures(part)]


def _foreseen(weekly: pl.DataFrame, origin: date) -> pl.DataFrame:
    known = weekly.filter(pl.col("week_start") <= origin)
    forecast = TrendModel().fit(known, last_week=origin).predict(known, last_week=origin)
    came = weekly.with_columns(minutes=pl.col("total_time_spent") / 60).unpivot(
        MEASURES, index=["student_id", "week_start"], variable_name="measure", value_name="came"
    )
    both = forecast.join(came, on=["student_id", "week_start", "measure"], how="left")
    # a week after a student's last row is a week of nothing, and has no score
    nothing = pl.when(pl.col("measure") != "average_score").then(0.0)
    return both.with_columns(came=pl.coalesce("came", nothing)).drop_nulls("came")


def _figures(part: pl.DataFrame) -> list[str]:
    middle = part["expected"].median()
    held = part.with_columns(
        held=pl.col("came").is_between("lower", "upper"), busy=pl.col("expected") > middle
    )

    def error(column: str) -> str:
        found = part.select((pl.col(column) - pl.col("came")).abs().mean()).item()
        return "-" if found is None else f"{found:.3g}"

    def share(chosen: pl.DataFrame) -> str:
        return f"{100 * chosen['held'].to_numpy().mean():.1f} %" if len(chosen) else "-"

    return [
        f"{len(part):,}",
        f"{part['came'].to_numpy().mean():.3g}",
        *(error(column) for column in ("middle", "last_value", "mean_of_four", "mean_of_season")),
        share(held),
        share(held.filter(~pl.col("busy"))),
        share(held.filter(pl.col("busy"))),
    ]
