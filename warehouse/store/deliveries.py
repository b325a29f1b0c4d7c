"""Messages on their way: claimed by one sender, then sent, failed, or ready once more.

A claim is on disk before anything leaves the house. Whoever finds a claim of a dead sender knows
that this message may have left, and asks that sender's journal (`pipelines/notifying/journal.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, or_, select, update

from warehouse.clock import Clock, utc_now
from warehouse.store.outbox import FAILED, NOT_SENT, READY, SENT, TAKEN
from warehouse.store.outbox_schema import DELIVERIES, OUTBOX
from warehouse.store.pending import Pending, from_text
from warehouse.store.transactions import reading, writing

CLAIMED = "claimed"
HANDED_OVER = "handed_over"  # sent, as far as a killed sender's journal tells
INTERRUPTED = "interrupted"
LEASE = timedelta(minutes=15)  # far longer than all timeouts of one message together


@dataclass(frozen=True)
class Delivery:
    """One message to one recipient through one channel."""

    delivery_id: str
    channel: str
    recipient_id: str
    digest: bool
    attempts: int
    created_at: datetime
    notifications: tuple[Pending, ...]


class Deliveries:
    """The messages, each in the hands of at most one sender."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def claim(self, home: str, channels: Collection[str], limit: int) -> list[Delivery]:
        """Take messages that are due into these hands; nobody else gets them."""
        now = self._clock()
        query = (
            select(DELIVERIES)
            .where(
                DELIVERIES.c.status == READY,
                DELIVERIES.c.due_at <= now,
                DELIVERIES.c.channel.in_(channels),
            )
            .order_by(DELIVERIES.c.due_at, DELIVERIES.c.delivery_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claim = {"status": CLAIMED, "claimed_by": home, "lease_until": now + LEASE}
        with writing(self._engine) as connection:
            rows = list(connection.execute(query))
            ids = [row.delivery_id for row in rows]
            if ids:
                connection.execute(
                    update(DELIVERIES).where(DELIVERIES.c.delivery_id.in_(ids)).values(claim)
                )
            contents = _contents(connection, ids)
        return [
            Delivery(
                row.delivery_id,
                row.channel,
                row.recipient_id,
                row.digest,
                row.attempts,
                row.created_at,
                tuple(contents.get(row.delivery_id, ())),
            )
            for row in rows
        ]

    def sent(self, delivery_id: str) -> None:
        """The receiver has acknowledged the message."""
        self._end(delivery_id, SENT, None, acknowledged=True)

    def failed(self, delivery_id: str, reason: str) -> None:
        """The message was refused for good, or too often."""
        self._end(delivery_id, FAILED, reason)

    def not_sent(self, delivery_id: str, reason: str) -> None:
        """The message is no longer wanted or permitted."""
        self._end(delivery_id, NOT_SENT, reason)

    def again(self, delivery_id: str, due_at: datetime, reason: str, *, failures: int = 1) -> None:
        """The message has not left, or was refused for now; try once more at `due_at`."""
        values = {
            "status": READY,
            "reason": reason,
            "due_at": due_at,
            "attempts": DELIVERIES.c.attempts + failures,
            "claimed_by": None,
            "lease_until": None,
        }
        with writing(self._engine) as connection:
            connection.execute(_claimed(delivery_id).values(values))

    def leave_out(self, notification_ids: Sequence[str], channel: str, reason: str) -> None:
        """Take notifications out of a message that still goes to tell the others."""
        with writing(self._engine) as connection:
            connection.execute(
                update(OUTBOX)
                .where(OUTBOX.c.notification_id.in_(notification_ids), OUTBOX.c.channel == channel)
                .values(status=NOT_SENT, reason=reason)
            )

    def recover(self, home: str, channel: str, handed_over: Collection[str]) -> Counter[str]:
        """Settle what a sender that is dead had in hand on a channel; says what became of it.

        Of this home the journal says which messages were handed over: these are taken for sent.
        Another home's claims are free when their lease has ended, and are sent once more.
        """
        now = self._clock()
        dead = or_(DELIVERIES.c.claimed_by == home, DELIVERIES.c.lease_until < now)
        query = select(DELIVERIES.c.delivery_id).where(
            DELIVERIES.c.status == CLAIMED, DELIVERIES.c.channel == channel, dead
        )
        with reading(self._engine) as connection:
            claimed = list(connection.execute(query).scalars())
        settled: Counter[str] = Counter()
        for delivery_id in claimed:
            if delivery_id in handed_over:
                self._end(delivery_id, SENT, HANDED_OVER)
                settled["had left"] += 1
            else:
                self.again(delivery_id, now, INTERRUPTED, failures=0)
                settled["go again"] += 1
        return settled

    def overdue(self, since: datetime, channels: Collection[str]) -> int:
        """How many messages should have gone before that and were not even tried."""
        query = (
            select(func.count())
            .select_from(DELIVERIES)
            .where(
                DELIVERIES.c.status == READY,
                DELIVERIES.c.due_at < since,
                DELIVERIES.c.channel.in_(channels),
            )
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def _end(
        self, delivery_id: str, status: str, reason: str | None, *, acknowledged: bool = False
    ) -> None:
        ended = {
            "status": status,
            "reason": reason,
            "acknowledged": acknowledged,
            "ended_at": self._clock(),
            "claimed_by": None,
            "lease_until": None,
        }
        with writing(self._engine) as connection:
            if connection.execute(_claimed(delivery_id).values(ended)).rowcount:
                connection.execute(
                    update(OUTBOX)
                    .where(OUTBOX.c.delivery_id == delivery_id, OUTBOX.c.status == TAKEN)
                    .values(status=status, reason=reason)
                )


def _claimed(delivery_id: str) -> Any:
    return update(DELIVERIES).where(
        DELIVERIES.c.delivery_id == delivery_id, DELIVERIES.c.status == CLAIMED
    )


def _contents(connection: Connection, ids: Sequence[str]) -> dict[str, list[Pending]]:
    query = (
        select(OUTBOX.c.delivery_id, OUTBOX.c.content)
        .where(OUTBOX.c.delivery_id.in_(ids), OUTBOX.c.status == TAKEN)
        .order_by(OUTBOX.c.occurred_at, OUTBOX.c.notification_id)
    )
    contents: dict[str, list[Pending]] = {}
    for row in connection.execute(query):
        contents.setdefault(row.delivery_id, []).append(from_text(row.content))
    return contents
