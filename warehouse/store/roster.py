"""Writing a school's roster over what is known, in one transaction, without undoing an admin.

Rows that came from a roster (`source` oneroster) follow the roster. What somebody set here by hand
stays; so does every consent that was taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, delete, insert, select, tuple_, update

from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass
from warehouse.store.schema import CLASSES, ENROLMENTS, GUARDIANS, PEOPLE, ROLES
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing

SOURCE = "oneroster"
# A student's own zone made them known before the school's system did: the roster may name them.
TAKEN_OVER = frozenset({SOURCE, "profile"})
PERSON_FIELDS = ("name", "email", "active")
CLASS_FIELDS = ("name", "school_id", "active")
VALIDITY = ("valid_from", "valid_until")


class Roster(NamedTuple):
    """A package as the store keeps it; `all_…` says that what is not in it has gone.

    Roles and families are told of some people only: of them what is not named has gone.
    """

    people: Sequence[Person]
    roles: Sequence[tuple[str, str]]
    classes: Sequence[SchoolClass]
    enrolments: Sequence[Enrolment]
    guardians: Sequence[Guardian]
    gone_people: Sequence[str]
    gone_classes: Sequence[str]
    gone_enrolments: Sequence[tuple[str, str, str]]
    roles_told_of: Collection[str]
    families_told_of: Collection[str]
    all_people: bool
    all_classes: bool
    all_enrolments: bool


def known(engine: Engine) -> tuple[dict[str, set[str]], set[str]]:
    """Everybody's roles, and the classes."""
    people: dict[str, set[str]] = {}
    with reading(engine) as connection:
        for person_id in connection.execute(select(PEOPLE.c.person_id)).scalars():
            people[person_id] = set()
        for person_id, role in connection.execute(select(ROLES.c.person_id, ROLES.c.role)):
            people[person_id].add(role)
        classes = set(connection.execute(select(CLASSES.c.class_id)).scalars())
    return people, classes


def take_over(engine: Engine, roster: Roster, now: datetime) -> Counter[str]:
    """Make the store follow the roster; returns what changed."""
    with writing(engine) as connection:
        return _Writer(connection, now).write(roster)


class _Writer:
    def __init__(self, connection: Connection, now: datetime) -> None:
        self.connection, self.now = connection, now
        self.changed: Counter[str] = Counter()

    def write(self, roster: Roster) -> Counter[str]:
        people = self._put(
            "people", PEOPLE, [p._asdict() for p in roster.people], PERSON_FIELDS, TAKEN_OVER
        )
        classes = self._put(
            "classes", CLASSES, [c._asdict() for c in roster.classes], CLASS_FIELDS, {SOURCE}
        )
        enrolments = self._put(
            "enrolments",
            ENROLMENTS,
            [e._asdict() for e in roster.enrolments],
            VALIDITY,
            {SOURCE},
        )
        guardians = self._put(
            "guardians",
            GUARDIANS,
            [g._asdict() | {"consent_source": SOURCE} for g in roster.guardians],
            ("relation", *VALIDITY),
            {SOURCE},
        )
        self._roles(roster)
        self._leave(PEOPLE, "people", people if roster.all_people else None, roster.gone_people)
        self._leave(
            CLASSES, "classes", classes if roster.all_classes else None, roster.gone_classes
        )
        kept = enrolments if roster.all_enrolments else None
        gone = set(roster.gone_enrolments) - enrolments
        self._end(ENROLMENTS, "enrolments", kept, gone)
        self._end_families(guardians, None if roster.all_people else roster.families_told_of)
        return self.changed

    def _put(
        self,
        name: str,
        table: Table,
        rows: Sequence[dict[str, Any]],
        fields: Sequence[str],
        ours: Iterable[str],
    ) -> set[Any]:
        """Add new rows and correct those that came from a roster; returns the keys of all."""
        keys = [column.name for column in table.primary_key]
        before = {
            tuple(getattr(row, key) for key in keys): row
            for row in self.connection.execute(select(table))
        }
        added, corrected = [], []
        for row in rows:
            held = before.get(tuple(row[key] for key in keys))
            if held is None:
                added.append({**row, **self._noted(table)})
            elif held.source in ours and any(getattr(held, f) != row[f] for f in fields):
                corrected.append({key: row[key] for key in (*keys, *fields)})
        if added:
            self.connection.execute(insert(table), added)
        self.changed[f"{name} added"] += len(added)
        self._correct(table, keys, fields, corrected)
        self.changed[f"{name} corrected"] += len(corrected)
        return {tuple(row[key] for key in keys) for row in rows}

    def _correct(
        self, table: Table, keys: list[str], fields: Sequence[str], rows: list[dict[str, Any]]
    ) -> None:
        for row in rows:
            change = {field: row[field] for field in fields}
            if "changed_at" in table.c:
                change |= {"changed_at": self.now, "source": SOURCE}
            match = [table.c[key] == row[key] for key in keys]
            self.connection.execute(update(table).where(*match).values(change))

    def _noted(self, table: Table) -> dict[str, Any]:
        noted = {"source": SOURCE, "recorded_at": self.now}
        return noted | ({"changed_at": self.now} if "changed_at" in table.c else {})

    def _roles(self, roster: Roster) -> None:
        """The roles of those of whom the roster tells; admins made here keep that role too."""
        named = sorted(roster.roles_told_of)
        wanted = set(roster.roles)
        held = set()
        for some in batched(named, IDS_A_QUERY):
            query = select(ROLES.c.person_id, ROLES.c.role).where(ROLES.c.person_id.in_(some))
            held |= {(row.person_id, row.role) for row in self.connection.execute(query)}
        added = [{"person_id": p, "role": role} for p, role in sorted(wanted - held)]
        gone = [pair for pair in sorted(held - wanted) if pair[1] != "admin"]
        if added:
            self.connection.execute(insert(ROLES), added)
        for some_gone in range(0, len(gone), IDS_A_QUERY // 2):
            pairs = gone[some_gone : some_gone + IDS_A_QUERY // 2]
            match = tuple_(ROLES.c.person_id, ROLES.c.role).in_(pairs)
            self.connection.execute(delete(ROLES).where(match))
        self.changed["roles changed"] += len(added) + len(gone)

    def _leave(self, table: Table, name: str, kept: set[Any] | None, gone: Sequence[str]) -> None:
        """People and classes that have left are inactive; what was, stays known."""
        (key,) = table.primary_key
        query = select(key).where(table.c.source == SOURCE, table.c.active)
        active = set(self.connection.execute(query).scalars())
        leaving = active & set(gone)
        if kept is not None:
            leaving |= active - {one for (one,) in kept}
        for some in batched(sorted(leaving), IDS_A_QUERY):
            change: dict[str, Any] = {"active": False}
            if "changed_at" in table.c:
                change["changed_at"] = self.now
            self.connection.execute(update(table).where(key.in_(some)).values(change))
        self.changed[f"{name} left"] += len(leaving)

    def _end_families(self, named: set[Any], told_of: Collection[str] | None) -> None:
        """Of the students whom the roster tells of (None: all), guardians not named see no more."""
        query = select(GUARDIANS.c.student_id, GUARDIANS.c.guardian_id)
        held = {tuple(row) for row in self.connection.execute(query)}
        gone = {pair for pair in held - named if told_of is None or pair[0] in told_of}
        self._end(GUARDIANS, "guardians", None, gone)

    def _end(
        self, table: Table, name: str, kept: set[Any] | None, gone: Iterable[tuple[str, ...]]
    ) -> None:
        """Relations that are not on the roster any more end now."""
        keys = list(table.primary_key)
        query = select(*keys, table.c.valid_until).where(table.c.source == SOURCE)
        open_now = {
            tuple(row[:-1])
            for row in self.connection.execute(query)
            if row.valid_until is None or row.valid_until > self.now
        }
        ending = open_now & set(gone)
        if kept is not None:
            ending |= open_now - kept
        for pair in sorted(ending):
            match = [key == value for key, value in zip(keys, pair, strict=True)]
            ended = update(table).where(*match).values(valid_until=self.now)
            self.connection.execute(ended)
        self.changed[f"{name} ended"] += len(ending)
