"""One published snapshot, open for reading, and what of it stays in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import live
from warehouse.asking import Asking
from warehouse.history import events_of, known_elsewhere
from warehouse.pages import Pages
from warehouse.snapshot import SnapshotInfo

NOTHING_SECONDS = 2  # without a snapshot, look again for curriculum, goals and a first build
KEPT_STUDENTS = 128
BYTES_A_MB = 1_000_000
Row = dict[str, Any]


class Opened:
    """One snapshot, open for reading."""

    def __init__(
        self,
        path: Path | None,
        con: duckdb.DuckDBPyConnection,
        now: datetime,
        history: Path,
        claimed: Iterable[str],
        pages_mb: int,
    ) -> None:
        self.path, self.con, self.opened_at = path, con, now
        asking = Asking(con)
        self.ask, self.arrow = asking.rows, asking.arrow
        self.pages = Pages(asking.arrow, pages_mb * BYTES_A_MB)
        self.info = self._describe()
        self._once: dict[str, list[Row]] = {}
        self.kept: dict[Callable[..., object], Any] = {}
        parts = self.ask("select first_student, file from source.history order by part", {})
        first_students = [row["first_student"] for row in parts]
        self.files = [history / row["file"] for row in parts]
        # who has just learned comes again
        self.events_of = lru_cache(KEPT_STUDENTS)(
            partial(_events_of, asking, first_students, self.files)
        )
        self._of_student = lru_cache(KEPT_STUDENTS)(partial(_of_student, asking))
        self._whole = lru_cache(None)(lambda name: asking.arrow(f"from {name}", {}))
        held = {row["file"] for row in self.ask("select file from source.files", {})}
        self.batches = {b for b in claimed if f"{b}.parquet" in held}

    def _describe(self) -> SnapshotInfo | None:
        found = self.ask("select 1 from duckdb_tables() where schema_name = 'meta'", {})
        if not found:
            return None
        sql = "select snapshot_id, as_of, built_at, rules_version, event_count from meta.snapshot"
        return SnapshotInfo(**self.ask(sql, {})[0])

    def stands_for(self, path: Path | None, now: datetime) -> bool:
        """Whether this is still what should be read when `current` names `path`."""
        fresh = path is not None or (now - self.opened_at).total_seconds() < NOTHING_SECONDS
        return self.path == path and fresh

    def once(self, sql: str) -> list[Row]:
        """The rows of a question without parameters: the same in every answer of this snapshot."""
        rows = self._once.get(sql)
        if rows is None:
            rows = self._once[sql] = self.ask(sql, {})
        return rows

    def sources(self, names: frozenset[str], student_id: str) -> dict[str, pa.Table]:
        """Source relations, those about people restricted to what tells of one student."""
        mine = names.intersection(live.OF_STUDENT)
        found = {name: self._whole(name) for name in names - mine}
        return found | self._of_student(mine, student_id) if mine else found

    def known_elsewhere(self, event_ids: list[str]) -> set[str]:
        """Those of the ids that this snapshot holds, whoever's events they are."""
        return known_elsewhere(self.ask, self.files, event_ids) if event_ids else set()


def _events_of(
    asking: Asking, first_students: Sequence[str], files: Sequence[Path], student_id: str
) -> pa.Table:
    """The events of one student that the snapshot holds."""
    recent = asking.arrow(live.RECENT, {"student_id": student_id})
    place = bisect_right(first_students, student_id) - 1
    if place < 0:
        return recent
    older = events_of(files[place], student_id, live.READ)
    return pa.concat_tables([older.cast(recent.schema), recent])


def _of_student(asking: Asking, names: frozenset[str], student_id: str) -> dict[str, pa.Table]:
    """What some relations tell of a student, in one question: planning each takes its time."""
    lists = ", ".join(
        f"(select list(r) from (from {name} where {live.OF_STUDENT[name]}) as r)"
        for name in sorted(names)
    )
    found = asking.arrow(f"select {lists}", {"student_id": student_id})
    rows = (column.combine_chunks().flatten() for column in found.columns)
    return {
        name: pa.Table.from_batches([pa.RecordBatch.from_struct_array(each)])
        for name, each in zip(sorted(names), rows, strict=True)
    }
