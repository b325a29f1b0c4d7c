"""Planned breaks: days on which nobody expects a student to learn, so that no streak ends there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, or_, select

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidEvent
from warehouse.event_fields import checked_name
from warehouse.store.schema import BREAKS
from warehouse.store.transactions import reading, writing

MOST_DAYS = 92
MOST_BREAKS = 200
NAME_LENGTH = 200


class Break(NamedTuple):
    """Days without learning, both included, of one student or of a class."""

    break_id: str
    student_id: str | None
    class_id: str | None
    first_day: date
    last_day: date
    name: str
    set_by: str
    set_by_role: str
    recorded_at: datetime


class Breaks:
    """Breaks of students and of classes."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def plan(
        self,
        first_day: date,
        last_day: date,
        *,
        student_id: str | None = None,
        class_id: str | None = None,
        name: str = "",
        set_by: str,
        set_by_role: str,
    ) -> Break:
        """Plan a break of one student or of one class; the same again is the one that there is.

        Raises:
            InvalidEvent: its days are in the wrong order, too many, or one too many breaks.
        """
        owner = ("student_id", student_id) if student_id is not None else ("class_id", class_id)
        checked_name(owner[0], owner[1])
        _check_days(first_day, last_day)
        planned = Break(
            str(uuid_utils.uuid7()),
            student_id,
            class_id if student_id is None else None,
            first_day,
            last_day,
            name[:NAME_LENGTH],
            set_by,
            set_by_role,
            self._clock(),
        )
        with writing(self._engine) as connection:
            there = _rows(connection, BREAKS.c[owner[0]] == owner[1])
            for known in there:
                if known[3:6] == planned[3:6]:  # days and name: a request sent twice
                    return known
            if len(there) >= MOST_BREAKS:
                raise InvalidEvent(
                    f"There are {MOST_BREAKS} breaks already.", cure="Remove those long past."
                )
            connection.execute(insert(BREAKS), planned._asdict())
        return planned

    def remove(self, break_id: str) -> bool:
        """Take a break back; says whether there was one."""
        with writing(self._engine) as connection:
            done = connection.execute(delete(BREAKS).where(BREAKS.c.break_id == break_id))
        return done.rowcount > 0

    def one(self, break_id: str) -> Break | None:
        """A break by its id."""
        return next(iter(self._rows(BREAKS.c.break_id == break_id)), None)

    def of_student(self, student_id: str, class_ids: list[str]) -> list[Break]:
        """A student's own breaks and those of these classes, by day."""
        return self._rows(or_(BREAKS.c.student_id == student_id, BREAKS.c.class_id.in_(class_ids)))

    def of_class(self, class_id: str) -> list[Break]:
        """The breaks of a class, by day."""
        return self._rows(BREAKS.c.class_id == class_id)

    def _rows(self, which: ColumnElement[bool]) -> list[Break]:
        with reading(self._engine) as connection:
            return _rows(connection, which)


def _rows(connection: Connection, which: ColumnElement[bool]) -> list[Break]:
    columns: list[Any] = [BREAKS.c[name] for name in Break._fields]
    query = select(*columns).where(which).order_by(BREAKS.c.first_day, BREAKS.c.break_id)
    return [Break(*row) for row in connection.execute(query)]


def _check_days(first_day: date, last_day: date) -> None:
    days = (last_day - first_day).days + 1
    if days < 1:
        raise InvalidEvent(
            f"The break ends on {last_day}, before it begins on {first_day}.",
            cure="Send its last day, which is included.",
            field="last_day",
        )
    if days > MOST_DAYS:
        raise InvalidEvent(
            f"The break lasts {days} days.",
            cure=f"A break has at most {MOST_DAYS} days.",
            field="last_day",
        )
