"""A home of one test: told a world, given events, built, and read back table by table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from tests.oracle.tables import KEYS, TABLES, in_key_order
from tests.oracle.world import RULES_TEXT, Row, World
from warehouse.build import Build
from warehouse.build_report import BuildReport, BuildRequest
from warehouse.catalog import Catalog, Reference, Relation, load_catalog
from warehouse.events import ReceivedEvent
from warehouse.lake import Lake, new_batch
from warehouse.reader import Reader
from warehouse.rules import Rules, load_rules
from warehouse.settings import Settings, load_settings
from warehouse.snapshot import Snapshots
from warehouse.store.curriculum import Concept
from warehouse.store.database import Store, open_store
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass
from warehouse.suppliers import NOTHING, Suppliers

Tables = dict[str, list[Row]]
ALONE = 7  # every so many tables of a student are asked by themselves too
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """An installation, with the doors that a test needs."""

    settings: Settings
    store: Store
    rules: Rules

    def tell(self, world: World) -> None:
        """Record the curriculum, the goals, the profiles and how people are related."""
        concepts = world.curriculum.items()
        self.store.curriculum.merge(
            Concept(concept, subject, concept) for concept, subject in concepts
        )
        for student, week, concepts_target, minutes in world.goals:
            self.store.goals.set(
                student, week, concepts=concepts_target, minutes=minutes, set_by=student
            )
        self.store.people.put(
            [Person(s, None, None, world.zones.get(s), None, active=False) for s in world.left],
            source="tests",
        )
        for student, zone in world.zones.items():
            self.store.students.set_zone(student, zone)
        for student, profile in world.profiles.items():
            self.store.students.set_leaderboard(
                student, alias=profile.alias, opt_in=profile.opted_in
            )
        self.store.people.put(
            classes=[
                SchoolClass(class_id, class_id, None, None, leaderboard, active=True)
                for class_id, leaderboard in world.classes.items()
            ],
            enrolments=[
                Enrolment(m.class_id, m.person_id, m.role, m.valid_from, m.valid_until)
                for m in world.memberships
            ],
            guardians=[
                Guardian(
                    g.student_id, g.guardian_id, "parent", g.consent, g.valid_from, g.valid_until
                )
                for g in world.guardianships
            ],
            source="tests",
        )
        for planned in world.breaks:
            self.store.breaks.plan(
                planned.first_day,
                planned.last_day,
                student_id=planned.student_id,
                class_id=planned.class_id,
                set_by="head",
                set_by_role="admin",
            )

    def land(self, events: Sequence[ReceivedEvent]) -> None:
        """Put events into the lake as one batch, as an import does."""
        if events:
            Lake(self.settings.lake_dir).write(new_batch(events[0].received_at), events)

    def send(self, events: Iterable[ReceivedEvent]) -> list[ReceivedEvent]:
        """Put events into the inbox, one request each; returns those that it accepted."""
        sent = list(events)
        receipts = self.store.inbox.append([[event] for event in sent])
        accepted: dict[str, ReceivedEvent] = {}
        for event, (receipt,) in zip(sent, receipts, strict=True):
            if receipt.status == "accepted":
                accepted.setdefault(event.event_id, event)
        return list(accepted.values())

    def build(self, now: datetime, *, suppliers: Suppliers = NOTHING, **how: Any) -> BuildReport:
        """One build, with a catalog that was read once."""
        return Build(
            self.settings,
            self.store,
            BuildRequest(now, **how),
            rules=self.rules,
            catalog=catalog(),
            suppliers=suppliers,
        ).run()

    def stored(self) -> Tables:
        """The tables of the current snapshot as they lie in its file."""
        current = Snapshots(self.settings.snapshots_dir).current()
        assert current is not None, "nothing is published"
        tables = [table for table in KEYS if catalog().tables[table].stored]
        with duckdb.connect(str(current), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            return {table: in_key_order(table, rows_of(con, table)) for table in tables}

    @contextmanager
    def reading(self, now: datetime) -> Iterator[Reader]:
        """The product's reader at an instant."""
        reader = Reader(
            self.settings, self.store, clock=lambda: now, rules=self.rules, catalog=catalog()
        )
        try:
            yield reader
        finally:
            reader.close()


@contextmanager
def home(world: World, rules_text: str = RULES_TEXT) -> Iterator[Home]:
    """An empty installation that knows the world."""
    with TemporaryDirectory(prefix="spool-home-") as directory:
        settings = load_settings(home=Path(directory), default_timezone=world.default_zone)
        with open_store(settings, clock=lambda: LONG_AGO) as store:
            made = Home(settings, store, rules(rules_text))
            made.tell(world)
            yield made


@cache
def rules(text: str) -> Rules:
    """The product's reading of a rules file."""
    with TemporaryDirectory(prefix="spool-rules-") as directory:
        path = Path(directory) / "rules.toml"
        path.write_text(text, encoding="utf-8")
        return load_rules(path)


@cache
def catalog() -> Catalog:
    """The product's tables, and for each that the oracle knows a query for a student's rows."""
    read = load_catalog()
    return replace(read, queries={**read.queries, **{table: rows_query(table) for table in TABLES}})


def rows_query(table: str) -> Relation:
    before = "select t.* from "
    sql = f"{before}{table} as t where t.student_id = $student_id"
    span = len(before), len(before) + len(table)
    return Relation(table, sql, (Reference(table, *span, aliased=True),))


def asked(reader: Reader, students: Iterable[str], tables: Iterable[str] = TABLES.keys()) -> Tables:
    """All rows that the reader has of these students, in the order of the oracle.

    Of several tables a live answer makes what they share once; here and there one is asked alone.
    """
    names = list(tables)
    found: Tables = {table: [] for table in names}
    for number, student in enumerate(students):
        one = reader.student(student)
        answers = one.ask_together(names)
        for table in names[number::ALONE]:
            assert not differences({table: answers[table]}, {table: one.ask(table)})
        for table in names:
            found[table] += answers[table]
    return {table: in_key_order(table, map(in_utc, rows)) for table, rows in found.items()}


def rows_of(con: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    """All rows of a table as dictionaries."""
    found = con.execute(f"from {table}")
    names = [column[0] for column in found.description or ()]
    return [in_utc(dict(zip(names, row, strict=True))) for row in found.fetchall()]


def in_utc(row: Row) -> Row:
    return {k: v.astimezone(UTC) if isinstance(v, datetime) else v for k, v in row.items()}


def differences(expected: Tables, found: Tables) -> list[str]:
    """Every row that differs, in words; columns that the expectation does not name are free."""
    said = []
    for table, given in found.items():
        rows = expected[table]
        columns = rows[0].keys() if rows else ()
        others = [{column: row[column] for column in columns or row} for row in given]
        said += [f"{table} lacks {row}" for row in missing(rows, others)]
        said += [f"{table} should not have {row}" for row in missing(others, rows)]
    return said


def missing(rows: Iterable[Row], among: Iterable[Row]) -> list[Row]:
    """The rows that have no equal among the others; floats are equal up to rounding."""
    left = [with_tolerance(row) for row in among]
    absent = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            absent.append(row)
    return absent


def with_tolerance(row: Row) -> Row:
    """The row with floats that equal whatever differs by rounding only."""
    return {
        key: pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value
        for key, value in row.items()
    }
