"""Weekly figures as one row per student and one column per week, the last complete week last.

`weekly`: the table analytics.weekly_progress. It ends with a student's last week of learning;
up to `last_week`, the last complete week that the caller names, the student did nothing: zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.errors import InvalidFrame, require, require_one_row_each

Floats = NDArray[np.float64]

WEEKLY = {
    "student_id": "text",
    "week_start": "date",
    "started": "number",
    "completed": "number",
    "mastered": "number",
    "total_time_spent": "number",
    "average_score": "number",
    "points": "number",
}
MOST_WEEKS = 52


@dataclass(frozen=True)
class Weeks:
    """Each measure as a matrix: nan before a student's first week; `since` is that week's place."""

    student_ids: pl.Series
    last_week: date
    since: NDArray[np.int64]
    values: dict[str, Floats]

    @property
    def count(self) -> int:
        """How many weeks there are."""
        return int(self.values["minutes"].shape[1])

    def of(self, chosen: NDArray[np.bool_]) -> Weeks:
        """The same weeks of some students."""
        return Weeks(
            self.student_ids.filter(pl.Series(chosen, dtype=pl.Boolean)),
            self.last_week,
            self.since[chosen],
            {name: matrix[chosen] for name, matrix in self.values.items()},
        )


def spread(weekly: pl.DataFrame, last_week: date, *, most_weeks: int = MOST_WEEKS) -> Weeks:
    """Matrices of the weeks up to `last_week`; later rows are left out."""
    require(weekly, "weekly", WEEKLY)
    require_one_row_each(weekly, "weekly", ["student_id", "week_start"])
    if last_week.weekday() or (weekly["week_start"].dt.weekday() != 1).any():
        raise InvalidFrame(
            "A week is named by its Monday: truncate week_start and last_week to it."
        )
    known = weekly.filter(pl.col("week_start") <= last_week)
    ago = (pl.lit(last_week) - pl.col("week_start")).dt.total_days() // 7
    known = known.with_columns(ago=ago)
    students = known.group_by("student_id").agg(first_ago=pl.col("ago").max()).sort("student_id")
    known = known.filter(pl.col("ago") < most_weeks)
    first_ago = students["first_ago"].to_numpy().astype(np.int64)
    # always as wide: what is known of a student must not depend on how long others are here
    width = most_weeks
    since = np.maximum(0, width - 1 - first_ago)
    rows = students["student_id"].search_sorted(known["student_id"]).to_numpy()
    columns = width - 1 - known["ago"].to_numpy()
    values = {
        "completed": known["completed"],
        "mastered": known["mastered"],
        "minutes": known["total_time_spent"] / 60,
        "average_score": known["average_score"],
    }
    begun = np.arange(width) >= since[:, None]
    return Weeks(
        students["student_id"],
        last_week,
        since,
        {
            name: _matrix(column, rows, columns, begun, np.nan if name == "average_score" else 0.0)
            for name, column in values.items()
        },
    )


def _matrix(
    column: pl.Series,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    begun: NDArray[np.bool_],
    nothing: float,
) -> Floats:
    matrix = np.where(begun, nothing, np.nan)
    matrix[rows, columns] = column.cast(pl.Float64).to_numpy()
    return matrix
