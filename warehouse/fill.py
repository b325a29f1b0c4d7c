"""Filling the tables for a chunk of students: each SQL file once, in the order of its lineage.

Within a chunk every table is a temporary one under its flat name (`progress__active_days`), so a
file reads what was computed for the same students and nothing else; stored tables are then added to
the workspace. Tables that look across students (`scope: cohort`) or that the clock changes are made
last, from the stored tables of everybody. Those that read the clock itself (`refresh: all`) are
made anew in each build, and an incremental one stores what came out otherwise than before. The
others (`refresh: due`) change for a student only if a row that they read does: an incremental build
makes them for the students who are due, which are those touched and those for whom a relation of
everybody now says something else than before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import duckdb

from warehouse.catalog import Catalog, Relation, Table, flat
from warehouse.checks import CheckBook
from warehouse.encoding import ENCODED, encode, make_types, stored_columns
from warehouse.making import Cohorts, Maker, TableRun
from warehouse.supplied import SUPPLIED
from warehouse.suppliers import Supply


class Filler:
    """Runs the tables of a catalog on one workspace."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        catalog: Catalog,
        checks: CheckBook,
        supply: Supply,
    ) -> None:
        self.con, self.checks, self.supply = con, checks, supply
        stored = [table for table in catalog.ordered if table.stored]
        self.cohorts = [t for t in stored if t.scope == "cohort"]
        self.later = [t for t in stored if t.whole and t.scope == "student"]
        self.kept = [t for t in stored if not t.whole]
        unneeded = supply.unasked() - {table.name for table in stored}
        self.chunk = catalog.upstream((table.name for table in self.kept), given=unneeded)
        behind = catalog.upstream(table.name for table in stored)
        self.runs = {table.name: TableRun() for table in behind}
        self.stored, self.maker = stored, Maker(con, checks, self.runs)
        of_chunk = {name for name, supplied in SUPPLIED.items() if not supplied.whole}
        self._flat = {table.name for table in self.chunk} | ENCODED | of_chunk
        self._of_students = {t.name for t in stored if t.scope == "student"} | SUPPLIED.keys()
        read_by_due = {
            read for table in self.later if table.refresh == "due" for read in table.reads
        }
        self._moving = read_by_due & ({t.name for t in self.later} | SUPPLIED.keys())
        self._continues = False

    def forget_touched(self) -> None:
        """Remove the rows of the students in temporary table `touched` from every kept table.

        From here on the workspace is a copied snapshot with their rows missing.
        """
        self._continues = True
        self.con.execute("create or replace temp table due as from touched")
        for table in self.kept:
            self.maker.execute(
                table,
                f"delete from {table.name} where student_id in (select student_id from touched)",
            )

    def fill(self, events: str, chunks: Sequence[str]) -> dict[str, TableRun]:
        """Add each chunk, given as a relation of its events; then make the tables of everybody.

        `events` is a relation of the events of all chunks.
        """
        make_types(self.con, events)
        for schema in sorted({table.schema for table in self.stored}):
            self.con.execute(f"create schema if not exists {schema}")
        with closing(Cohorts(self.maker, self.cohorts)) as cohorts:
            for place, relation in enumerate(chunks, 1):
                self._fill_chunks_tables(relation, cohorts if place == len(chunks) else None)
            self._fill_later(cohorts)
            cohorts.wait()
        self.checks.on_sources()
        self._count()
        return self.runs

    def _fill_chunks_tables(self, relation: str, cohorts: Cohorts | None) -> None:
        encode(self.con, relation)
        for table in self.chunk:
            for name in sorted(table.reads & SUPPLIED.keys()):
                self.supply.of_chunk(name)
            self._fill_chunk(table)
            if cohorts is not None:
                cohorts.finished(table.name)
        self.checks.on_chunk(self._rendered)

    def _fill_later(self, cohorts: Cohorts) -> None:
        for name in sorted({read for t in self.later for read in t.reads} & SUPPLIED.keys()):
            with self._noting_who_is_due(name):
                self.supply.of_everybody(name)
        for table in self.later:
            if not self._continues:
                self.maker.make_whole(table)
            elif table.refresh == "due":
                self._renew_due(table)
            else:
                self._renew_moved(table)
            cohorts.finished(table.name)

    def _fill_chunk(self, table: Table) -> None:
        name = flat(table.name)
        rows = self.maker.execute(
            table, f"create or replace temp table {name} as {self._rendered(table)}"
        )
        if not table.stored:
            self.runs[table.name].row_count += rows
            return
        if not self._continues:
            columns = stored_columns(self.con.table(name))
            self.maker.execute(table, f"create table if not exists {table.name} ({columns})")
        self.maker.execute(table, f"insert into {table.name} from {name} order by student_id")

    def _count(self) -> None:
        names = [table.name for table in self.stored]
        counts = " union all ".join(f"select '{name}', count(*) from {name}" for name in names)
        for name, row_count in self.con.execute(counts).fetchall():
            self.runs[name].row_count = row_count

    @contextmanager
    def _noting_who_is_due(self, relation: str) -> Iterator[None]:
        """Add to temporary table `due` the students whose rows of a relation the block changes."""
        if not self._continues or relation not in self._moving:
            yield
            return
        before = f"before__{flat(relation)}"
        self.con.execute(f"create or replace temp table {before} as from {relation}")
        yield
        self.con.execute(
            f"""insert into due select student_id from (
                (from {relation} except from {before}) union all
                (from {before} except from {relation})
            )"""
        )
        self.con.execute(f"drop table {before}")

    def _renew_due(self, table: Table) -> None:
        """Make a table for the students who are due; the rows of all others stay."""

        def of_due(name: str) -> str:
            restricted = f"(from {name} semi join due using (student_id))"
            return restricted if name in self._of_students else name

        self._make_aside(table, table.rendered(of_due))
        self._replace(table, "due")

    def _renew_moved(self, table: Table) -> None:
        """Make a table for everybody, and replace the rows of those for whom it says something new.

        To write rows costs more than to compare them, and the clock moves few students.
        """
        self._make_aside(table, table.sql)
        self.maker.execute(
            table,
            f"""create or replace temp table moved as select distinct student_id from (
                (from made except from {table.name}) union all (from {table.name} except from made)
            )""",
        )
        self._replace(table, "moved")
        if table.name in self._moving:
            self.con.execute("insert into due from moved")

    def _make_aside(self, table: Table, sql: str) -> None:
        self.maker.execute(table, f"create or replace temp table made as from (\n{sql}\n)")
        self.checks.on_whole(table, "made")

    def _replace(self, table: Table, students: str) -> None:
        """Put the rows of `made` in place of the stored ones, for some students."""
        theirs = f"student_id in (select student_id from {students})"
        self.maker.execute(table, f"delete from {table.name} where {theirs}")
        self.maker.execute(
            table, f"insert into {table.name} from made where {theirs} order by student_id"
        )

    def _rendered(self, relation: Relation) -> str:
        return relation.rendered(lambda name: flat(name) if name in self._flat else name)
