"""What fills supplied relations in a build: a table of students goes in, predictions come out.

A maker is pure in the students that it is given: theirs are the only rows that its answer depends
on. So the relation of a chunk, of the touched students, and of everybody agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa

from warehouse.catalog import flat
from warehouse.errors import BuildFailed
from warehouse.supplied import MODELS, SUPPLIED, Supplied

STUDENTS_AT_ONCE = 20_000
Maker = Callable[[Mapping[str, pa.Table], datetime], pa.Table]


@dataclass(frozen=True)
class Suppliers:
    """Makers by relation, and a row for each model (`MODELS`) that says which stand behind them."""

    makers: Mapping[str, Maker] = field(default_factory=dict)
    models: pa.Table = field(default_factory=MODELS.empty_table)

    @property
    def fingerprint(self) -> str:
        """Changes with any model: predictions of two models never stand in one table."""
        told = self.models.select(["model", "model_id"]).to_pylist()
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


NOTHING = Suppliers()


class Supply:
    """Puts supplied relations into the workspace of a build."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, suppliers: Suppliers, as_of: datetime
    ) -> None:
        self.con, self.makers, self.as_of = con, suppliers.makers, as_of

    def unasked(self) -> frozenset[str]:
        """What only makers look at that are not there: nobody needs to compute it."""
        silent = [s for name, s in SUPPLIED.items() if name not in self.makers]
        asked = {read for name in self.makers for read in SUPPLIED[name].reads}
        return frozenset(read for supplied in silent for read in supplied.reads) - asked

    def of_chunk(self, name: str) -> None:
        """Make a relation of the students at hand, under its flat name."""
        found = self._made(name, {read: flat(read) for read in SUPPLIED[name].reads})
        self._keep(f"create or replace temp table {flat(name)} as", found)

    def of_everybody(self, name: str) -> None:
        """Make a relation that the calendar changes; what still holds of it stays.

        In an incremental build temporary table `touched` names those whose part does not hold.
        """
        create_supplied(self.con, name)
        if name not in self.makers:
            self.con.execute(f"delete from {name}").complete()
            return
        since = since_of(SUPPLIED[name], self.as_of)
        for students in self._students(name, since):
            self.con.execute(f"create or replace temp table supplied_students as {students}")
            mine = {
                read: f"{read} semi join supplied_students using (student_id)"
                for read in SUPPLIED[name].reads
            }
            found = self._made(name, mine)
            dated = found.append_column("since", pa.array([since] * len(found), pa.date32()))
            self._keep(f"insert into {name}", dated)

    def _students(self, name: str, since: date) -> Sequence[str]:
        """Whose rows are to be made, part by part; the rows that do not hold are taken away."""
        if self._holds(name, since):
            self.con.execute(
                f"delete from {name} where student_id in (select student_id from touched)"
            )
            return ["select student_id from touched"]
        self.con.execute(f"delete from {name}")
        counted = self.con.execute("select count(*) from progress.students").fetchone() or (0,)
        parts = 1 + counted[0] // STUDENTS_AT_ONCE
        return [
            f"select student_id from progress.students where hash(student_id) % {parts} = {part}"
            for part in range(parts)
        ]

    def _holds(self, name: str, since: date) -> bool:
        found = self.con.execute(f"select bool_and(since = ?) from {name}", [since]).fetchone()
        return found == (True,)

    def _made(self, name: str, relations: Mapping[str, str]) -> pa.Table:
        maker, schema = self.makers.get(name), SUPPLIED[name].schema
        if maker is None:
            return schema.empty_table()
        self.con.complete()
        given = {
            read: _as_texts(self.con.sql(f"from {sql}").to_arrow_table())
            for read, sql in relations.items()
        }
        try:
            return maker(given, self.as_of).select(schema.names).cast(schema)
        except (pa.ArrowInvalid, KeyError) as error:
            raise BuildFailed(
                f"What was supplied as {name} has other columns than were agreed: {error}.",
                cure="Mend the supplier, or warehouse/supplied.py.",
            ) from error

    def _keep(self, how: str, rows: pa.Table) -> None:
        self.con.complete()
        self.con.register("supplied_rows", rows)
        self.con.execute(f"{how} from supplied_rows order by student_id").complete()
        self.con.unregister("supplied_rows")


def _as_texts(table: pa.Table) -> pa.Table:
    """The table with texts where a chunk has numbers for them (`warehouse/encoding.py`)."""
    texts = {
        field.name: pa.string() if pa.types.is_dictionary(field.type) else field.type
        for field in table.schema
    }
    return table.cast(pa.schema(list(texts.items())))


def since_of(supplied: Supplied, as_of: datetime) -> date:
    """The first day of the stretch for which a relation of everybody holds at an instant."""
    if supplied.since is None:
        raise BuildFailed("A relation without a calendar was to be made for everybody.")
    return supplied.since(as_of)


def create_supplied(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Make relations of everybody that are not there yet, without rows."""
    for name in names or [name for name, supplied in SUPPLIED.items() if supplied.whole]:
        empty = SUPPLIED[name].schema.empty_table()
        con.complete()
        con.register("supplied_rows", empty.append_column("since", pa.array([], pa.date32())))
        con.execute(f"create table if not exists {name} as from supplied_rows").complete()
        con.unregister("supplied_rows")
