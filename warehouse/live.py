"""Live: the tables' own SQL for one student, with the events that no snapshot holds yet.

One query is put together: the student's events (history, recent, inbox; each id once), the clock, then
every table on the way to what is asked as a CTE under its flat name, then the question itself. Only the
tables needed for the answer are computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from warehouse.catalog import Catalog, Relation, flat
from warehouse.known import COLUMNS, scan

LEADING_WITH = re.compile(r"\A(?P<comments>(?:\s*--[^\n]*\n)*)\s*with\b", re.IGNORECASE)
PENDING = "pending_events"

EVENTS = """source__events as materialized (
    select {columns}
    from (
        select {columns}, 0 as origin from {history} where student_id = $student_id
        union all
        select {columns}, 0 as origin from source.recent_events where student_id = $student_id
        union all
        select {columns}, 1 as origin from {pending}
    )
    qualify row_number() over (
        partition by event_id order by origin, received_at, fingerprint
    ) = 1
)"""
CLOCK = """source__clock as (
    select cast($as_of as timestamptz) as as_of, default_time_zone from source.clock
)"""


def needs_events(catalog: Catalog, query: Relation) -> bool:
    """Whether a query reads something that no snapshot stores."""
    return any(
        name == "source.events" or (name in catalog.tables and not catalog.tables[name].stored)
        for name in query.reads
    )


def for_one_student(catalog: Catalog, query: Relation, history: Sequence[Path]) -> str:
    """The question `query` as SQL over one student's own events."""
    events = EVENTS.format(columns=COLUMNS, history=scan(history), pending=PENDING)
    tables, question = _chain(catalog, query)
    return f"with {events},\n{CLOCK}{tables}{question}"


def _chain(catalog: Catalog, query: Relation) -> tuple[str, str]:
    tables = catalog.upstream(query.reads)
    supplied = {table.name for table in tables} | {"source.events", "source.clock"}

    def rename(name: str) -> str:
        return flat(name) if name in supplied else name

    ctes = "".join(f",\n{flat(t.name)} as (\n{t.rendered(rename)}\n)" for t in tables)
    asked = query.rendered(rename)
    own_ctes = LEADING_WITH.match(asked)
    return (ctes + ",\n", asked[own_ctes.end() :]) if own_ctes else (ctes + "\n", asked)
