"""Live: the tables' own SQL for one student, with the events that no snapshot holds yet.

The student's events (history, recent, inbox; each id once) are read once into memory. Then each
question becomes one query: every table on the way to what is asked as a CTE, over inputs that stand
for the source relations, each under its flat name. Only the tables needed for the answer are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa

from warehouse.catalog import Catalog, Relation, flat
from warehouse.events import LAKE_SCHEMA, ReceivedEvent
from warehouse.lake import events_table
from warehouse.plans import NAMED, Plans

# Needed to land an event, not to count it; each column read costs the answer time.
UNREAD = {"fingerprint", "source", "helped_student_id"}
READ = tuple(name for name in LAKE_SCHEMA.names if name not in UNREAD)
COLUMNS = ", ".join(READ)
RECENT = f"select {COLUMNS} from source.recent_events where student_id = $student_id"

EVENTS, CLOCK = "source.events", "source.clock"
OF_STUDENT = {
    "source.breaks": """student_id = $student_id or class_id in (
        select class_id from source.enrolments where person_id = $student_id
    )""",
    "source.enrolments": "person_id = $student_id",
    "source.goals": "student_id = $student_id",
    "source.students": "student_id = $student_id",
}
"""Which rows of a relation about people tell of one student; all others are read whole."""


@dataclass(frozen=True)
class Question:
    """A query over flat names alone, and the source relations that some of them stand for."""

    sql: str
    sources: frozenset[str]

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it names."""
        return tuple(sorted(set(NAMED.findall(self.sql))))


class Live:
    """Questions to one catalog, each with its plans; threads may share it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._plans = catalog, Plans()
        self._questions: dict[tuple[str, ...], Question] = {}

    def ask(
        self,
        query_names: tuple[str, ...],
        params: Mapping[str, object],
        sources: Callable[[frozenset[str]], Mapping[str, pa.Table]],
    ) -> dict[str, list[dict[str, Any]]]:
        """Answer several queries, at little more than the cost of the dearest of them.

        `sources` gives the relations that it is asked for, as far as they tell of the student.
        """
        asked = self._questions.get(query_names)
        if asked is None:
            asked = self._questions[query_names] = question(self._catalog, query_names)
        (answers,) = self._plans.rows(
            asked.sql,
            {name: params[name] for name in asked.parameters},
            {flat(name): rows for name, rows in sources(asked.sources).items()},
        )
        return {name: answers[name] or [] for name in query_names}


def needs_events(catalog: Catalog, query: Relation) -> bool:
    """Whether a query reads something that no snapshot stores."""
    return any(
        name == "source.events" or (name in catalog.tables and not catalog.tables[name].stored)
        for name in query.reads
    )


def foretells(query: Relation) -> bool:
    """Whether a query is about predictions, which are published and never made for an answer."""
    return any(name.startswith("predictions.") for name in query.reads)


def question(catalog: Catalog, names: Sequence[str]) -> Question:
    """Several queries as one, which answers with a column of rows for each."""
    queries = [catalog.queries[name] for name in names]
    tables, sources = tables_behind(catalog, {name for query in queries for name in query.reads})
    asked = ", ".join(
        f'(select list(asked) from (\n{query.rendered(flat)}\n) as asked) as "{query.name}"'
        for query in queries
    )
    return Question(f"{tables}\nselect {asked}", sources)


def tables_behind(catalog: Catalog, reads: Iterable[str]) -> tuple[str, frozenset[str]]:
    """The tables behind `reads` as CTEs, and the source relations behind them all."""
    tables = catalog.upstream(reads)
    named = {*reads, *(name for table in tables for name in table.reads)}
    ctes = ",\n".join(f"{flat(table.name)} as (\n{table.rendered(flat)}\n)" for table in tables)
    return f"with {ctes}" if ctes else "", frozenset(named - catalog.tables.keys())


def set_to(as_of: datetime, clock: pa.Table) -> pa.Table:
    """The clock of a snapshot, set to another instant."""
    place = clock.schema.get_field_index("as_of")
    field = clock.schema.field(place)
    return clock.set_column(place, field, pa.array([as_of], field.type))


def with_pending(published: pa.Table, pending: Sequence[ReceivedEvent]) -> pa.Table:
    """Add events of the inbox whose ids no snapshot knows."""
    added = events_table(pending).select(published.column_names).cast(published.schema)
    return pa.concat_tables([published, added])
