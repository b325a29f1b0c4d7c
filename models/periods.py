"""The past mornings that a model learns from, and those that it is judged on."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from models.errors import NotEnoughExamples

WARM_UP_DAYS = 14


def mornings(days: pl.Series, last: date, *, count: int, every_days: int) -> list[date]:
    """At most so many past days, the latest last, none in the first fortnight of the records."""
    first = days.min()
    if not isinstance(first, date):
        return []
    chosen = [last - timedelta(days=every_days * back) for back in range(count)]
    return sorted(day for day in chosen if day >= first + timedelta(days=WARM_UP_DAYS))


def parted(days: list[date], horizon_days: int) -> tuple[list[date], list[date]]:
    """The last quarter to be judged on, and before it the mornings whose outcome was known then."""
    late = days[-max(1, len(days) // 4) :]
    early = [day for day in days if late and day + timedelta(days=horizon_days) <= late[0]]
    if not early:
        raise NotEnoughExamples(
            f"There are {len(days)} mornings to learn from, too few to learn from some and to be "
            "judged on others: at least seven weeks of events are needed."
        )
    return early, late
