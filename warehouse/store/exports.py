"""Exports as jobs: asked for by the API, taken by a worker, taken over when a worker dies.

A worker says now and then that it is still at a job; who has been silent for a while has lost it.
Every step names its worker, so that one who comes back after all writes nothing over the new one's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import Engine, RowMapping, and_, delete, insert, or_, select, update

from warehouse.clock import Clock, utc_now
from warehouse.store.export_schema import EXPORTS
from warehouse.store.transactions import reading, writing

KEPT = timedelta(hours=24)
SILENT = timedelta(seconds=30)
ATTEMPTS_MAX = 5
OPEN = ("waiting", "running")


class Wanted(NamedTuple):
    """What is asked for, by whom."""

    requested_by: str
    requested_role: str
    form: str
    language: str
    foresees: bool
    first_day: date | None
    end_day: date | None
    student_ids: tuple[str, ...]


class Export(NamedTuple):
    """A job as it stands."""

    export_id: str
    wanted: Wanted
    total: int
    done: int
    state: str
    worker: str | None
    attempts: int
    file_bytes: int | None
    problem: str | None
    requested_at: datetime
    expires_at: datetime


class Exports:
    """Jobs with their states."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, wanted: Wanted) -> Export:
        """Write a job down."""
        now, export_id = self._clock(), str(uuid_utils.uuid7())
        row = {
            **wanted._asdict(),
            "foresees": int(wanted.foresees),
            "student_ids": json.dumps(wanted.student_ids),
            "export_id": export_id,
            "total": len(wanted.student_ids),
            "done": 0,
            "state": "waiting",
            "attempts": 0,
            "requested_at": now,
            "expires_at": now + KEPT,
        }
        with writing(self._engine) as connection:
            connection.execute(insert(EXPORTS), row)
        added = self.one(export_id)
        assert added is not None  # noqa: S101  # it has just been written
        return added

    def one(self, export_id: str) -> Export | None:
        """A job that has not expired."""
        query = select(EXPORTS).where(
            EXPORTS.c.export_id == export_id, EXPORTS.c.expires_at > self._clock()
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        return _export(row) if row else None

    def is_waiting(self) -> bool:
        """Whether there is anything that a worker could take."""
        with reading(self._engine) as connection:
            return connection.execute(self._takeable().limit(1)).first() is not None

    def take(self, worker: str) -> Export | None:
        """Take the oldest job that waits or whose worker is silent."""
        now = self._clock()
        oldest = (
            self._takeable()
            .order_by(EXPORTS.c.requested_at, EXPORTS.c.export_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with writing(self._engine) as connection:
            row = connection.execute(oldest).first()
            if row is None:
                return None
            connection.execute(
                update(EXPORTS)
                .where(EXPORTS.c.export_id == row.export_id)
                .values(state="running", worker=worker, seen_at=now, attempts=row.attempts + 1)
            )
        return self.one(row.export_id)

    def report(self, export_id: str, worker: str, done: int) -> bool:
        """Say how far one is; False where the job is no longer the worker's."""
        return self._step(export_id, worker, done=done, seen_at=self._clock())

    def finish(self, export_id: str, worker: str, file_bytes: int) -> bool:
        """Say that the file is ready."""
        return self._step(
            export_id, worker, state="done", done=EXPORTS.c.total, file_bytes=file_bytes
        )

    def fail(self, export_id: str, worker: str, problem: str) -> bool:
        """Say that it cannot be done, and why."""
        return self._step(export_id, worker, state="failed", problem=problem)

    def cancel(self, export_id: str) -> None:
        """Nobody wants it any more, finished or not."""
        with writing(self._engine) as connection:
            connection.execute(
                update(EXPORTS)
                .where(EXPORTS.c.export_id == export_id, EXPORTS.c.state.in_((*OPEN, "done")))
                .values(state="cancelled")
            )

    def remove_expired(self) -> None:
        """Forget jobs whose time is over."""
        with writing(self._engine) as connection:
            connection.execute(delete(EXPORTS).where(EXPORTS.c.expires_at <= self._clock()))

    def with_files(self) -> set[str]:
        """The ids of the jobs whose files may lie about."""
        query = select(EXPORTS.c.export_id).where(EXPORTS.c.state.in_((*OPEN, "done")))
        with reading(self._engine) as connection:
            return set(connection.execute(query).scalars())

    def _takeable(self) -> Any:
        now = self._clock()
        silent = and_(EXPORTS.c.state == "running", EXPORTS.c.seen_at < now - SILENT)
        return select(EXPORTS).where(
            or_(EXPORTS.c.state == "waiting", silent), EXPORTS.c.expires_at > now
        )

    def _step(self, export_id: str, worker: str, **values: object) -> bool:
        mine = (
            EXPORTS.c.export_id == export_id,
            EXPORTS.c.worker == worker,
            EXPORTS.c.state == "running",
        )
        with writing(self._engine) as connection:
            changed = connection.execute(update(EXPORTS).where(*mine).values(**values))
            return bool(changed.rowcount)


def _export(found: RowMapping) -> Export:
    ids: Sequence[str] = json.loads(found["student_ids"])
    values = {name: found[name] for name in Wanted._fields}
    wanted = Wanted(**values | {"student_ids": tuple(ids), "foresees": bool(found["foresees"])})
    others = {name: found[name] for name in Export._fields if name != "wanted"}
    return Export(wanted=wanted, **others)
