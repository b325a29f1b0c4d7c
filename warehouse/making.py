"""Making single tables: the statements of one connection, what they cost, what checks say of them.

Tables that look across students are read by no other, so they are made beside the rest, on a second
connection: most statements of a build are too small for all cores.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from warehouse.catalog import Table
from warehouse.checks import CheckBook
from warehouse.connections import beside
from warehouse.encoding import ALL_DIFFERENT, stored_columns
from warehouse.errors import BuildFailed


@dataclass
class TableRun:
    """What a table cost and how many rows it has now."""

    row_count: int = 0
    seconds: float = 0.0


class Maker:
    """Runs the statements of tables on one connection."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, checks: CheckBook, runs: Mapping[str, TableRun]
    ) -> None:
        self.con, self.checks, self.runs = con, checks, runs

    def execute(self, table: Table, sql: str) -> int:
        """Run a statement; returns how many rows it wrote.

        Raises:
            BuildFailed: it could not be run; the message names the table.
        """
        with self._making(table):
            written = self.con.execute(sql).fetchall()
        return written[0][0] if written else 0

    def make_whole(self, table: Table) -> None:
        """Make a stored table of everybody, in place of the one that is there."""
        # A student is found by the row groups that can hold them.
        order = " order by student_id" if table.scope == "student" else ""
        rows = f"from (\n{table.sql}\n){order}"
        plain = ALL_DIFFERENT if order else ALL_DIFFERENT | {"student_id"}
        if plain.isdisjoint(column.name for column in table.columns):
            self.execute(table, f"create or replace table {table.name} as {rows}")
        else:
            with self._making(table):
                self.con.complete()  # else tables that are newer than the last result are unseen
                columns = stored_columns(self.con.sql(table.sql), plain)
            self.execute(table, f"create or replace table {table.name} ({columns})")
            self.execute(table, f"insert into {table.name} {rows}")
        self.checks.on_whole(table, table.name)

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


class Cohorts:
    """Makes each table that looks across students as soon as what it reads is finished."""

    def __init__(self, maker: Maker, tables: Sequence[Table]) -> None:
        self._con = beside(maker.con)
        self._maker = Maker(self._con, maker.checks.on(self._con), maker.runs)
        made_here = {table.name for table in tables}
        self._waiting = {
            table: {read for read in table.reads if not read.startswith("source.")} - made_here
            for table in tables
        }
        self._thread = ThreadPoolExecutor(1, "cohorts")
        self._begun: list[Future[None]] = []

    def finished(self, name: str) -> None:
        """Hear that a table will not change any more in this build."""
        for table, unfinished in list(self._waiting.items()):
            unfinished.discard(name)
            if not unfinished:
                del self._waiting[table]
                self._begun.append(self._thread.submit(self._maker.make_whole, table))

    def wait(self) -> None:
        """Wait until all are made.

        Raises:
            BuildFailed: one could not be made.
        """
        for future in self._begun:
            future.result()

    def close(self) -> None:
        """Begin no more of them, and let the connection go."""
        self._thread.shutdown(cancel_futures=True)
        self._con.close()
