"""History: every event known to a full build, once each, in Parquet parts by range of student ids.

A derived form of the lake, made so that one student's events, or a chunk of students, can be read
without reading the rest. It lies beside the snapshots (`snapshots/history/<snapshot id>/`), is never
changed, and is shared by all incremental snapshots that continue the full one; what arrived since is in
their `source.recent_events`.

Which of two events with the same id stays: the first received, then the smaller fingerprint.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connections import quoted
from warehouse.durable import sync_directory
from warehouse.events import LAKE_SCHEMA

COLUMNS = ", ".join(LAKE_SCHEMA.names)
EVENTS_PER_PART = 200_000
MOST_PARTS = 100
ROW_GROUP_ROWS = 16_384
FIRST_RECEIVED = """
    row_number() over (
        partition by event_id order by received_at, fingerprint, student_id, occurred_at
    )
"""


@dataclass(frozen=True)
class Part:
    """One range of students: from `first_student` to just below the next part's."""

    first_student: str
    files: tuple[Path, ...]
    event_count: int
    newest_at: datetime


def scan(files: Sequence[Path]) -> str:
    """A relation that reads these Parquet files; of no files, one without rows."""
    if not files:
        return f"(select {COLUMNS} from source.recent_events limit 0)"
    names = ", ".join(quoted(path) for path in files)
    return f"read_parquet([{names}], hive_partitioning = false)"


def create_recent(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty `source.recent_events`, with the columns of the lake."""
    con.register("no_events", LAKE_SCHEMA.empty_table())
    con.execute("create or replace table source.recent_events as from no_events")
    con.unregister("no_events")


def note_parts(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], root: Path) -> None:
    """Keep in the workspace which part holds which students; files are relative to `root`."""
    con.execute(
        "create or replace table source.history"
        ""
        " (part integer, first_student text, files text[], event_count bigint, newest_at timestamptz)"
    )
    for number, part in enumerate(parts):
        names = [file.relative_to(root).as_posix() for file in part.files]
        con.execute(
            "insert into source.history values (?, ?, ?, ?, ?)",
            [number, part.first_student, names, part.event_count, part.newest_at],
        )


def chunks(parts: Sequence[Part], events_per_chunk: int) -> list[str]:
    """Relations of neighbouring parts with about so many events each; at least one, be it empty."""
    grouped: list[list[Part]] = [[]]
    for part in parts:
        if sum(p.event_count for p in grouped[-1]) >= events_per_chunk:
            grouped.append([])
        grouped[-1].append(part)
    return [scan([file for part in group for file in part.files]) for group in grouped]


def write_history(
    con: duckdb.DuckDBPyConnection,
    lake_files: Sequence[Path],
    directory: Path,
    known_at: datetime | None,
) -> list[Part]:
    """Write the parts below `directory`, durably.

    `source.conflicts` gets the events left out whose id came with other content before.

    Returns:
        The parts in order of students.
    """
    con.execute("set variable known_at = coalesce(?::timestamptz, 'infinity'::timestamptz)", [known_at])
    con.execute(
        f"""create or replace temp view known as
        select {COLUMNS} from {scan(lake_files)} where received_at <= getvariable('known_at')"""
    )
    con.execute(
        """create or replace temp table repeated as
        select event_id from known group by event_id having count(*) > 1"""
    )
    con.execute(
        f"""create or replace temp table resolved as
        select {COLUMNS}, {FIRST_RECEIVED} as place from known semi join repeated using (event_id)"""
    )
    con.execute(
        """create or replace table source.conflicts as
        select r.event_id, r.student_id, r.received_at
        from resolved as r
        inner join resolved as first on r.event_id = first.event_id and first.place = 1
        where r.fingerprint != first.fingerprint"""
    )
    _write_parts(con, directory)
    return _parts(con, directory)


def _write_parts(con: duckdb.DuckDBPyConnection, directory: Path) -> None:
    con.execute(
        f"""create or replace temp table part_of_student as
        select student_id, cast((sum(n) over (order by student_id) - n) // greatest(
            {EVENTS_PER_PART}, sum(n) over () // {MOST_PARTS}
        ) as integer) as part
        from (select student_id, count(*) as n from known group by student_id)"""
    )
    directory.mkdir(parents=True, exist_ok=True)
    con.execute(f"set partitioned_write_max_open_files = {MOST_PARTS * 10}")
    con.execute(
        f"""copy (
            select e.*, p.part
            from (
                select {COLUMNS} from known anti join repeated using (event_id)
                union all select {COLUMNS} from resolved where place = 1
            ) as e inner join part_of_student as p using (student_id)
        ) to {quoted(directory)} (
            format parquet, compression snappy, partition_by (part),
            row_group_size {ROW_GROUP_ROWS}, overwrite_or_ignore
        )"""
    )


def _parts(con: duckdb.DuckDBPyConnection, directory: Path) -> list[Part]:
    rows = con.execute(
        "select part, min(student_id) from part_of_student group by part order by part"
    ).fetchall()
    parts = []
    for number, first in rows:
        files = tuple(sorted((directory / f"part={number}").glob("*.parquet")))
        for file in files:
            with file.open("rb") as written:
                os.fsync(written.fileno())
        sync_directory(directory / f"part={number}")
        found = con.execute(f"select count(*), max(occurred_at) from {scan(files)}").fetchall()
        parts.append(Part(first, files, *found[0]))
    sync_directory(directory)
    sync_directory(directory.parent)
    return parts
