"""History: known events in Parquet parts by range of students, to read one student in a moment.

A derived form of the lake beside the snapshots (`snapshots/history/<snapshot id>/`). It is never
changed; snapshots share it for as long as what has arrived since is small, and keep that in their
`source.recent_events`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.connections import peek, quoted
from warehouse.durable import make_directory, sync_directory
from warehouse.id_hashes import NAME as HASHES
from warehouse.id_hashes import held, write_hashes
from warehouse.known import COLUMNS, KNOWN, KnownEvents, between, scan

EVENTS_PER_PART = 50_000  # a live answer reads the footer of one
ROW_GROUP_ROWS = 4_096  # some twenty students: a build reads a thousand of 100,000
PARTS_AT_ONCE = 40
RECENT_IDS = """
    select asked.event_id, hash(asked.event_id) as hashed, r.event_id is not null as is_recent
    from unnest($event_ids::text[]) as asked (event_id)
    left join source.recent_events as r on asked.event_id = r.event_id
"""
SCANNED_IDS = """
    select event_id from source.recent_events where event_id in (select unnest($event_ids::text[]))
    union all
    select event_id from {history} where event_id in (select unnest($event_ids::text[]))
"""


@dataclass(frozen=True)
class Part:
    """One range of students: from `first_student` to just below the next part's."""

    first_student: str
    file: Path
    event_count: int
    newest_at: datetime


def write_history(
    con: duckdb.DuckDBPyConnection, known: KnownEvents, directory: Path
) -> list[Part]:
    """Write the parts below `directory`, durably and in order of students."""
    make_directory(directory)
    starts = known.bounds(EVENTS_PER_PART)
    ranges = list(zip(starts, [*starts[1:], None], strict=True))
    parts = []
    for first in range(0, len(ranges), PARTS_AT_ONCE):
        together = ranges[first : first + PARTS_AT_ONCE]
        # Lake files are read far less often than by a look at each part's range.
        con.execute(
            f"""create or replace temp table part_events as
            select {COLUMNS} from {known.between(together[0][0], together[-1][1])}
            order by student_id, occurred_at, event_id"""
        )
        for number, (low, high) in enumerate(together, first):
            file = directory / f"part-{number:05}.parquet"
            parts.append(_write_part(con, low, between("part_events", low, high), file))
    con.execute("drop table if exists part_events")
    write_hashes(con, KNOWN, directory / HASHES)
    sync_directory(directory)
    return parts


def _write_part(con: duckdb.DuckDBPyConnection, low: str, events: str, file: Path) -> Part:
    con.execute(
        f"""copy (from {events} order by student_id, occurred_at, event_id) to {quoted(file)} (
            format parquet, compression uncompressed, row_group_size {ROW_GROUP_ROWS}
        )"""
    )
    with file.open("rb") as written:
        os.fsync(written.fileno())
    found = con.execute(f"select count(*), max(occurred_at) from {events}").fetchall()
    return Part(low, file, *found[0])


def events_of(file: Path, student_id: str, columns: Sequence[str]) -> pa.Table:
    """Columns of a part's events of one student, in order.

    Read without a query: to plan one takes longer than to read the row groups that it finds.
    """
    with pq.ParquetFile(file) as part:
        column = part.schema_arrow.get_field_index("student_id")
        groups = [part.metadata.row_group(n) for n in range(part.num_row_groups)]
        theirs = [
            n for n, group in enumerate(groups) if _may_hold(group.column(column), student_id)
        ]
        # Threads would make the slowest of a hundred reads ten times slower.
        rows = part.read_row_groups(theirs, columns=list(columns), use_threads=False)
    return rows.filter(pc.equal(rows.column("student_id"), student_id))


def _may_hold(column: pq.ColumnChunkMetaData, text: str) -> bool:
    told = column.statistics
    return told is None or not told.has_min_max or told.min <= text <= told.max


def known_elsewhere(
    ask: Callable[..., list[dict[str, Any]]], files: Sequence[Path], event_ids: Sequence[str]
) -> set[str]:
    """Those of a few event ids that a snapshot with these parts knows, whoever sent them."""
    hashes = _hashes(files)
    if hashes is None:
        scanned = SCANNED_IDS.format(history=scan(files))
        return {row["event_id"] for row in ask(scanned, {"event_ids": event_ids})}
    rows = ask(RECENT_IDS, {"event_ids": event_ids})
    older_too = held(hashes, np.array([row["hashed"] for row in rows], dtype=np.uint64))
    return {
        row["event_id"]
        for row, is_older in zip(rows, older_too, strict=True)
        if row["is_recent"] or is_older
    }


def _hashes(files: Sequence[Path]) -> Path | None:
    """The hashes beside some parts; None where an older version wrote none, and ids are scanned."""
    file = files[0].with_name(HASHES) if files else None
    return file if file is not None and file.is_file() else None


def note_parts(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], root: Path) -> None:
    """Keep in the workspace which part holds which students; files are relative to `root`."""
    con.execute(
        "create or replace table source.history"
        " (part integer, first_student text, file text, event_count bigint, newest_at timestamptz)"
    )
    for number, part in enumerate(parts):
        con.execute(
            "insert into source.history values (?, ?, ?, ?, ?)",
            [
                number,
                part.first_student,
                part.file.relative_to(root).as_posix(),
                part.event_count,
                part.newest_at,
            ],
        )


def note_files(con: duckdb.DuckDBPyConnection, name: str, lake_files: Sequence[str]) -> None:
    """Keep in table `source.<name>` the names of the lake files that something was made from."""
    con.execute(
        f"create or replace table source.{name} as select unnest(?::text[]) as file", [lake_files]
    )


def history_files(con: duckdb.DuckDBPyConnection, root: Path) -> list[Path]:
    """The parts that the workspace names, as paths below `root`."""
    rows = con.execute("select file from source.history order by part").fetchall()
    return [root / row[0] for row in rows]


@dataclass(frozen=True)
class Past:
    """The events of a history, and the file with the hashes of their ids."""

    events: str
    hashes: Path | None


def past(con: duckdb.DuckDBPyConnection, root: Path) -> Past:
    """The history that the workspace names, as relations."""
    files = history_files(con, root)
    return Past(scan(files), _hashes(files))


def missing_parts(snapshot: Path, root: Path) -> list[Path]:
    """The history files that a published snapshot names and that are not there.

    Raises:
        SnapshotUnavailable: the snapshot cannot be opened.
    """
    rows = peek(snapshot, "select file from source.history")
    return [root / row[0] for row in rows if not (root / row[0]).is_file()]


def take_over(
    con: duckdb.DuckDBPyConnection, snapshot: Path | None, root: Path, lake_files: Sequence[str]
) -> list[str] | None:
    """Name in the workspace the history of a published snapshot, if it can serve these lake files.

    Returns:
        The lake files that it does not contain, or None when it cannot serve.
    """
    if snapshot is None:
        return None
    try:
        con.execute(f"attach {quoted(snapshot)} as published (read_only)")
    except duckdb.Error:
        return None
    try:
        contained = {
            row[0]
            for row in con.execute("select file from published.source.history_files").fetchall()
        }
        partial = con.execute(
            "select 1 from published.meta.snapshot where known_at is not null or engine != ?",
            [duckdb.__version__],
        ).fetchone()
        if partial or not contained or not contained <= set(lake_files):
            return None
        for name in ("history", "history_files"):
            con.execute(f"create or replace table source.{name} as from published.source.{name}")
    except duckdb.Error:
        return None  # made by another version: write it anew
    finally:
        con.execute("detach published")
    if _hashes(history_files(con, root)) is None:
        return None
    return [name for name in lake_files if name not in contained]
