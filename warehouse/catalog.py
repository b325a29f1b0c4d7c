"""The SQL files: what they are called, what they promise in their header, what they read.

A table is `tables/<schema>/<table>.sql`, a query `queries/<name>.sql`, a check `checks/<name>.sql`.
Lineage comes from the parsed SQL and nowhere else. The text that runs is the file's own: sqlglot
finds where relations are named, and only those names are replaced.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from importlib.resources import files
from pathlib import Path

import sqlglot
from sqlglot import exp

from warehouse.errors import InvalidTable
from warehouse.supplied import SUPPLIED

LAYERS = (
    "source",
    "staging",
    "progress",
    "gamification",
    "analytics",
    "predictions",
    "metrics",
    "notifications",
)
BESIDE = {"predictions": "analytics"}  # each of the two may read the other
UNMOVED = frozenset({"source.numbers"})  # sources that are the same in every build
HEADER_KEYS = {"grain", "scope", "stored", "refresh"}
COLUMN = re.compile(r"^\s{2,}(?P<name>[a-z_0-9]+)(?: \((?P<unit>[^)]+)\))?: (?P<meaning>.+)$")


@dataclass(frozen=True)
class Column:
    """A column's meaning, and its unit where it has one."""

    name: str
    unit: str | None
    meaning: str


@dataclass(frozen=True)
class Reference:
    """Where in a file's text a relation of another schema is named."""

    relation: str
    start: int
    stop: int
    aliased: bool


@dataclass(frozen=True)
class Relation:
    """One SQL file: its text and the relations that it reads."""

    name: str
    sql: str
    references: tuple[Reference, ...]

    @property
    def reads(self) -> frozenset[str]:
        """The schema-qualified relations named in the SQL."""
        return frozenset(ref.relation for ref in self.references)

    def rendered(self, rename: Callable[[str], str]) -> str:
        """The file's text with every relation's name replaced, and nothing else touched."""
        text, end = [], 0
        for ref in self.references:
            alias = "" if ref.aliased else " as " + ref.relation.partition(".")[2]
            text += [self.sql[end : ref.start], rename(ref.relation), alias]
            end = ref.stop
        return "".join([*text, self.sql[end:]])


@dataclass(frozen=True)
class Table(Relation):
    """A table and the contract in its header."""

    sentence: str
    grain: tuple[str, ...]
    scope: str
    stored: bool
    refresh: str
    columns: tuple[Column, ...]

    @property
    def whole(self) -> bool:
        """Whether it is made after all students are there, from the stored tables of everybody."""
        return self.scope == "cohort" or self.refresh in {"due", "all"}

    @property
    def schema(self) -> str:
        """The layer, which is the directory of the file."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Catalog:
    """All tables, queries and checks, by name."""

    tables: Mapping[str, Table]
    queries: Mapping[str, Relation]
    checks: Mapping[str, Relation]

    @cached_property
    def ordered(self) -> tuple[Table, ...]:
        """Every table after those that it reads; ties by name."""
        graph = {name: self.needs(name) & self.tables.keys() for name in sorted(self.tables)}
        return tuple(self.tables[name] for name in TopologicalSorter(graph).static_order())

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all SQL: a snapshot made from other SQL cannot be continued."""
        digest = hashlib.sha256()
        for table in self.ordered:
            digest.update(f"{table.name}\0{table.sql}\0".encode())
        return digest.hexdigest()[:16]

    def needs(self, name: str) -> frozenset[str]:
        """What a table reads, and what the relations are made from that it has from suppliers."""
        reads = self.tables[name].reads
        return reads.union(*(SUPPLIED[read].reads for read in reads & SUPPLIED.keys()))

    def upstream(self, reads: Iterable[str], *, given: Iterable[str] = ()) -> tuple[Table, ...]:
        """The tables behind `reads` in order, not looking behind the relations `given`."""
        have = frozenset(given)
        wanted, found = set(reads) - have, set[str]()
        while wanted:
            name = wanted.pop()
            if name in self.tables and name not in found:
                found.add(name)
                wanted |= self.needs(name) - have
        return tuple(table for table in self.ordered if table.name in found)


def flat(name: str) -> str:
    """A relation's name without its schema: `progress.active_days` -> `progress__active_days`."""
    return name.replace(".", "__")


def load_catalog(root: Path | None = None) -> Catalog:
    """Read and check every SQL file below `root` (default: this package, read once a process).

    Raises:
        InvalidTable: a file breaks a convention; the message names the file and the rule.
    """
    return _own_catalog() if root is None else _read(root)


@cache
def _own_catalog() -> Catalog:
    return _read(Path(str(files("warehouse"))))


def _read(base: Path) -> Catalog:
    tables = {t.name: t for t in map(_table, _sql_files(base / "tables", "*/*.sql"))}
    queries = {r.name: r for r in map(_query, _sql_files(base / "queries", "*.sql"))}
    checks = {r.name: r for r in map(_query, _sql_files(base / "checks", "*.sql"))}
    catalog = Catalog(tables, queries, checks)
    _check_lineage(catalog)
    return catalog


def _sql_files(directory: Path, pattern: str) -> Iterator[Path]:
    yield from sorted(directory.glob(pattern))


def _query(path: Path) -> Relation:
    sql = path.read_text(encoding="utf-8")
    return Relation(path.stem, sql, _references(sql, path.name))


def _table(path: Path) -> Table:
    name = f"{path.parent.name}.{path.stem}"
    sql = path.read_text(encoding="utf-8")
    header = [line[2:].rstrip() for line in sql.splitlines() if line.startswith("--")]
    keys = {
        key.strip(): value.strip()
        # columns are indented further, and one of them may be called like a key
        for key, _, value in (line.partition(":") for line in header if line[1:2] != " ")
        if key.strip() in HEADER_KEYS
    }
    sentence = header[0].strip() if header else ""
    columns = tuple(
        Column(m["name"], m["unit"], m["meaning"]) for m in map(COLUMN.match, header) if m
    )
    table = Table(
        name,
        sql,
        _references(sql, name),
        sentence=sentence,
        grain=tuple(part.strip() for part in keys.get("grain", "").split(",") if part.strip()),
        scope=keys.get("scope", ""),
        stored=keys.get("stored", "yes") == "yes",
        refresh=keys.get("refresh", "touched"),
        columns=columns,
    )
    _check_header(table)
    return table


def _references(sql: str, where: str) -> tuple[Reference, ...]:
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        raise InvalidTable(f"{where} does not parse: {error}.") from error
    if not isinstance(tree, exp.Query):
        raise InvalidTable(f"{where} holds something other than one select.")
    names = {cte.alias for cte in tree.find_all(exp.CTE)}
    found = []
    for node in tree.find_all(exp.Table):
        schema = node.args.get("db")
        if schema is None:
            if node.name and node.name not in names:
                raise InvalidTable(
                    f"{where} reads {node.name}, which is no CTE of the file.",
                    cure="Write schema.table for every stored relation.",
                )
            continue
        span = schema.meta["start"], node.this.meta["end"] + 1
        found.append(Reference(f"{schema.name}.{node.name}", *span, aliased=bool(node.alias)))
    return tuple(sorted(found, key=lambda ref: ref.start))


def _check_header(table: Table) -> None:
    columns = {column.name for column in table.columns}
    rules = {
        'the first line must be a sentence beginning "One row per"': table.sentence.startswith(
            "One row per"
        ),
        "the header needs `grain:` with columns of the table": bool(table.grain)
        and set(table.grain) <= columns,
        "`scope:` is student or cohort": table.scope in {"student", "cohort"},
        "`refresh:` is touched, due or all": table.refresh in {"touched", "due", "all"},
        "a table with `refresh: due` has scope student and reads no clock and no people": (
            table.refresh != "due" or (table.scope == "student" and _is_still(table))
        ),
        "a student-scope table carries student_id": table.scope != "student"
        or "student_id" in columns,
        f"the schema is one of {', '.join(LAYERS[1:])}": table.schema in LAYERS[1:],
    }
    for rule, holds in rules.items():
        if not holds:
            raise InvalidTable(f"tables/{table.name.replace('.', '/')}.sql: {rule}.")


def _is_still(table: Table) -> bool:
    """Whether nothing moves the table but changes of the tables and supplied relations it reads."""
    sources = {name for name in table.reads if name.startswith("source.")}
    return sources <= UNMOVED | SUPPLIED.keys()


def _check_lineage(catalog: Catalog) -> None:
    for table in catalog.tables.values():
        for name in sorted(table.reads):
            read = catalog.tables.get(name)
            if read is None:
                if name.partition(".")[0] != "source":
                    raise InvalidTable(f"{table.name} reads {name}, which does not exist.")
                _check_supplied(table, name)
                continue
            _check_edge(table, read)


def _check_edge(table: Table, read: Table) -> None:
    if _rank(read.schema) > _rank(table.schema):
        raise InvalidTable(f"{table.name} reads {read.name}, a later layer.")
    if table.scope == "student" and read.scope != "student":
        raise InvalidTable(f"{table.name} has scope student but reads {read.name} of all.")
    if table.stored and table.whole and not read.stored:
        raise InvalidTable(f"{table.name} is made for everybody but reads {read.name}, not stored.")
    if table.stored and not table.whole and read.whole:
        raise InvalidTable(
            f"{table.name} is refreshed for touched students only but reads {read.name}, "
            "which changes for everybody."
        )


def _check_supplied(table: Table, name: str) -> None:
    supplied = SUPPLIED.get(name)
    if supplied is not None and supplied.whole != table.whole:
        made = "everybody" if supplied.whole else "touched students only"
        raise InvalidTable(f"{table.name} reads {name}, which is supplied for {made}.")


def _rank(layer: str) -> int:
    return LAYERS.index(BESIDE.get(layer, layer))
