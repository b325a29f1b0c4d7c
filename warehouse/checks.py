"""Checks: queries for the rows that should not exist, run while a build fills its tables.

Each stored table is checked for its grain (unique, no null in its not-null columns). Each file
`checks/<name>.sql` is one more, on the chunk of students just computed: the rows of the others have
been checked when they were made. A check whose header says `severity: warn` never stops a publish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from warehouse.catalog import Catalog, Relation, Table, flat
from warehouse.errors import BuildFailed

SAMPLE = 5
FIRST_TABLE = "staging.learning_events"


@dataclass
class CheckResult:
    """How often a check found something, and the first rows that it found."""

    name: str
    table: str
    blocking: bool
    failures: int = 0
    sample: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True when no row was found."""
        return self.failures == 0


class CheckBook:
    """All checks of a catalog and what they have found in this build."""

    def __init__(self, con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
        self.con, self.catalog = con, catalog
        self.results = {check.name: check for check in declared(catalog)}

    def on(self, con: duckdb.DuckDBPyConnection) -> CheckBook:
        """The same book, looking through another connection."""
        other = CheckBook(con, self.catalog)
        other.results = self.results
        return other

    def on_chunk(self, rendered: Callable[[Relation], str]) -> None:
        """Run every check that concerns the students of the present chunk."""
        stored = [t for t in self.catalog.ordered if t.stored and not t.whole]
        self._grains({table: flat(table.name) for table in stored})
        for relation in self.catalog.checks.values():
            if _reads_tables(self.catalog, relation):
                self._look(relation.name, rendered(relation))

    def on_whole(self, table: Table, rows: str) -> None:
        """Check those rows of a table of everybody, given as a relation, that were just made."""
        self._grains({table: rows})

    def on_sources(self) -> None:
        """Run the checks that look at nothing but what SQL does not make."""
        for relation in self.catalog.checks.values():
            if not _reads_tables(self.catalog, relation):
                self._look(relation.name, relation.sql)

    def _grains(self, rows: Mapping[Table, str]) -> None:
        """Check relations of rows of these tables, all in one statement."""
        # A hash of the grain is grouped five times faster; only when two are equal do we look.
        suspects = " union all ".join(
            f"(select '{table.name}' from {name} group by hash({', '.join(table.grain)})"
            " having count(*) > 1 limit 1) union all"
            f" (select '{table.name}' from {name} where {_named(table)} is null limit 1)"
            for table, name in rows.items()
        )
        suspected = {row[0] for row in self.con.execute(suspects).fetchall()}
        for table, name in rows.items():
            if table.name in suspected:
                grain = ", ".join(table.grain)
                self._look(
                    _grain_check(table),
                    f"select {grain}, count(*) as row_count from {name}"
                    f" group by {grain} having count(*) > 1 or {_named(table)} is null",
                )

    def _look(self, name: str, sql: str) -> None:
        result = self.results[name]
        rows = self.con.execute(sql).fetchmany(SAMPLE + 1)
        if not rows:
            return
        ((counted,),) = self.con.execute(f"select count(*) from ({sql}\n)").fetchall()
        result.failures += counted
        result.sample = (result.sample + [str(row) for row in rows])[:SAMPLE]


def declared(catalog: Catalog) -> list[CheckResult]:
    """Every check that a build runs, with nothing found yet."""
    grains = [
        CheckResult(_grain_check(table), table.name, blocking=True)
        for table in catalog.ordered
        if table.stored
    ]
    return grains + [
        CheckResult(check.name, _about(catalog, check), blocking="severity: warn" not in check.sql)
        for check in catalog.checks.values()
    ]


def refuse_failed(checks: Iterable[CheckResult]) -> None:
    """Stop a publish when blocking checks found rows.

    Raises:
        BuildFailed: with each of them and a row that it found.
    """
    failed = [check for check in checks if check.blocking and not check.passed]
    if failed:
        named = "; ".join(
            f"{c.name} ({c.table}) found {c.failures}, such as {c.sample[0]}" for c in failed
        )
        raise BuildFailed(
            f"Not published, since checks found rows that should not exist: {named}.",
            cure="The last good snapshot stays current; mend the table or the data.",
        )


def _named(table: Table) -> str:
    """The column of the grain that is never null."""
    return "student_id" if table.scope == "student" else table.grain[0]


def _grain_check(table: Table) -> str:
    return f"{flat(table.name)}_one_row_per_grain"


def _reads_tables(catalog: Catalog, check: Relation) -> bool:
    return not check.reads.isdisjoint(catalog.tables)


def _about(catalog: Catalog, check: Relation) -> str:
    """The last stored table among those that the check reads; else the first that reads events."""
    read = [t.name for t in catalog.ordered if t.name in check.reads and t.stored]
    return read[-1] if read else FIRST_TABLE
