"""What the store tells a build of people, their plans and the curriculum: relations of `source`.

To read all of it takes seconds in a large school, and most builds meet nothing new. So a snapshot
keeps the stamps of the tables that it was told of, and the next incremental build asks only for the
relations whose tables have another stamp now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from warehouse.build_report import BuildRequest
from warehouse.source_states import SourceStates
from warehouse.store.database import Store

TEXT, WHOLE, FLAG = pa.string(), pa.int64(), pa.bool_()
INSTANT = pa.timestamp("us", tz="UTC")
DAY = pa.date32()
VALIDITY = {"valid_from": INSTANT, "valid_until": INSTANT}
Columns = Mapping[str, pa.DataType]
Rows = Sequence[Sequence[object]]

# Names and addresses stay in the store: no snapshot needs them.
PEOPLE: Mapping[str, Columns] = {
    "people": {"person_id": TEXT, "time_zone": TEXT, "locale": TEXT, "active": FLAG},
    "roles": {"person_id": TEXT, "role": TEXT},
    "classes": {
        "class_id": TEXT,
        "name": TEXT,
        "time_zone": TEXT,
        "leaderboard_enabled": FLAG,
        "active": FLAG,
    },
    "enrolments": {"class_id": TEXT, "person_id": TEXT, "role": TEXT, **VALIDITY},
    "guardians": {
        "student_id": TEXT,
        "guardian_id": TEXT,
        "relation": TEXT,
        "consent": FLAG,
        **VALIDITY,
    },
    "breaks": {
        "break_id": TEXT,
        "student_id": TEXT,
        "class_id": TEXT,
        "first_day": DAY,
        "last_day": DAY,
    },
}
CURRICULUM: Columns = {
    "concept_id": TEXT,
    "subject_id": TEXT,
    "name": TEXT,
    "prerequisites": pa.list_(TEXT),
}
STUDENTS: Columns = {
    "student_id": TEXT,
    "time_zone": TEXT,
    "alias": TEXT,
    "leaderboard_opt_in": FLAG,
}
GOALS: Columns = {"student_id": TEXT, "from_week": DAY, "concepts": WHOLE, "minutes": WHOLE}
RELATIONS: Mapping[str, Columns] = {
    **PEOPLE,
    "curriculum": CURRICULUM,
    "students": STUDENTS,
    "goals": GOALS,
}
# The tables of the store behind a relation, where it is not the one of its name.
BEHIND = {"curriculum": ("concepts", "prerequisites"), "students": ("students", "people")}
STAMPS: Columns = {"table_name": TEXT, "stamp": TEXT}


@dataclass(frozen=True)
class Told:
    """The relations, which of them are the snapshot's own, and the stamps of the tables behind."""

    relations: Mapping[str, pa.Table]
    unchanged: frozenset[str] = frozenset()
    stamps: Mapping[str, str] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, pa.Table]:
        """The relations and the stamps, for an empty workspace."""
        return {**self.relations, "stamps": as_table(STAMPS, list(self.stamps.items()))}

    @property
    def new(self) -> dict[str, pa.Table]:
        """The same without what the copied snapshot holds unchanged."""
        return {name: table for name, table in self.all.items() if name not in self.unchanged}


def told_to(
    request: BuildRequest,
    store: Store,
    states: SourceStates,
    con: duckdb.DuckDBPyConnection | None,
) -> Told:
    """What a build is told: by the store now, which is kept; of a past instant, what was kept."""
    past = request.known_at or request.as_of
    held = states.at(past) if past is not None and past < request.now else None
    if held is not None:
        return Told(held)
    told = told_by(store, con)
    if told.unchanged < RELATIONS.keys():
        states.note(told.relations, request.now)
    return told


def told_by(store: Store, con: duckdb.DuckDBPyConnection | None = None) -> Told:
    """What the store says now; what `con`, a copied snapshot, holds unchanged is read from there.

    A full build gives no `con`, so it reads everything anew whatever the stamps say. Where nothing
    has changed only the curriculum is read: the others, of everybody, nobody will look at.
    """
    stamps = store.stamps.all()
    before = _stamps_of(con) if con is not None else {}
    unchanged = frozenset(
        name
        for name in RELATIONS
        if all(table in before and before[table] == stamps.get(table) for table in behind(name))
    )
    told = store_tables(store, RELATIONS.keys() - unchanged)
    if con is not None:
        looked_at = unchanged if unchanged < RELATIONS.keys() else {"curriculum"}
        told |= {name: _held(con, name) for name in looked_at}
    return Told(told, unchanged, stamps)


def behind(relation: str) -> tuple[str, ...]:
    """The tables of the store that a relation is read from."""
    return BEHIND.get(relation, (relation,))


def _stamps_of(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    there = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'source' and table_name = 'stamps'"
    )
    if there.fetchone() is None:
        return {}  # made by a version that kept none
    return dict(con.execute("select table_name, stamp from source.stamps").fetchall())


def _held(con: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    columns = RELATIONS[name]
    found = con.sql(f"select {', '.join(columns)} from source.{name}").to_arrow_table()
    return found.cast(pa.schema(list(columns.items())))


def store_tables(store: Store, names: Collection[str] = RELATIONS.keys()) -> dict[str, pa.Table]:
    """Relations as the store has them now."""
    people = {name: columns for name, columns in PEOPLE.items() if name in names}
    rows = store.people.tables(people) if people else {}
    found = {name: as_table(PEOPLE[name], rows[name]) for name in people}
    others = {name: read for name, read in _OTHERS.items() if name in names}
    return found | {name: as_table(RELATIONS[name], read(store)) for name, read in others.items()}


_OTHERS: Mapping[str, Callable[[Store], Rows]] = {
    "curriculum": lambda store: [
        (c.concept_id, c.subject_id, c.name, list(c.prerequisites)) for c in store.curriculum.all()
    ],
    "students": lambda store: [
        (s.student_id, s.time_zone, s.alias, s.leaderboard_opt_in) for s in store.students.all()
    ],
    "goals": lambda store: [
        (g.student_id, g.from_week, g.concepts, g.minutes) for g in store.goals.all()
    ],
}


def as_table(columns: Columns, rows: Rows) -> pa.Table:
    """Rows as a table with these columns."""
    schema = pa.schema(list(columns.items()))
    if not rows:
        return schema.empty_table()
    values = zip(*rows, strict=True)
    arrays = [pa.array(each, kind) for each, kind in zip(values, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
