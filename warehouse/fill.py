"""Filling the tables for a chunk of students: each SQL file once, in the order of its lineage.

Within a chunk every table is a temporary one under its flat name (`progress__active_days`), so a
file reads what was computed for the same students and nothing else; stored tables are then added to
the workspace. Tables that look across students (`scope: cohort`) or that the clock changes are made
last, from the stored tables of everybody. Those that read the clock itself (`refresh: all`) are
made anew in each build. The others (`refresh: due`) change for a student only if a row that they
read does: an incremental build makes them for the students who are due, which are those touched and
those for whom a relation of everybody now says something else than before.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from warehouse.catalog import Catalog, Relation, Table, flat
from warehouse.checks import CheckBook
from warehouse.encoding import ALL_DIFFERENT, ENCODED, encode, make_types, stored_columns
from warehouse.errors import BuildFailed
from warehouse.supplied import SUPPLIED
from warehouse.suppliers import Supply


@dataclass
class TableRun:
    """What a table cost and how many rows it has now."""

    row_count: int = 0
    seconds: float = 0.0


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
        self.later = [t for t in stored if t.whole]
        self.kept = [t for t in stored if not t.whole]
        unneeded = supply.unasked() - {table.name for table in stored}
        self.chunk = catalog.upstream((table.name for table in self.kept), given=unneeded)
        behind = catalog.upstream(table.name for table in stored)
        self.runs = {table.name: TableRun() for table in behind}
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
            self._execute(
                table,
                f"delete from {table.name} where student_id in (select student_id from touched)",
            )

    def fill(self, events: str, chunks: Iterable[str]) -> dict[str, TableRun]:
        """Add each chunk, given as a relation of its events; then make the tables of everybody.

        `events` is a relation of the events of all chunks.
        """
        make_types(self.con, events)
        for relation in chunks:
            encode(self.con, relation)
            for table in self.chunk:
                for name in sorted(table.reads & SUPPLIED.keys()):
                    self.supply.of_chunk(name)
                self._fill_chunk(table)
            self.checks.on_chunk(self._rendered)
        for name in sorted({read for t in self.later for read in t.reads} & SUPPLIED.keys()):
            with self._noting_who_is_due(name):
                self.supply.of_everybody(name)
        for table in self.later:
            if self._continues and table.refresh == "due":
                self._renew(table)
                continue
            with self._noting_who_is_due(table.name):
                self._make_whole(table)
        self.checks.on_sources()
        for table in [*self.kept, *self.later]:
            counted = self.con.execute(f"select count(*) from {table.name}").fetchone()
            self.runs[table.name].row_count = counted[0] if counted else 0
        return self.runs

    def _fill_chunk(self, table: Table) -> None:
        name = flat(table.name)
        self._execute(table, f"create or replace temp table {name} as {self._rendered(table)}")
        if not table.stored:
            counted = self.con.execute(f"select count(*) from {name}").fetchone()
            self.runs[table.name].row_count += counted[0] if counted else 0
            return
        self.con.execute(f"create schema if not exists {table.schema}")
        columns = stored_columns(self.con.table(name))
        self._execute(table, f"create table if not exists {table.name} ({columns})")
        self._execute(table, f"insert into {table.name} from {name} order by student_id")

    def _make_whole(self, table: Table) -> None:
        self.con.execute(f"create schema if not exists {table.schema}")
        # A student is found by the row groups that can hold them.
        order = " order by student_id" if table.scope == "student" else ""
        rows = f"from (\n{table.sql}\n){order}"
        plain = ALL_DIFFERENT if order else ALL_DIFFERENT | {"student_id"}
        if plain.isdisjoint(column.name for column in table.columns):
            self._execute(table, f"create or replace table {table.name} as {rows}")
        else:
            with self._making(table):
                columns = stored_columns(self.con.sql(table.sql), plain)
            self._execute(table, f"create or replace table {table.name} ({columns})")
            self._execute(table, f"insert into {table.name} {rows}")
        self.checks.on_whole(table, table.name)

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

    def _renew(self, table: Table) -> None:
        """Make a table for the students who are due; the rows of all others stay."""

        def of_due(name: str) -> str:
            restricted = f"(from {name} semi join due using (student_id))"
            return restricted if name in self._of_students else name

        is_due = "student_id in (select student_id from due)"
        self._execute(table, f"delete from {table.name} where {is_due}")
        sql = f"insert into {table.name} from (\n{table.rendered(of_due)}\n) order by student_id"
        self._execute(table, sql)
        self.checks.on_whole(table, f"(from {table.name} semi join due using (student_id))")

    def _rendered(self, relation: Relation) -> str:
        return relation.rendered(lambda name: flat(name) if name in self._flat else name)

    def _execute(self, table: Table, sql: str) -> None:
        with self._making(table):
            self.con.execute(sql)

    @contextmanager
    def _making(self, table: Table) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        except duckdb.Error as error:
            raise BuildFailed(
                f"Table {table.name} could not be made: {str(error).splitlines()[0]}.",
                cure=f"Mend warehouse/tables/{table.name.replace('.', '/')}.sql or its inputs.",
            ) from error
        self.runs[table.name].seconds += time.perf_counter() - started
