"""What dashboards need to know of many people at once, as it is at the moment of a request.

Each question is one statement for all of them: a class of forty costs hardly more than one student.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from warehouse.store.goals import Goal
from warehouse.store.people import EDUCATOR, STUDENT
from warehouse.store.schema import BREAKS, CLASSES, ENROLMENTS, GOALS, PEOPLE, ROLES
from warehouse.store.transactions import IDS_A_QUERY, batched, reading


class Profile(NamedTuple):
    """What a dashboard shows of a person."""

    person_id: str
    name: str | None
    time_zone: str | None


class Member(NamedTuple):
    """A student in a class that an educator teaches; both null in a class without students."""

    class_id: str
    class_name: str
    student_id: str | None
    name: str | None


class PlannedBreak(NamedTuple):
    """Planned days without learning of one student, by themselves or with their class."""

    student_id: str
    first_day: date
    last_day: date


class About(NamedTuple):
    """What the store says of some students."""

    profiles: dict[str, Profile]
    goals: list[Goal]
    breaks: list[PlannedBreak]


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# Put together once: building a statement takes longer than running it.
_PROFILES = select(*(PEOPLE.c[name] for name in Profile._fields)).where(
    PEOPLE.c.person_id.in_(_IDS)
)
_GOALS = (
    select(*(GOALS.c[name] for name in Goal._fields))
    .where(GOALS.c.student_id.in_(_IDS))
    .order_by(GOALS.c.student_id, GOALS.c.from_week)
)
_STILL_ON = BREAKS.c.last_day >= bindparam("since")
_OWN_BREAKS = select(BREAKS.c.student_id, BREAKS.c.first_day, BREAKS.c.last_day).where(
    BREAKS.c.student_id.in_(_IDS), _STILL_ON
)
_CLASS_BREAKS = (
    select(
        ENROLMENTS.c.person_id,
        BREAKS.c.first_day,
        BREAKS.c.last_day,
        ENROLMENTS.c.valid_from,
        ENROLMENTS.c.valid_until,
    )
    .join(BREAKS, BREAKS.c.class_id == ENROLMENTS.c.class_id)
    .where(ENROLMENTS.c.person_id.in_(_IDS), ENROLMENTS.c.role == STUDENT, _STILL_ON)
)


def _holds(table: Any) -> ColumnElement[bool]:
    at: BindParameter[Any] = bindparam("at")
    return and_(
        or_(table.c.valid_from.is_(None), table.c.valid_from <= at),
        or_(table.c.valid_until.is_(None), table.c.valid_until > at),
    )


_MINE, _THEIRS = ENROLMENTS.alias("mine"), ENROLMENTS.alias("theirs")
_TAUGHT_BY = (
    select(CLASSES.c.class_id, CLASSES.c.name, _THEIRS.c.person_id, PEOPLE.c.name)
    .select_from(CLASSES)
    .join(_MINE, _MINE.c.class_id == CLASSES.c.class_id)
    .outerjoin(
        _THEIRS,
        and_(
            _THEIRS.c.class_id == CLASSES.c.class_id,
            _THEIRS.c.role == STUDENT,
            _holds(_THEIRS),
        ),
    )
    .outerjoin(PEOPLE, PEOPLE.c.person_id == _THEIRS.c.person_id)
    .where(
        CLASSES.c.active,
        _MINE.c.person_id == bindparam("educator_id"),
        _MINE.c.role == EDUCATOR,
        _holds(_MINE),
    )
    .order_by(CLASSES.c.class_id, PEOPLE.c.name, _THEIRS.c.person_id)
)


class Rosters:
    """People of dashboards: names, classes with their students, goals, breaks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def profiles(self, person_ids: Sequence[str]) -> dict[str, Profile]:
        """Those of the people who are known, by id."""
        with reading(self._engine) as connection:
            return _profiles(connection, person_ids)

    def about(self, student_ids: Sequence[str], others: Sequence[str], since: date) -> About:
        """What belongs to these students now, with the names of others beside theirs."""
        with reading(self._engine) as connection:
            return About(
                _profiles(connection, [*student_ids, *others]),
                _goals(connection, student_ids),
                _breaks(connection, student_ids, since),
            )

    def taught_by(self, educator_id: str, at: datetime) -> list[Member]:
        """The active classes that an educator teaches, with their students, at an instant."""
        with reading(self._engine) as connection:
            found = connection.execute(_TAUGHT_BY, {"educator_id": educator_id, "at": at})
            return [Member(*row) for row in found]

    def counts(self) -> dict[str, int]:
        """Active people by role, and active classes."""
        by_role = (
            select(ROLES.c.role, func.count())
            .join(PEOPLE)
            .where(PEOPLE.c.active)
            .group_by(ROLES.c.role)
            .order_by(ROLES.c.role)
        )
        classes = select(func.count()).select_from(CLASSES).where(CLASSES.c.active)
        with reading(self._engine) as connection:
            found = {row[0]: row[1] for row in connection.execute(by_role)}
            return {**found, "classes": connection.execute(classes).scalar_one()}


def _profiles(connection: Connection, person_ids: Sequence[str]) -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    for some in batched(person_ids, IDS_A_QUERY):
        rows = connection.execute(_PROFILES, {"ids": list(some)})
        found.update((row.person_id, Profile(*row)) for row in rows)
    return found


def _goals(connection: Connection, student_ids: Sequence[str]) -> list[Goal]:
    """All goals of these students, oldest first."""
    return [Goal(*row) for row in connection.execute(_GOALS, {"ids": list(student_ids)})]


def _breaks(connection: Connection, student_ids: Sequence[str], since: date) -> list[PlannedBreak]:
    """Breaks of these students and of the classes they are or were in, still on at `since`."""
    given = {"ids": list(student_ids), "since": since}
    own = [PlannedBreak(*row) for row in connection.execute(_OWN_BREAKS, given)]
    return sorted(own + [_while_enrolled(*row) for row in connection.execute(_CLASS_BREAKS, given)])


def _while_enrolled(
    student_id: str, first: date, last: date, since: datetime | None, until: datetime | None
) -> PlannedBreak:
    """The days of a class's break on which the student was in the class (days in UTC)."""
    return PlannedBreak(
        student_id,
        max(first, since.date()) if since else first,
        min(last, until.date()) if until else last,
    )
