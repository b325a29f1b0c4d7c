"""Known events: what the lake files hold, each event once, readable by range of students.

Lake files are sorted by student, so a range reads little more than its own rows. Which of two
events with the same id stays: the first received, then the smaller fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connections import quoted, quoted_text
from warehouse.events import LAKE_SCHEMA
from warehouse.repeats import find_repeats

KNOWN = "known"  # the view of all events, with the repeated ones
COLUMNS = ", ".join(LAKE_SCHEMA.names)
FIRST_RECEIVED = """
    row_number() over (
        partition by event_id order by received_at, fingerprint, student_id, occurred_at
    )
"""


def scan(files: Sequence[Path]) -> str:
    """A relation that reads these Parquet files; of no files, one without rows."""
    if not files:
        return f"(select {COLUMNS} from source.recent_events limit 0)"
    names = ", ".join(quoted(path) for path in files)
    return f"read_parquet([{names}], hive_partitioning = false)"


def create_recent(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty `source.recent_events`, with the columns of the lake."""
    con.execute("drop table if exists source.recent_events").fetchall()
    con.from_arrow(LAKE_SCHEMA.empty_table()).create("source.recent_events")


class KnownEvents:
    """The events of some lake files, received up to an instant, without the repeated ones."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        files: Mapping[str, Path],
        known_at: datetime | None,
        snapshot: Path | None,
    ) -> None:
        self.con = con
        received = "" if known_at is None else f" where received_at <= '{known_at.isoformat()}'"
        events = scan(list(files.values()))
        con.execute(
            f"create or replace temp view known as select {COLUMNS} from {events}{received}"
        )
        find_repeats(con, files, snapshot if known_at is None else None)
        con.execute(
            f"""create or replace temp table resolved as
            select {COLUMNS}, {FIRST_RECEIVED} as place
            from known semi join source.repeated using (event_id)"""
        )
        con.execute(
            """create or replace table source.conflicts as
            select r.event_id, r.student_id, r.received_at
            from resolved as r
            inner join resolved as first on r.event_id = first.event_id and first.place = 1
            where r.fingerprint != first.fingerprint"""
        )
        self._repeats = bool(con.execute("select 1 from source.repeated limit 1").fetchone())

    def count(self) -> int:
        """How many events there are, each counted once."""
        row = self.con.execute(
            """select (select count(*) from known)
            - (select count(*) from resolved where place > 1)"""
        ).fetchone()
        return int(row[0]) if row else 0

    def bounds(self, events_each: int) -> list[str]:
        """The first student of each range of about so many events; at least one range."""
        rows = self.con.execute(
            """with students as (
                select student_id, count(*) as event_count from known group by student_id
            ),
            placed as (
                select
                    student_id,
                    (sum(event_count) over (order by student_id) - event_count) // ? as place
                from students
            )
            select min(student_id) from placed group by place order by 1""",
            [events_each],
        ).fetchall()
        return ["", *(row[0] for row in rows[1:])]

    def ranges(self, events_each: int) -> list[str]:
        """A relation for each range of students of about so many events."""
        starts = self.bounds(events_each)
        return [
            self.between(low, high) for low, high in zip(starts, [*starts[1:], None], strict=True)
        ]

    def between(self, low: str, high: str | None) -> str:
        """A relation of the events of the students from `low` to just below `high`."""
        if not self._repeats:
            return between("known", low, high)
        return (
            f"(select {COLUMNS} from {between('known', low, high)}"
            " anti join source.repeated using (event_id)"
            f" union all from {between('(from resolved where place = 1)', low, high)})"
        )


def between(events: str, low: str, high: str | None) -> str:
    """A relation of those events of a relation whose students are from `low` to below `high`."""
    below = "" if high is None else f" and student_id < {quoted_text(high)}"
    return f"(select {COLUMNS} from {events} where student_id >= {quoted_text(low)}{below})"
