"""People and how they are related: who guards whom, who teaches and learns in which class.

Relations are read here at the moment of a request, so that one taken away is gone at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, Table, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.store.schema import BREAKS, CLASSES, ENROLMENTS, GUARDIANS, PEOPLE, ROLES
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing

STUDENT, EDUCATOR = "student", "educator"


class Person(NamedTuple):
    """Anybody whom the service knows by name."""

    person_id: str
    name: str | None
    email: str | None
    time_zone: str | None
    locale: str | None
    active: bool


class SchoolClass(NamedTuple):
    """A class."""

    class_id: str
    name: str
    school_id: str | None
    time_zone: str | None
    leaderboard_enabled: bool
    active: bool


class Guardian(NamedTuple):
    """What gives a guardian sight of a student: consent, from a first instant up to a last one."""

    student_id: str
    guardian_id: str
    relation: str
    consent: bool
    valid_from: datetime | None
    valid_until: datetime | None


class Enrolment(NamedTuple):
    """A student or an educator in a class."""

    class_id: str
    person_id: str
    role: str
    valid_from: datetime | None
    valid_until: datetime | None


class People:
    """Everybody, their classes and families."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def put(
        self,
        people: Iterable[Person] = (),
        *,
        roles: Iterable[tuple[str, str]] = (),
        classes: Iterable[SchoolClass] = (),
        enrolments: Iterable[Enrolment] = (),
        guardians: Iterable[Guardian] = (),
        source: str,
    ) -> None:
        """Add what is new and replace what is known, all or nothing."""
        now = self._clock()
        noted = {"source": source, "recorded_at": now}
        with writing(self._engine) as connection:
            for table, rows in (
                (PEOPLE, [{**p._asdict(), **noted, "changed_at": now} for p in people]),
                (ROLES, [{"person_id": p, "role": role} for p, role in roles]),
                (CLASSES, [{**c._asdict(), **noted} for c in classes]),
                (ENROLMENTS, [{**e._asdict(), **noted} for e in enrolments]),
                (
                    GUARDIANS,
                    [{**g._asdict(), **noted, "consent_source": source} for g in guardians],
                ),
            ):
                if rows:
                    connection.execute(self._upsert(table), rows)

    def person(self, person_id: str) -> Person | None:
        """Somebody by id."""
        columns = [PEOPLE.c[name] for name in Person._fields]
        with reading(self._engine) as connection:
            row = connection.execute(
                select(*columns).where(PEOPLE.c.person_id == person_id)
            ).first()
        return Person(*row) if row else None

    def names(self, person_ids: Iterable[str]) -> dict[str, str]:
        """The names of those who have one."""
        found: dict[str, str] = {}
        with reading(self._engine) as connection:
            for some in batched(list(person_ids), IDS_A_QUERY):
                query = select(PEOPLE.c.person_id, PEOPLE.c.name).where(
                    PEOPLE.c.person_id.in_(some), PEOPLE.c.name.is_not(None)
                )
                found.update((row.person_id, row.name) for row in connection.execute(query))
        return found

    def school_class(self, class_id: str) -> SchoolClass | None:
        """A class by id."""
        columns = [CLASSES.c[name] for name in SchoolClass._fields]
        with reading(self._engine) as connection:
            row = connection.execute(select(*columns).where(CLASSES.c.class_id == class_id)).first()
        return SchoolClass(*row) if row else None

    def active_classes(self) -> list[SchoolClass]:
        """Every class that goes on, by id."""
        columns = [CLASSES.c[name] for name in SchoolClass._fields]
        query = select(*columns).where(CLASSES.c.active).order_by(CLASSES.c.class_id)
        with reading(self._engine) as connection:
            return [SchoolClass(*row) for row in connection.execute(query)]

    def of_source(self, source: str) -> list[tuple[Person, str]]:
        """Everybody from one source with one of their roles each, by role and id."""
        columns = [PEOPLE.c[name] for name in Person._fields]
        query = (
            select(*columns, ROLES.c.role)
            .join(ROLES)
            .where(PEOPLE.c.source == source, PEOPLE.c.active)
            .order_by(ROLES.c.role, PEOPLE.c.person_id)
        )
        with reading(self._engine) as connection:
            return [(Person(*row[:-1]), str(row.role)) for row in connection.execute(query)]

    def any_not_of(self, sources: Iterable[str]) -> bool:
        """Whether somebody is known from elsewhere than these sources."""
        query = select(PEOPLE.c.person_id).where(PEOPLE.c.source.not_in(list(sources))).limit(1)
        return bool(self._ids(query))

    def inactive(self) -> frozenset[str]:
        """Those who may not use the service any more."""
        return frozenset(self._ids(select(PEOPLE.c.person_id).where(~PEOPLE.c.active)))

    def children_of(self, guardian_id: str, at: datetime) -> list[str]:
        """The students whom a guardian may see."""
        query = select(GUARDIANS.c.student_id).where(_guards(guardian_id, at))
        return self._ids(query.order_by(GUARDIANS.c.student_id))

    def guards(self, guardian_id: str, student_id: str, at: datetime) -> bool:
        """Whether a guardian may see a student."""
        query = select(GUARDIANS.c.student_id).where(
            _guards(guardian_id, at), GUARDIANS.c.student_id == student_id
        )
        return bool(self._ids(query))

    def classes_of(self, educator_id: str, at: datetime) -> list[str]:
        """The active classes that an educator teaches."""
        return self._ids(
            select(ENROLMENTS.c.class_id)
            .join(CLASSES)
            .where(CLASSES.c.active, _in_class(educator_id, EDUCATOR, at))
            .order_by(ENROLMENTS.c.class_id)
        )

    def students_of(self, class_id: str, at: datetime) -> list[str]:
        """The students of a class."""
        query = select(ENROLMENTS.c.person_id).where(
            ENROLMENTS.c.class_id == class_id,
            ENROLMENTS.c.role == STUDENT,
            _holds(ENROLMENTS, at),
        )
        return self._ids(query.order_by(ENROLMENTS.c.person_id))

    def attended_by(self, student_id: str, at: datetime) -> list[str]:
        """The active classes in which a student learns."""
        return self._ids(
            select(ENROLMENTS.c.class_id)
            .join(CLASSES)
            .where(CLASSES.c.active, _in_class(student_id, STUDENT, at))
            .order_by(ENROLMENTS.c.class_id)
        )

    def teaches(self, educator_id: str, student_id: str, at: datetime) -> bool:
        """Whether a student is in one of an educator's classes."""
        theirs = ENROLMENTS.alias("theirs")
        query = (
            select(ENROLMENTS.c.class_id)
            .select_from(ENROLMENTS.join(CLASSES))
            .join(theirs, theirs.c.class_id == ENROLMENTS.c.class_id)
            .where(
                CLASSES.c.active,
                _in_class(educator_id, EDUCATOR, at),
                theirs.c.person_id == student_id,
                theirs.c.role == STUDENT,
                _holds(theirs, at),
            )
            .limit(1)
        )
        return bool(self._ids(query))

    def teachers_of(self, student_id: str, at: datetime) -> list[str]:
        """Those who teach a student in an active class."""
        theirs = ENROLMENTS.alias("theirs")
        query = (
            select(ENROLMENTS.c.person_id)
            .distinct()
            .select_from(ENROLMENTS.join(CLASSES))
            .join(theirs, theirs.c.class_id == ENROLMENTS.c.class_id)
            .where(
                CLASSES.c.active,
                ENROLMENTS.c.role == EDUCATOR,
                _holds(ENROLMENTS, at),
                theirs.c.person_id == student_id,
                theirs.c.role == STUDENT,
                _holds(theirs, at),
            )
            .order_by(ENROLMENTS.c.person_id)
        )
        return self._ids(query)

    def switch_leaderboard(self, class_id: str, *, enabled: bool) -> None:
        """Give a class a leaderboard, or none."""
        with writing(self._engine) as connection:
            connection.execute(
                update(CLASSES)
                .where(CLASSES.c.class_id == class_id)
                .values(leaderboard_enabled=enabled)
            )

    def tables(
        self, columns: Mapping[str, Iterable[str]] | None = None
    ) -> Mapping[str, Sequence[Any]]:
        """People, roles, classes, enrolments, guardians and breaks as they are now, as rows.

        `columns` names the tables wanted, and of each the columns; what is not read costs nothing.
        """
        found = {}
        with reading(self._engine) as connection:
            for table in (PEOPLE, ROLES, CLASSES, ENROLMENTS, GUARDIANS, BREAKS):
                if columns is not None and table.name not in columns:
                    continue
                wanted = [table.c[name] for name in columns[table.name]] if columns else [table]
                query = select(*wanted).order_by(*table.primary_key)
                found[table.name] = connection.execute(query).all()
        return found

    def _upsert(self, table: Table) -> Any:
        insert = self._dialect.insert(table)
        keys = {column.name for column in table.primary_key}
        changed = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
        changed.pop("recorded_at", None)
        if not changed:
            return insert.on_conflict_do_nothing()
        return insert.on_conflict_do_update(index_elements=sorted(keys), set_=changed)

    def _ids(self, query: Any) -> list[str]:
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())


def _holds(table: Any, at: datetime) -> ColumnElement[bool]:
    return and_(
        or_(table.c.valid_from.is_(None), table.c.valid_from <= at),
        or_(table.c.valid_until.is_(None), table.c.valid_until > at),
    )


def _guards(guardian_id: str, at: datetime) -> ColumnElement[bool]:
    return and_(GUARDIANS.c.guardian_id == guardian_id, GUARDIANS.c.consent, _holds(GUARDIANS, at))


def _in_class(person_id: str, role: str, at: datetime) -> ColumnElement[bool]:
    return and_(
        ENROLMENTS.c.person_id == person_id, ENROLMENTS.c.role == role, _holds(ENROLMENTS, at)
    )
