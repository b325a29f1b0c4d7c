"""Which rows of an import are already known: by the same import, the inbox or the lake.

Ids are looked up a group at a time: the group is held in memory and the lake streams past it, so
that a lake of any size needs no more room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.events import LAKE_SCHEMA
from warehouse.lake import Lake
from warehouse.store.inbox import Inbox

MEMORY_LIMIT = "1GB"
_IDENTITY = pa.schema([LAKE_SCHEMA.field(n) for n in ("event_id", "fingerprint", "received_at")])
_LANDED = "select event_id, fingerprint, received_at from read_parquet($files)"
_VERDICTS = """
    with incoming_ids as (
        select distinct event_id from incoming
    ),
    found as (
        select event_id, fingerprint, received_at from in_inbox
        union all
        from ({landed})
    ),
    held as (
        select event_id, min_by(fingerprint, received_at) as fingerprint
        from found
        where event_id in (from incoming_ids)
        group by event_id
    )
    select
        incoming.row_number,
        held.event_id is null
            and row_number() over same_id = 1 as is_new,
        incoming.fingerprint = coalesce(
            held.fingerprint, first_value(incoming.fingerprint) over same_id
        ) as is_same
    from incoming
    left join held on incoming.event_id = held.event_id
    window same_id as (partition by incoming.event_id order by incoming.row_number)
    order by incoming.row_number
"""


class Verdicts(NamedTuple):
    """Masks over the rows of a group, each row in exactly one."""

    accepted: pa.Array
    duplicate: pa.Array
    conflicting: pa.Array


class KnownEvents:
    """Looks up the ids of an import."""

    def __init__(self, con: duckdb.DuckDBPyConnection, lake: Lake, inbox: Inbox) -> None:
        self._con = con
        self._lake = lake
        self._inbox = inbox

    def verdicts(self, incoming: pa.Table, staged: Sequence[Path]) -> Verdicts:
        """Judge rows (event_id, fingerprint, row_number), which must be in order of row_number."""
        # The inbox is read first: an event moves from it to the lake, never back.
        in_inbox = _identities(self._inbox.identities())
        files = [str(self._lake.root / name) for name in self._lake.files()]
        files += [str(path) for path in staged]
        self._con.register("incoming", incoming)
        self._con.register("in_inbox", in_inbox)
        query = _VERDICTS.format(landed=_LANDED if files else "from in_inbox limit 0")
        found = self._con.sql(query, params={"files": files} if files else {}).to_arrow_table()
        return _masks(found["is_new"].combine_chunks(), found["is_same"].combine_chunks())


@contextmanager
def known_events(lake: Lake, inbox: Inbox, scratch: Path) -> Iterator[KnownEvents]:
    """A look-up with bounded memory that spills to `scratch`."""
    with duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(scratch / "spill")}
    ) as con:
        con.execute("set TimeZone = 'UTC'")
        yield KnownEvents(con, lake, inbox)


def _identities(rows: Sequence[tuple[str, int, datetime]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    arrays = [
        pa.array(values, field.type) for values, field in zip(columns, _IDENTITY, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=_IDENTITY)


def _masks(is_new: pa.Array, is_same: pa.Array) -> Verdicts:
    return Verdicts(
        accepted=is_new,
        duplicate=pc.and_not(is_same, is_new),
        conflicting=pc.invert(is_same),
    )
