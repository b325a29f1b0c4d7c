"""The audit log: who looked at or changed whose record, when, as what and why.

Rows are chained: each carries a keyed hash (HMAC-SHA256) of itself and of the seal before it, and
the end of the chain is sealed too, so that a changed, removed, inserted or reordered row and a cut
tail show. The key lies in the home, not in the store: who can write to the database alone cannot
mend the chain. A store put back as a whole to an earlier backup looks whole; compare its end with
one noted elsewhere (`spool doctor` prints it).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidSettings, StoreUnavailable
from warehouse.store.audit_schema import AUDIT, AUDIT_END
from warehouse.store.schema import instant_text
from warehouse.store.transactions import reading, writing

KEY_FILE = "audit.key"
KEY_BYTES = 32
START = "0" * 64
ROWS_AT_ONCE = 5_000
MOST_WAITING = 20_000


class Access(NamedTuple):
    """One look at, or change of, one student's record."""

    actor: str
    role: str
    operation: str
    student_id: str
    purpose: str | None
    request_id: str | None


class Entry(NamedTuple):
    """A row of the log."""

    seq: int
    at: datetime
    actor: str
    role: str
    operation: str
    student_id: str
    purpose: str | None
    request_id: str | None


# What differs from row to row of those that are written together.
_WRITTEN = ("seq", *Access._fields, "seal")
_FIELDS = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(_WRITTEN)))
_SQLITE_INSERT = (
    f"insert into audit ({', '.join(_WRITTEN)}, at) select {_FIELDS}, ?2 from json_each(?1)"
)
_SQLITE_END = "update audit_end set seq = ?, seal = ?, proof = ?"
_END = select(AUDIT_END.c.seq, AUDIT_END.c.seal)


class Verdict(NamedTuple):
    """What a look at the whole chain found."""

    rows: int
    end: str
    broken_at: int | None
    reason: str | None


def audit_key(home: Path) -> bytes:
    """The key of the chain; made on first use, readable by its owner only."""
    path = home / KEY_FILE
    with suppress(FileExistsError):
        home.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{KEY_FILE}.{os.getpid()}.{threading.get_ident()}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)  # of two processes that start together one wins
        finally:
            aside.unlink()
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise InvalidSettings(
            f"{path} is too short to be the key of the audit log.",
            cure="Restore it from a backup; without it the log cannot be verified.",
        )
    return key


class Audit:
    """The log in the store."""

    def __init__(self, engine: Engine, home: Path, clock: Clock = utc_now) -> None:
        self._engine, self._home, self._clock = engine, home, clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    @cached_property
    def _key(self) -> bytes:
        return audit_key(self._home)

    def append(self, accesses: Sequence[Access]) -> None:
        """Write rows at the end of the chain, durably; writers of all processes take turns."""
        at = self._clock()
        at_text = instant_text(at)
        with writing(self._engine) as connection:
            last, seal = self._end(connection)
            rows = []
            for seq, access in enumerate(accesses, start=last + 1):
                seal = self._seal(seal, seq, at_text, access)
                rows.append((seq, *access, seal))
            last += len(rows)
            end = last, seal, self._proof(last, seal)
            if connection.dialect.name == "sqlite":
                # Past SQLAlchemy's compiler, as in the inbox: a look at a record waits for this.
                # All rows are one statement, since between two of them the thread that makes the
                # answer takes the interpreter.
                written = orjson.dumps(rows).decode()
                connection.exec_driver_sql(_SQLITE_INSERT, (written, at_text))
                connection.exec_driver_sql(_SQLITE_END, end)
            else:
                values = [dict(zip(_WRITTEN, row, strict=True)) | {"at": at} for row in rows]
                connection.execute(insert(AUDIT), values)
                ended = dict(zip(("seq", "seal", "proof"), end, strict=True))
                connection.execute(update(AUDIT_END), ended)

    def rows(
        self,
        *,
        student_id: str | None = None,
        actor: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """The latest rows that match, newest first."""
        query = select(*_COLUMNS).order_by(AUDIT.c.seq.desc()).limit(limit)
        for condition in _conditions(student_id, actor, before):
            query = query.where(condition)
        with reading(self._engine) as connection:
            return [Entry(*row) for row in connection.execute(query)]

    def verify(self) -> Verdict:
        """Recompute the chain from its first row to its end."""
        with reading(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                # One moment for all of it: rows written meanwhile would look like a wrong end.
                connection.execution_options(isolation_level="REPEATABLE READ")
            end = connection.execute(select(AUDIT_END)).first()
            seq, seal = 0, START
            for row in _all(connection):
                written, at, *access, sealed = row
                seal = self._seal(seal, written, instant_text(at), access)
                seq += 1
                if written != seq:
                    return Verdict(seq, seal, seq, f"row {seq} is missing")
                if not hmac.compare_digest(sealed, seal):
                    return Verdict(seq, seal, seq, f"row {seq} was changed or put in")
        if end is None:
            missing = "the end of the chain is missing" if seq else None
            return Verdict(seq, seal, seq or None, missing)
        if not hmac.compare_digest(end.proof, self._proof(end.seq, end.seal)):
            return Verdict(seq, seal, seq, "the end of the chain was changed")
        if (end.seq, end.seal) != (seq, seal):
            return Verdict(seq, seal, seq, f"of {end.seq} rows the last ones are missing")
        return Verdict(seq, seal, None, None)

    def _end(self, connection: Connection) -> tuple[int, str]:
        """The last row's number and seal, held until this transaction ends."""
        query = _END.with_for_update() if connection.dialect.name == "postgresql" else _END
        row = connection.execute(query).first()
        if row is None:
            first = {"id": 1, "seq": 0, "seal": START, "proof": self._proof(0, START)}
            connection.execute(self._dialect.insert(AUDIT_END).on_conflict_do_nothing(), first)
            row = connection.execute(query).one()
        return int(row.seq), str(row.seal)

    def _seal(self, before: str, seq: int, at: str, access: Sequence[str | None]) -> str:
        said = orjson.dumps([before, seq, at, *access])
        return hmac.digest(self._key, said, hashlib.sha256).hex()

    def _proof(self, seq: int, seal: str) -> str:
        return hmac.digest(self._key, f"end|{seq}|{seal}".encode(), hashlib.sha256).hex()


class AuditWriter:
    """Group commit: requests that wait together are written by one transaction of one thread."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._waiting: deque[tuple[Sequence[Access], Future[None]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="audit", daemon=True)
        self._thread.start()

    def submit(self, accesses: Sequence[Access]) -> Future[None]:
        """Done when the rows are durable; fails with StoreUnavailable."""
        future: Future[None] = Future()
        with self._changed:
            if self._closed or len(self._waiting) > MOST_WAITING:
                raise StoreUnavailable(
                    "The audit log cannot be written.", cure="Repeat the request in a moment."
                )
            self._waiting.append((accesses, future))
            self._changed.notify()
        return future

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                group = [self._waiting.popleft() for _ in range(len(self._waiting))]
            running = [(a, f) for a, f in group if f.set_running_or_notify_cancel()]
            self._commit(running)

    def _commit(self, group: list[tuple[Sequence[Access], Future[None]]]) -> None:
        try:
            self._audit.append([access for accesses, _ in group for access in accesses])
        except Exception as error:  # noqa: BLE001  # the writer must outlive any one group
            failure = StoreUnavailable(
                "The audit log could not be written.", cure="Repeat the request in a moment."
            )
            failure.__cause__ = error
            for _, future in group:
                future.set_exception(failure)
        else:
            for _, future in group:
                future.set_result(None)


_COLUMNS: list[Any] = [AUDIT.c[name] for name in Entry._fields]


def _conditions(
    student_id: str | None, actor: str | None, before: int | None
) -> Iterator[ColumnElement[bool]]:
    if student_id is not None:
        yield AUDIT.c.student_id == student_id
    if actor is not None:
        yield AUDIT.c.actor == actor
    if before is not None:
        yield AUDIT.c.seq < before


def _all(connection: Connection) -> Iterable[Any]:
    """Every row in order, some at a time."""
    last = 0
    while True:
        query = (
            select(*_COLUMNS, AUDIT.c.seal)
            .where(AUDIT.c.seq > last)
            .order_by(AUDIT.c.seq)
            .limit(ROWS_AT_ONCE)
        )
        rows = connection.execute(query).all()
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].seq
