"""Sums over the rows of a range; scores are added exactly, so that no order changes a mean."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from warehouse.reader import Row

Key = TypeVar("Key", bound=Hashable)
KINDS = ("started_count", "attempted_count", "completed_count", "mastered_count")


@dataclass(frozen=True)
class Sum:
    """What some rows of `student_range_hours` come to."""

    event_count: int
    time_spent: int
    scored_count: int
    score_sum: Decimal
    best_score: float | None
    by_kind: Mapping[str, int]
    days: int

    @property
    def average_score(self) -> float | None:
        """The mean, made as the tables make it."""
        return float(self.score_sum) / self.scored_count if self.scored_count else None

    @property
    def attempts(self) -> int:
        """The largest of the counts by kind: who sends three events for one try has tried once."""
        return max(self.by_kind.values())


def total(rows: Iterable[Row]) -> Sum:
    """Add up rows."""
    listed = list(rows)
    best = [row["best_score"] for row in listed if row["best_score"] is not None]
    return Sum(
        sum(row["event_count"] for row in listed),
        sum(row["total_time_spent"] for row in listed),
        sum(row["scored_count"] for row in listed),
        sum((row["score_sum"] for row in listed), Decimal(0)),
        max(best, default=None),
        {kind: sum(row[kind] or 0 for row in listed) for kind in KINDS},
        len({row["local_date"] for row in listed}),
    )


def totals(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, Sum]:
    """Add up rows by a key, in the order in which keys come."""
    parts: dict[Key, list[Row]] = {}
    for row in rows:
        parts.setdefault(key(row), []).append(row)
    return {name: total(part) for name, part in parts.items()}
