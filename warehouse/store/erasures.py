"""Requests to erase a student's record: asked by a parent, answered by the school.

Here they are only asked and answered. Erasing itself is the school's decision, and no program's.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, Engine, Index, String, Table, insert, select, text, update
from uuid_utils import uuid7

from warehouse.clock import Clock, utc_now
from warehouse.event_fields import checked_name
from warehouse.store.schema import METADATA, Instant
from warehouse.store.transactions import reading, writing

ERASURES = Table(
    "erasure_requests",
    METADATA,
    Column("request_id", String(36), primary_key=True),
    Column("student_id", String(128), nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_by", String(128)),
    Column("answered_at", Instant, comment="null while it is open"),
)
# One open request a student: asking twice is asking once.
Index(
    "uq_erasure_requests_open",
    ERASURES.c.student_id,
    unique=True,
    sqlite_where=text("answered_at is null"),
    postgresql_where=text("answered_at is null"),
)


class Erasure(NamedTuple):
    """A request; open until somebody has answered it."""

    request_id: str
    student_id: str
    asked_by: str
    asked_at: datetime
    answered_by: str | None
    answered_at: datetime | None


class Erasures:
    """Requests by student, the latest first."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, student_id: str, asked_by: str) -> None:
        """Ask for it; while a request is open, again is no harm."""
        row = {
            "request_id": str(uuid7()),
            "student_id": checked_name("student_id", student_id),
            "asked_by": asked_by,
            "asked_at": self._clock(),
        }
        is_open = select(ERASURES.c.request_id).where(
            ERASURES.c.student_id == student_id, ERASURES.c.answered_at.is_(None)
        )
        with writing(self._engine) as connection:
            if connection.execute(is_open).first() is None:
                connection.execute(insert(ERASURES), row)

    def answer(self, request_id: str, answered_by: str) -> None:
        """Close a request; one that is closed stays as it was."""
        closing = (
            update(ERASURES)
            .where(ERASURES.c.request_id == request_id, ERASURES.c.answered_at.is_(None))
            .values(answered_by=answered_by, answered_at=self._clock())
        )
        with writing(self._engine) as connection:
            connection.execute(closing)

    def of(self, student_id: str) -> list[Erasure]:
        """Those about a student."""
        return self._rows(student_id)

    def all(self) -> list[Erasure]:
        """Those about anybody."""
        return self._rows(None)

    def _rows(self, student_id: str | None) -> list[Erasure]:
        query = select(*(ERASURES.c[name] for name in Erasure._fields))
        if student_id is not None:
            query = query.where(ERASURES.c.student_id == student_id)
        query = query.order_by(ERASURES.c.asked_at.desc(), ERASURES.c.request_id)
        with reading(self._engine) as connection:
            return [Erasure(*row) for row in connection.execute(query)]
