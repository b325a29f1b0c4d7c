"""The outbox: each notification once for each channel, from first sight to its end.

An entry waits until it is due, is taken into a message (`deliveries.py`), and ends sent, failed or
not sent with the reason. It is never deleted: what has an entry is not told again, whatever is
rebuilt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from uuid_utils import uuid7

from warehouse.clock import Clock, utc_now
from warehouse.store.outbox_schema import DELIVERIES, OUTBOX
from warehouse.store.pending import Pending, as_text, from_text
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing

WAITING, TAKEN, SENT, FAILED, NOT_SENT = "waiting", "taken", "sent", "failed", "not_sent"
READY = "ready"


class Entry(NamedTuple):
    """A notification that waits for its time on one channel."""

    channel: str
    digest: bool
    pending: Pending

    @property
    def key(self) -> tuple[str, str]:
        return self.pending.notification_id, self.channel


@dataclass(frozen=True)
class Later:
    """It is not yet the time for this entry."""

    entry: Entry
    due_at: datetime
    digest: bool = False


@dataclass(frozen=True)
class Never:
    """This entry is not sent, for a reason."""

    entry: Entry
    reason: str


@dataclass(frozen=True)
class Together:
    """These entries of one recipient and channel become one message."""

    entries: tuple[Entry, ...]
    local_date: date
    digest: bool


Decision = Later | Never | Together


class Outbox:
    """What is to be told, and what has been decided about it."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def enqueue(self, notifications: Iterable[Pending], channels: Sequence[str]) -> int:
        """Make an entry for each notification and channel that has none; how many are new."""
        by_id = {one.notification_id: one for one in notifications}
        made = 0
        for ids in batched(list(by_id), IDS_A_QUERY // 4):
            known = self._known(ids)
            now = self._clock()
            rows = [
                _row(by_id[one], channel, now)
                for one in ids
                for channel in channels
                if (one, channel) not in known
            ]
            made += len(rows)
            if rows:
                insert = self._dialect.insert(OUTBOX).on_conflict_do_nothing()
                with writing(self._engine) as connection:
                    connection.execute(insert, rows)
        return made

    def known_since(self, since: datetime, channels: Collection[str]) -> set[str]:
        """The notifications of after that instant which have an entry for all these channels."""
        query = (
            select(OUTBOX.c.notification_id)
            .where(OUTBOX.c.occurred_at > since, OUTBOX.c.channel.in_(channels))
            .group_by(OUTBOX.c.notification_id)
            .having(func.count() == len(channels))
        )
        with reading(self._engine) as connection:
            return set(connection.execute(query).scalars())

    def due(self, now: datetime, channels: Collection[str], limit: int) -> list[Entry]:
        """Entries whose time has come, those of one recipient and channel together and whole."""
        query = (
            select(OUTBOX.c.channel, OUTBOX.c.digest, OUTBOX.c.content, OUTBOX.c.recipient_id)
            .where(
                OUTBOX.c.status == WAITING,
                OUTBOX.c.due_at <= now,
                OUTBOX.c.channel.in_(channels),
            )
            .order_by(OUTBOX.c.recipient_id, OUTBOX.c.channel, OUTBOX.c.occurred_at)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(query))
        if len(rows) == limit:
            # The last recipient's may go on beyond the limit: they come next time, if others do.
            last = rows[-1].recipient_id
            rows = [row for row in rows if row.recipient_id != last] or rows
        return [Entry(row.channel, row.digest, from_text(row.content)) for row in rows]

    def messages_since(
        self, recipients: Sequence[str], since: datetime
    ) -> list[tuple[str, str, date]]:
        """(recipient, channel, local day) of each message made for them that is no digest."""
        found: list[tuple[str, str, date]] = []
        with reading(self._engine) as connection:
            for some in batched(recipients, IDS_A_QUERY):
                query = select(
                    DELIVERIES.c.recipient_id, DELIVERIES.c.channel, DELIVERIES.c.local_date
                ).where(
                    DELIVERIES.c.recipient_id.in_(some),
                    DELIVERIES.c.created_at > since,
                    DELIVERIES.c.digest.is_(False),
                    DELIVERIES.c.status != NOT_SENT,
                )
                found += [tuple(row) for row in connection.execute(query)]
        return found

    def decide(self, decisions: Iterable[Decision]) -> int:
        """Note what has been decided, all or nothing; how many messages that makes."""
        now, changes, messages = self._clock(), [], []
        for decision in decisions:
            if isinstance(decision, Together):
                message = _message(decision, now)
                messages.append(message)
                change = {"status": TAKEN, "delivery_id": message["delivery_id"]}
                changes += [_change(entry, **change) for entry in decision.entries]
            elif isinstance(decision, Later):
                change = {"due_at": decision.due_at, "digest": decision.digest}
                changes.append(_change(decision.entry, **change))
            else:
                changes.append(_change(decision.entry, status=NOT_SENT, reason=decision.reason))
        with writing(self._engine) as connection:
            if messages:
                connection.execute(DELIVERIES.insert(), messages)
            for change in changes:
                connection.execute(_decided(change), change)
        return len(messages)

    def overdue(self, since: datetime, channels: Collection[str]) -> int:
        """How many entries should have been looked at before that."""
        query = (
            select(func.count())
            .select_from(OUTBOX)
            .where(
                OUTBOX.c.status == WAITING,
                OUTBOX.c.due_at < since,
                OUTBOX.c.channel.in_(channels),
            )
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def counts_of(
        self, kind: str, channel: str, since: datetime
    ) -> list[tuple[datetime, str, int]]:
        """(instant, status, count) of the entries of a kind from an instant on."""
        group = (OUTBOX.c.occurred_at, OUTBOX.c.status)
        query = (
            select(*group, func.count())
            .where(
                OUTBOX.c.occurred_at >= since,
                OUTBOX.c.kind == kind,
                OUTBOX.c.channel == channel,
            )
            .group_by(*group)
            .order_by(*group)
        )
        with reading(self._engine) as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def engagement(self) -> list[dict[str, Any]]:
        """How many entries ended how: by kind, channel, status and reason."""
        group = (OUTBOX.c.kind, OUTBOX.c.channel, OUTBOX.c.status, OUTBOX.c.reason)
        query = select(*group, func.count().label("count")).group_by(*group).order_by(*group)
        with reading(self._engine) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _known(self, ids: Sequence[str]) -> set[tuple[str, str]]:
        query = select(OUTBOX.c.notification_id, OUTBOX.c.channel).where(
            OUTBOX.c.notification_id.in_(ids)
        )
        with reading(self._engine) as connection:
            return {(row[0], row[1]) for row in connection.execute(query)}


def _row(pending: Pending, channel: str, now: datetime) -> dict[str, Any]:
    return {
        "notification_id": pending.notification_id,
        "channel": channel,
        "recipient_id": pending.recipient_id,
        "kind": pending.kind,
        "content": as_text(pending),
        "occurred_at": pending.occurred_at,
        "digest": False,
        "status": WAITING,
        "due_at": now,
        "recorded_at": now,
    }


def _message(together: Together, now: datetime) -> dict[str, Any]:
    first = together.entries[0]
    return {
        "delivery_id": str(uuid7()),
        "channel": first.channel,
        "recipient_id": first.pending.recipient_id,
        "local_date": together.local_date,
        "digest": together.digest,
        "status": READY,
        "acknowledged": False,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }


def _change(entry: Entry, **values: object) -> dict[str, Any]:
    return {"the_id": entry.pending.notification_id, "the_channel": entry.channel, **values}


def _decided(change: dict[str, Any]) -> Any:
    """Only an entry that still waits can be decided about: two planners make one message."""
    return (
        update(OUTBOX)
        .where(
            OUTBOX.c.notification_id == bindparam("the_id"),
            OUTBOX.c.channel == bindparam("the_channel"),
            OUTBOX.c.status == WAITING,
        )
        .values({name: bindparam(name) for name in change if not name.startswith("the_")})
    )
