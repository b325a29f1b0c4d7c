"""Examples to learn from: the tables of some students, as a published snapshot knew them.

Which students depends on the seed alone, and there are only so many as have about `most_events`
events: so memory is bounded whatever the size of the school. What no snapshot stores (tries, days
of concepts) is computed for them by the SQL of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from warehouse import history, live
from warehouse.catalog import Catalog, Relation, flat, load_catalog
from warehouse.connections import quoted, quoted_text
from warehouse.errors import SnapshotUnavailable
from warehouse.known import scan
from warehouse.settings import Settings
from warehouse.snapshot import Snapshots

COMPUTED = {"tries": "sample_tries", "work": "sample_concept_days"}
STORED = {"daily": "analytics.daily_progress", "weekly": "analytics.weekly_progress"}
MEMORY = "1500MB"


@dataclass(frozen=True)
class Sample:
    """Tables by what they hold, and where they come from."""

    tables: Mapping[str, pa.Table]
    snapshot_id: str
    as_of: datetime
    student_count: int
    event_count: int


def sample_students(
    settings: Settings, *, seed: int, most_events: int, catalog: Catalog | None = None
) -> Sample:
    """Take students in a random order that the seed fixes, until they have enough events.

    Raises:
        SnapshotUnavailable: nothing is published yet.
    """
    snapshots = Snapshots(settings.snapshots_dir)
    current = snapshots.current()
    if current is None:
        raise SnapshotUnavailable(
            "There is no snapshot to learn from.", cure="Run `spool build` first."
        )
    with duckdb.connect(":memory:", config={"memory_limit": MEMORY}) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"attach {quoted(current)} as published (read_only)")
        con.execute("use published")
        students, events = _choose(con, seed, most_events)
        _gather(con, scan(history.history_files(con, snapshots.history)))
        (told,) = con.execute("select snapshot_id, as_of from meta.snapshot").fetchall()
        as_of = datetime.fromisoformat(str(told[1]))
        tables = _tables(con, catalog or load_catalog())
        return Sample(tables, told[0], as_of, students, events)


def _choose(con: duckdb.DuckDBPyConnection, seed: int, most_events: int) -> tuple[int, int]:
    con.execute(
        f"""create or replace temp table sampled as
        with active as (
            select student_id, sum(event_count) as event_count
            from progress.concept_progress group by student_id
        )
        select student_id, event_count from active
        qualify sum(event_count) over (
            order by hash(student_id || {quoted_text(str(seed))}), student_id
        ) <= {int(most_events)}"""
    )
    found = con.execute("select count(*), coalesce(sum(event_count), 0) from sampled").fetchone()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _gather(con: duckdb.DuckDBPyConnection, past: str) -> None:
    con.execute(
        f"""create or replace temp table {flat(live.EVENTS)} as
        select {live.COLUMNS} from {past} semi join sampled using (student_id)
        union all
        select {live.COLUMNS} from source.recent_events semi join sampled using (student_id)"""
    ).complete()


def _tables(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> dict[str, pa.Table]:
    """Each in one order: what a model learns depends on the order of its examples too."""
    of_sampled = "semi join sampled using (student_id)"
    tables = {
        name: con.sql(_computed(con, catalog, catalog.queries[query]))
        for name, query in COMPUTED.items()
    } | {name: con.sql(f"from {table} {of_sampled} order by all") for name, table in STORED.items()}
    tables["goals"] = con.sql(
        "select student_id, from_week, concepts, minutes "
        f"from source.goals {of_sampled} order by all"
    )
    tables["curriculum"] = con.sql(
        "select concept_id, subject_id from source.curriculum order by all"
    )
    return {name: found.to_arrow_table() for name, found in tables.items()}


def _computed(con: duckdb.DuckDBPyConnection, catalog: Catalog, query: Relation) -> str:
    """A query over the events in `source__events`, with the tables behind it."""
    tables, sources = live.tables_behind(catalog, query.reads)
    for name in sources - {live.EVENTS}:
        con.execute(f"create or replace temp view {flat(name)} as from {name}")
    return f"{tables} from (\n{query.rendered(flat)}\n) order by all"
