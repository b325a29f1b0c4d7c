"""Engagement with notifications: how many were created, and what share of them was read."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.reader import Reader
from warehouse.store.database import Store


@dataclass(frozen=True)
class Engagement:
    """One kind of notification."""

    kind: str
    created: int
    late: int
    read: int

    @property
    def ratio(self) -> float | None:
        """Read ÷ created; None while there is nothing to read."""
        return self.read / self.created if self.created else None


def engagement(reader: Reader, store: Store) -> list[Engagement]:
    """Every kind that was created or read, from the published snapshot and the store.

    What was read and then left the list (a reminder of a past day, a summary of months ago) was
    created as well, though the list no longer holds it: so nothing is read more often than created.
    """
    created = {}
    if reader.snapshot_info() is not None:
        created = {row["kind"]: row for row in reader.rows("notification_counts")}
    read = store.reads.counts()
    return [
        Engagement(
            kind,
            max(created.get(kind, {}).get("created_count", 0), read.get(kind, 0)),
            created.get(kind, {}).get("late_count", 0),
            read.get(kind, 0),
        )
        for kind in sorted(created.keys() | read.keys())
    ]
