"""Live: the tables' own SQL for one student, with the events that no snapshot holds yet.

The student's events (history, recent, inbox; each id once) are read once into memory. Then each
question becomes one query: the events, the clock, every table on the way to what is asked as a CTE
under its flat name, and the question itself. Only the tables needed for the answer are computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from warehouse.catalog import Catalog, Relation, flat
from warehouse.events import LAKE_SCHEMA, ReceivedEvent
from warehouse.lake import events_table

LEADING_WITH = re.compile(r"\A(?P<comments>(?:\s*--[^\n]*\n)*)\s*with\b", re.IGNORECASE)
STUDENT_EVENTS = "student_events"
# Needed to land an event, not to count it; each column read costs the answer time.
UNREAD = {"fingerprint", "source", "helped_student_id"}
READ = tuple(name for name in LAKE_SCHEMA.names if name not in UNREAD)
COLUMNS = ", ".join(READ)
RECENT = f"select {COLUMNS} from source.recent_events where student_id = $student_id"

EVENTS = f"source__events as (select * from {STUDENT_EVENTS})"
CLOCK = """source__clock as (
    select cast($as_of as timestamptz) as as_of, default_time_zone from source.clock
)"""


def needs_events(catalog: Catalog, query: Relation) -> bool:
    """Whether a query reads something that no snapshot stores."""
    return any(
        name == "source.events" or (name in catalog.tables and not catalog.tables[name].stored)
        for name in query.reads
    )


def foretells(query: Relation) -> bool:
    """Whether a query is about predictions, which are published and never made for an answer."""
    return any(name.startswith("predictions.") for name in query.reads)


def for_one_student(catalog: Catalog, query: Relation) -> str:
    """The question `query` as SQL over one student's events, registered as `student_events`."""
    tables, question = _chain(catalog, query)
    return f"with {EVENTS},\n{CLOCK}{tables}{question}"


def for_one_student_together(catalog: Catalog, queries: Sequence[Relation]) -> str:
    """Several questions as one, a column of rows each: planning the tables is most of an answer."""
    ctes, rename = _tables(catalog, {name for query in queries for name in query.reads})
    asked = ", ".join(
        f'(select list(asked) from (\n{query.rendered(rename)}\n) as asked) as "{query.name}"'
        for query in queries
    )
    return f"with {EVENTS},\n{CLOCK}{ctes}\nselect {asked}"


def with_pending(published: pa.Table, pending: Sequence[ReceivedEvent]) -> pa.Table:
    """Add events of the inbox whose ids no snapshot knows."""
    added = events_table(pending).select(published.column_names).cast(published.schema)
    return pa.concat_tables([published, added])


def _chain(catalog: Catalog, query: Relation) -> tuple[str, str]:
    ctes, rename = _tables(catalog, query.reads)
    asked = query.rendered(rename)
    own_ctes = LEADING_WITH.match(asked)
    return (ctes + ",\n", asked[own_ctes.end() :]) if own_ctes else (ctes + "\n", asked)


def _tables(catalog: Catalog, reads: Iterable[str]) -> tuple[str, Callable[[str], str]]:
    """The tables behind `reads` as CTEs, and what each relation is called among them."""
    tables = catalog.upstream(reads)
    supplied = {table.name for table in tables} | {"source.events", "source.clock"}

    def rename(name: str) -> str:
        return flat(name) if name in supplied else name

    return "".join(f",\n{flat(t.name)} as (\n{t.rendered(rename)}\n)" for t in tables), rename
