"""Repeats: the event ids that stand more than once in the lake, and so need a decision.

Lake files never change, so what a published snapshot found in its files still holds; only ids of
files that it does not contain are looked for. Without such a snapshot all ids are grouped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.connections import quoted

EVERYWHERE = """create or replace table source.repeated as
-- Hashes first: grouping 8 bytes costs less than grouping the ids themselves.
with suspects as (
    select hash(event_id) as hashed from known group by hash(event_id) having count(*) > 1
)
select event_id
from known
where hash(event_id) in (select hashed from suspects)
group by event_id
having count(*) > 1"""

OF_NEW_FILES = """create or replace table source.repeated as
select event_id from remembered_repeats
union
select event_id
from known
where event_id in (select event_id from {new})
group by event_id
having count(*) > 1"""


def find_repeats(
    con: duckdb.DuckDBPyConnection, files: Mapping[str, Path], snapshot: Path | None
) -> None:
    """Put the ids that stand twice in view `known`, which reads `files`, into `source.repeated`.

    `snapshot` is a published one whose findings may be used, None where they may not.
    """
    contained = _remember(con, snapshot) if snapshot else set[str]()
    new = [path for name, path in files.items() if name not in contained]
    if not contained or not contained <= files.keys() or len(new) > len(contained):
        con.execute(EVERYWHERE)
    elif new:
        con.execute(OF_NEW_FILES.format(new=_ids(new)))
    else:
        con.execute("create or replace table source.repeated as from remembered_repeats")


def note_repeats(con: duckdb.DuckDBPyConnection) -> None:
    """Add the repeats among `incoming` events (`increment.add_new_events`)."""
    con.execute(
        """insert into source.repeated
        (select event_id from known_ids union select event_id from incoming where place > 1)
        except
        select event_id from source.repeated"""
    )


def _remember(con: duckdb.DuckDBPyConnection, snapshot: Path) -> set[str]:
    """Copy the repeats that a published snapshot knows; returns the lake files that it contains."""
    try:
        con.execute(f"attach {quoted(snapshot)} as published (read_only)")
    except duckdb.Error:
        return set()
    try:
        con.execute(
            "create or replace temp table remembered_repeats as from published.source.repeated"
        )
        rows = con.execute(
            """select file from published.source.files
            where (select known_at is null and engine = ? from published.meta.snapshot)""",
            [duckdb.__version__],
        ).fetchall()
        return {row[0] for row in rows}
    except duckdb.Error:
        return set()  # made by another version: look everywhere
    finally:
        con.execute("detach published")


def _ids(files: Sequence[Path]) -> str:
    names = ", ".join(quoted(path) for path in files)
    return f"read_parquet([{names}], hive_partitioning = false)"
