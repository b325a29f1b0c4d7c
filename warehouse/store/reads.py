"""What people have read of their notifications; ids are natural keys, so it outlives rebuilds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.store.notification_schema import NOTIFICATION_READS as READS
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing


class Reads:
    """Reads by recipient and notification."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def mark(self, recipient_id: str, notifications: Mapping[str, str]) -> None:
        """Note these ids (with their kinds) as read; the first time stays."""
        now = self._clock()
        rows = [
            {"recipient_id": recipient_id, "notification_id": one, "kind": kind, "read_at": now}
            for one, kind in notifications.items()
        ]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(self._dialect.insert(READS).on_conflict_do_nothing(), rows)

    def of(self, recipient_id: str, notification_ids: Iterable[str]) -> dict[str, datetime]:
        """When each of these that were read was read."""
        found: dict[str, datetime] = {}
        ids: Sequence[str] = list(notification_ids)
        with reading(self._engine) as connection:
            for some in batched(ids, IDS_A_QUERY):
                query = select(READS.c.notification_id, READS.c.read_at).where(
                    READS.c.recipient_id == recipient_id, READS.c.notification_id.in_(some)
                )
                found.update(
                    (row.notification_id, row.read_at) for row in connection.execute(query)
                )
        return found

    def counts(self) -> dict[str, int]:
        """How many notifications of each kind were read."""
        query = select(READS.c.kind, func.count()).group_by(READS.c.kind).order_by(READS.c.kind)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}
