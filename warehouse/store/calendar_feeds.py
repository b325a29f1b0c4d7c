"""Addresses of calendar feeds: whoever knows one may read it, so only a hash of its secret is kept.

A calendar program cannot sign in. A feed is about one student and held by one person, the student
or a parent; it goes with either of them.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    ForeignKey,
    String,
    Table,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.event_fields import checked_name
from warehouse.store.people import STUDENT
from warehouse.store.schema import METADATA, PEOPLE, Instant
from warehouse.store.students import SOURCE
from warehouse.store.transactions import reading, writing

SECRET_BYTES = 32
PARENT = "parent"

CALENDAR_FEEDS = Table(
    "calendar_feeds",
    METADATA,
    Column("student_id", ForeignKey(PEOPLE.c.person_id, ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey(PEOPLE.c.person_id, ondelete="CASCADE"), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
)


class CalendarFeed(NamedTuple):
    """A feed about a student, held by somebody."""

    student_id: str
    person_id: str
    made_at: datetime

    @property
    def role(self) -> str:
        """What its holder is to the student."""
        return STUDENT if self.person_id == self.student_id else PARENT


class CalendarFeeds:
    """Feeds by student and holder, found again by their secret."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def make(self, student_id: str, person_id: str) -> str:
        """A new secret for a holder; the one before opens nothing from now on."""
        now, secret = self._clock(), secrets.token_urlsafe(SECRET_BYTES)
        who = {checked_name("student_id", student_id), checked_name("person_id", person_id)}
        fresh = {"secret_hash": _hash(secret), "made_at": now}
        noted = {"active": True, "source": SOURCE, "recorded_at": now, "changed_at": now}
        with writing(self._engine) as connection:
            connection.execute(
                self._dialect.insert(PEOPLE).on_conflict_do_nothing(),
                [{"person_id": one, **noted} for one in sorted(who)],
            )
            connection.execute(
                self._dialect.insert(CALENDAR_FEEDS).on_conflict_do_update(
                    index_elements=["student_id", "person_id"], set_=fresh
                ),
                {"student_id": student_id, "person_id": person_id, **fresh},
            )
        return secret

    def found(self, secret: str) -> CalendarFeed | None:
        """The feed that a secret opens."""
        return next(iter(self._rows(CALENDAR_FEEDS.c.secret_hash == _hash(secret))), None)

    def of(self, student_id: str) -> list[CalendarFeed]:
        """Every feed about a student, by its holder."""
        return self._rows(CALENDAR_FEEDS.c.student_id == student_id)

    def remove(self, student_id: str, person_id: str | None = None) -> None:
        """Switch off the feed of a holder, or all about a student."""
        with writing(self._engine) as connection:
            connection.execute(delete(CALENDAR_FEEDS).where(*_of(student_id, person_id)))

    def _rows(self, which: ColumnElement[bool]) -> list[CalendarFeed]:
        columns = [CALENDAR_FEEDS.c[name] for name in CalendarFeed._fields]
        query = select(*columns).where(which).order_by(CALENDAR_FEEDS.c.person_id)
        with reading(self._engine) as connection:
            return [CalendarFeed(*row) for row in connection.execute(query)]


def _of(student_id: str, person_id: str | None) -> list[ColumnElement[bool]]:
    which = [CALENDAR_FEEDS.c.student_id == student_id]
    if person_id is not None:
        which.append(CALENDAR_FEEDS.c.person_id == person_id)
    return which


def _hash(secret: str) -> str:
    """It is random and long: a slow hash would protect nothing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
