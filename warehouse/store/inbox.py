"""The inbox: acknowledged events that no published snapshot is sure to hold yet.

An event is acknowledged when `append` has returned, and leaves by `delete` one publish after a
snapshot contains it. Which rows land when is decided by the landing run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, cast

import psycopg
from sqlalchemy import Connection, Engine, bindparam, delete, func, select, text, update

from warehouse.events import ReceivedEvent
from warehouse.store.lookups import Lookups
from warehouse.store.schema import INBOX, instant_text
from warehouse.store.transactions import among, reading, writing

ROWS_A_DELETE = 10_000
APPEND_LOCK = 0x5B002
FIELDS = ReceivedEvent._fields
_OCCURRED_AT, _LOCAL_DATE, _RECEIVED_AT = map(
    FIELDS.index, ("occurred_at", "local_date", "received_at")
)
_EVENT_COLUMNS = [INBOX.c[name] for name in FIELDS]
_STUDENT_MARK = select(func.count(), func.coalesce(func.max(INBOX.c.seq), 0)).where(
    INBOX.c.student_id == bindparam("student_id")
)
_SQLITE_MARK = "select count(*), coalesce(max(seq), 0) from inbox where student_id = ?"
_NOT_HELD = " and (batch is null or batch not in ({}))"
# Past SQLAlchemy's compiler, whose work for each row costs twice what the insert itself does.
_COLUMNS = ", ".join(FIELDS)
_MARKS = ", ".join("?" * len(FIELDS))
_SQLITE_INSERT = f"insert into inbox ({_COLUMNS}) values ({_MARKS})"  # our own names
_POSTGRESQL_COPY = f"copy inbox ({_COLUMNS}) from stdin"


class ReceiptStatus(StrEnum):
    """What became of an event: counted now, counted before, or its id belongs to another."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


class Receipt(NamedTuple):
    """The answer to one event of a request."""

    event_id: str
    status: ReceiptStatus


class Inbox:
    """Acknowledged events in the order of their arrival."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lookups = Lookups(engine)
        self._known = select(INBOX.c.event_id, INBOX.c.fingerprint).where(
            among(INBOX.c.event_id, "event_ids", engine)
        )

    @property
    def is_at_hand(self) -> bool:
        """Whether `pending_mark` takes so little time that an event loop may ask for it."""
        return self._lookups.quick

    def append(self, requests: Sequence[Sequence[ReceivedEvent]]) -> list[list[Receipt]]:
        """Keep the events of all these requests in one transaction; durable on return."""
        first: dict[str, ReceivedEvent] = {}
        for request in requests:
            for event in request:
                first.setdefault(event.event_id, event)
        known = self._insert_new(first) if first else {}
        accepted = first.keys() - known.keys()
        kept = {event_id: event.fingerprint for event_id, event in first.items()} | known
        return [
            [_receipt(event, accepted=accepted, kept=kept) for event in request]
            for request in requests
        ]

    def _insert_new(self, events: dict[str, ReceivedEvent]) -> dict[str, int]:
        """Insert what is new; returns the fingerprints of those whose id the inbox had."""
        with writing(self._engine) as connection:
            _one_writer(connection)
            found = connection.execute(self._known, {"event_ids": list(events)})
            known = {row.event_id: row.fingerprint for row in found}
            new = [event for event in events.values() if event.event_id not in known]
            if new:
                _insert(connection, new)
        return known

    def pending(self, student_id: str) -> list[tuple[ReceivedEvent, str | None]]:
        """A student's events with the batch that claimed each, in order of arrival."""
        query = (
            select(*_EVENT_COLUMNS, INBOX.c.batch)
            .where(INBOX.c.student_id == student_id)
            .order_by(INBOX.c.seq)
        )
        with reading(self._engine) as connection:
            return [(ReceivedEvent(*row[:-1]), row[-1]) for row in connection.execute(query)]

    def pending_mark(self, student_id: str, held: Collection[str] = ()) -> tuple[int, int]:
        """(count, highest seq) of a student's events outside the batches that the asker has.

        Equal marks mean that nothing came and nothing left. Events stay here one publish longer
        than they are needed, so after a build most of a student's are in batches that are held.
        """
        also = _NOT_HELD.format(", ".join("?" * len(held))) if held else ""
        mark = self._lookups.row(_SQLITE_MARK + also, (student_id, *held))
        if mark is not None:
            return mark[0], mark[1]
        query = _STUDENT_MARK
        if held:
            query = query.where(INBOX.c.batch.is_(None) | INBOX.c.batch.not_in(held))
        with reading(self._engine) as connection:
            count, highest = connection.execute(query, {"student_id": student_id}).one()
            return count, highest

    def count(self) -> int:
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(INBOX)).scalar_one()

    def unclaimed_mark(self) -> tuple[int, int]:
        """How many rows no landing run has claimed, and the newest of them."""
        query = select(func.count(), func.coalesce(func.max(INBOX.c.seq), 0)).where(
            INBOX.c.batch.is_(None)
        )
        with reading(self._engine) as connection:
            count, newest = connection.execute(query).one()
        return count, newest

    def oldest_received_at(self) -> datetime | None:
        """When the event that waits longest came in; None where none waits."""
        query = select(INBOX.c.received_at).order_by(INBOX.c.seq).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def claim(self, batch: str) -> int:
        """Give every row that has none this batch's name; returns how many."""
        with writing(self._engine) as connection:
            claimed = connection.execute(
                update(INBOX).where(INBOX.c.batch.is_(None)).values(batch=batch)
            )
            return claimed.rowcount

    def claimed(self) -> list[str]:
        """The batches that have rows here."""
        query = select(INBOX.c.batch).where(INBOX.c.batch.is_not(None)).distinct()
        with reading(self._engine) as connection:
            return sorted(connection.execute(query).scalars())

    def events_of(self, batch: str) -> list[ReceivedEvent]:
        query = select(*_EVENT_COLUMNS).where(INBOX.c.batch == batch).order_by(INBOX.c.seq)
        with reading(self._engine) as connection:
            return [ReceivedEvent(*row) for row in connection.execute(query)]

    def identities(self) -> list[tuple[str, int, datetime]]:
        """(event_id, fingerprint, received_at) of every row, for imports to know them by."""
        query = select(INBOX.c.event_id, INBOX.c.fingerprint, INBOX.c.received_at)
        with reading(self._engine) as connection:
            return [tuple(row) for row in connection.execute(query)]

    def delete(self, batches: Iterable[str]) -> int:
        """Let the rows of these batches go, a part at a time so that no writer waits long."""
        some = select(INBOX.c.seq).where(INBOX.c.batch.in_(list(batches))).limit(ROWS_A_DELETE)
        gone, last = 0, ROWS_A_DELETE
        while last == ROWS_A_DELETE:
            with writing(self._engine) as connection:
                last = connection.execute(delete(INBOX).where(INBOX.c.seq.in_(some))).rowcount
            gone += last
        return gone


def _one_writer(connection: Connection) -> None:
    """One append at a time, so that what was looked up stays true until the insert.

    SQLite has this by `begin immediate`; waiting for the other's fsync costs nothing that group
    commit does not win back.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": APPEND_LOCK})


def _insert(connection: Connection, events: Sequence[ReceivedEvent]) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_SQLITE_INSERT, _sqlite_rows(events))
        return
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(_POSTGRESQL_COPY) as copy:
        for event in events:
            copy.write_row(event)


def _sqlite_rows(events: Sequence[ReceivedEvent]) -> list[tuple[object, ...]]:
    """The events as the driver takes them: instants and days as text.

    What arrived together has its instants in common: each becomes text once.
    """
    instant, day = cache(instant_text), cache(date.isoformat)
    rows: list[tuple[object, ...]] = []
    for event in events:
        row: list[Any] = list(event)
        row[_OCCURRED_AT] = instant(event.occurred_at)
        row[_LOCAL_DATE] = day(event.local_date)
        row[_RECEIVED_AT] = instant(event.received_at)
        rows.append(tuple(row))
    return rows


def _receipt(event: ReceivedEvent, *, accepted: set[str], kept: dict[str, int]) -> Receipt:
    """The first with an id is accepted; further ones with the same content are duplicates."""
    if event.fingerprint != kept[event.event_id]:
        return Receipt(event.event_id, ReceiptStatus.CONFLICT)
    if event.event_id in accepted:
        accepted.discard(event.event_id)
        return Receipt(event.event_id, ReceiptStatus.ACCEPTED)
    return Receipt(event.event_id, ReceiptStatus.DUPLICATE)
