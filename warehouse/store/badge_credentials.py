"""Badges that were taken out as credentials: each with its place in a list of what is revoked.

What a credential says is not kept, since it is made of the tables each time; only what must stay
the same is: its random id and salt, and its bit, at random so that it tells no order.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import StoreUnavailable
from warehouse.event_fields import checked_name, checked_title
from warehouse.store.schema import METADATA, Instant
from warehouse.store.transactions import reading, writing

LIST_SIZE = 131_072  # the smallest that the standard allows: one among so many tells nothing
LIST_FULL = LIST_SIZE // 2  # a free place is found soon
SALT_BYTES = 16
TRIES = 20

BADGE_CREDENTIALS = Table(
    "badge_credentials",
    METADATA,
    Column("credential_id", String(36), primary_key=True),
    Column("student_id", String(128), nullable=False),
    Column("badge_id", String(64), nullable=False),
    Column("subject_id", String(128), nullable=False, comment="empty but for those of a subject"),
    Column("salt", String(32), nullable=False, comment="of the hashed identity in it"),
    Column("list_number", Integer, nullable=False, comment="which list says if it is revoked"),
    Column("list_index", Integer, nullable=False, comment="its bit there"),
    Column("issued_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", String(128)),
    Column("reason", String(200)),
    UniqueConstraint("student_id", "badge_id", "subject_id"),
    UniqueConstraint("list_number", "list_index"),
)
Index(None, BADGE_CREDENTIALS.c.list_number, BADGE_CREDENTIALS.c.revoked_at)  # for the mark


class BadgeCredential(NamedTuple):
    """A badge that was taken out, as far as the store knows it."""

    credential_id: str
    student_id: str
    badge_id: str
    subject_id: str
    salt: str
    list_number: int
    list_index: int
    issued_at: datetime
    revoked_at: datetime | None
    reason: str | None


class Mark(NamedTuple):
    """How many bits of a list are given, and how many taken back; neither ever shrinks."""

    given: int
    revoked: int


class BadgeCredentials:
    """Credentials by badge and by list."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def take_out(self, student_id: str, badge_id: str, subject_id: str | None) -> BadgeCredential:
        """The credential of a badge; the first time, a new one."""
        checked_name("student_id", student_id)
        columns = BADGE_CREDENTIALS.c
        same = (columns.student_id == student_id) & (columns.badge_id == badge_id)
        same &= columns.subject_id == (subject_id or "")
        for _ in range(TRIES):
            found = self._rows(same)
            if found:
                return found[0]
            self._add(student_id, badge_id, subject_id or "")
        raise StoreUnavailable(
            "No place in a status list was found for a credential.",
            cure="Try again; it is chosen at random.",
        )

    def of_student(self, student_id: str) -> list[BadgeCredential]:
        """All of a student, the oldest first."""
        return self._rows(BADGE_CREDENTIALS.c.student_id == student_id)

    def of_list(self, list_number: int) -> list[BadgeCredential]:
        """All whose bits stand in a list."""
        return self._rows(BADGE_CREDENTIALS.c.list_number == list_number)

    def mark(self, list_number: int) -> Mark:
        """How far a list has come."""
        columns = BADGE_CREDENTIALS.c
        query = select(func.count(), func.count(columns.revoked_at)).where(
            columns.list_number == list_number
        )
        with reading(self._engine) as connection:
            return Mark(*connection.execute(query).one())

    def revoke(self, student_id: str, credential_id: str, by: str, reason: str) -> bool:
        """Take a credential back for good; says whether the student has it."""
        columns = BADGE_CREDENTIALS.c
        same = (columns.credential_id == credential_id) & (columns.student_id == student_id)
        revoked = {
            "revoked_at": self._clock(),
            "revoked_by": by,
            "reason": checked_title("reason", reason),
        }
        with writing(self._engine) as connection:
            connection.execute(
                update(BADGE_CREDENTIALS).where(same, columns.revoked_at.is_(None)).values(revoked)
            )
        return bool(self._rows(same))

    def _add(self, student_id: str, badge_id: str, subject_id: str) -> None:
        """Nothing, where somebody was quicker or the place is taken."""
        with writing(self._engine) as connection:
            row = {
                "credential_id": str(uuid4()),
                "student_id": student_id,
                "badge_id": badge_id,
                "subject_id": subject_id,
                "salt": secrets.token_hex(SALT_BYTES),
                "list_number": _open_list(connection),
                "list_index": secrets.randbelow(LIST_SIZE),
                "issued_at": self._clock(),
            }
            connection.execute(
                self._dialect.insert(BADGE_CREDENTIALS).on_conflict_do_nothing(), row
            )

    def _rows(self, which: ColumnElement[bool]) -> list[BadgeCredential]:
        columns = [BADGE_CREDENTIALS.c[name] for name in BadgeCredential._fields]
        query = (
            select(*columns)
            .where(which)
            .order_by(BADGE_CREDENTIALS.c.issued_at, BADGE_CREDENTIALS.c.credential_id)
        )
        with reading(self._engine) as connection:
            return [BadgeCredential(*row) for row in connection.execute(query)]


def _open_list(connection: Connection) -> int:
    number = BADGE_CREDENTIALS.c.list_number
    latest = select(number, func.count()).group_by(number).order_by(number.desc()).limit(1)
    row = connection.execute(latest).first()
    if row is None:
        return 1
    return int(row[0]) + (int(row[1]) >= LIST_FULL)
