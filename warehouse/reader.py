"""Reading figures: from the published snapshot, or live for a student with newer events.

A `StudentReader` decides once, from one snapshot and one look at the inbox, so that all its answers
belong together. A newer snapshot is noticed at the next request; one that cannot be opened is
passed over for the one before.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import live
from warehouse.catalog import Catalog, load_catalog
from warehouse.clock import Clock, utc_now
from warehouse.connections import locked, open_snapshot
from warehouse.errors import SnapshotUnavailable
from warehouse.events import ReceivedEvent
from warehouse.history import known_elsewhere, note_parts
from warehouse.known import create_recent
from warehouse.rules import Rules, load_rules
from warehouse.settings import Settings
from warehouse.snapshot import SnapshotInfo, Snapshots
from warehouse.sources import load_sources, store_tables
from warehouse.store.database import Store
from warehouse.suppliers import create_supplied

PARAMETER = re.compile(r"\$([a-z_]+)")
NOTHING_SECONDS = 2  # without a snapshot, look again for curriculum, goals and a first build
FRESH_SECONDS = 60  # a live answer holds at most so long, since midnight comes without an event
Row = dict[str, Any]


@dataclass(frozen=True)
class Meta:
    """Where an answer comes from; without any snapshot yet, everything is live."""

    snapshot_id: str | None
    as_of: datetime
    live: bool
    pending_events: int


class Reader:
    """The one door to figures. Threads may share it; every question gets its own cursor."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        clock: Clock = utc_now,
        rules: Rules | None = None,
        catalog: Catalog | None = None,
    ) -> None:
        self.settings, self.store, self.clock = settings, store, clock
        self.rules, self.catalog = rules or load_rules(settings.rules), catalog or load_catalog()
        self.snapshots = Snapshots(settings.snapshots_dir)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def close(self) -> None:
        """Let go of the snapshot."""
        self._opened = None

    def snapshot_info(self) -> SnapshotInfo | None:
        """The current snapshot, or None before the first publish."""
        return self._current().info

    def rows(self, query_name: str, **params: object) -> list[Row]:
        """Ask the published snapshot a question that is not about one student."""
        return self._current().ask(self.catalog.queries[query_name].sql, params)

    def student(self, student_id: str) -> StudentReader:
        """Fix the state in which this student's questions will be answered."""
        while True:
            opened = self._current()
            count, newest = self.store.inbox.pending_mark(student_id)
            pending: list[ReceivedEvent] = []
            if count:
                rows = self.store.inbox.pending(student_id)
                pending = [event for event, batch in rows if batch not in opened.batches]
            if opened is self._current():
                return StudentReader(self, opened, student_id, pending, f"{count}.{newest}")

    def published(self) -> SnapshotReader:
        """Fix the snapshot from which questions about many students will be answered."""
        return SnapshotReader(self._current(), self.catalog)

    def _current(self) -> _Opened:
        path = self.snapshots.current()
        opened = self._opened
        if opened is not None and opened.stands_for(path, self.clock()):
            return opened
        with self._lock:
            if self._opened is None or not self._opened.stands_for(path, self.clock()):
                self._opened = self._open(path)
            return self._opened

    def _open(self, path: Path | None) -> _Opened:
        history = [self.snapshots.history]
        candidates = self.snapshots.newest_first()
        for candidate in candidates:
            try:
                return _Opened(path, open_snapshot(candidate, history), self.clock(), self)
            except duckdb.Error:
                continue  # the one before is whole; doctor names the broken one
        if candidates:
            # Answering from the inbox alone would show every student as a beginner.
            raise SnapshotUnavailable(
                f"None of the snapshots in {self.snapshots.root} can be opened.",
                cure="Run `spool build --full`; `spool doctor` names what is broken.",
            )
        return _Opened(path, self._nothing(), self.clock(), self)

    def _nothing(self) -> duckdb.DuckDBPyConnection:
        """A database without figures, in which live answers find rules, curriculum and goals."""
        con = duckdb.connect(":memory:")
        load_sources(
            con,
            store_tables(self.store),
            self.rules,
            as_of=self.clock(),
            zone=self.settings.default_timezone,
        )
        create_recent(con)
        create_supplied(con)
        note_parts(con, [], self.snapshots.history)
        con.execute("create table source.files (file text)")
        return locked(con, [])


class _Opened:
    """One snapshot, open for reading."""

    def __init__(
        self, path: Path | None, con: duckdb.DuckDBPyConnection, now: datetime, reader: Reader
    ) -> None:
        self.path, self.con, self.opened_at = path, con, now
        self.info = self._describe()
        self._curriculum: list[Row] | None = None
        parts = self.ask("select first_student, file from source.history order by part", {})
        self.first_students = [row["first_student"] for row in parts]
        root = reader.snapshots.history
        self.files = [root / row["file"] for row in parts]
        held = {row["file"] for row in self.ask("select file from source.files", {})}
        self.batches = {b for b in reader.store.inbox.claimed() if f"{b}.parquet" in held}

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

    def curriculum(self, catalog: Catalog) -> list[Row]:
        """All concepts; the same in every answer from this snapshot."""
        if self._curriculum is None:
            self._curriculum = self.ask(catalog.queries["curriculum"].sql, {})
        return self._curriculum

    def history_of(self, student_id: str) -> list[Path]:
        """The history files in which a student's events lie."""
        place = bisect_right(self.first_students, student_id) - 1
        return [self.files[place]] if place >= 0 else []

    def ask(
        self, sql: str, params: Mapping[str, object], events: pa.Table | None = None
    ) -> list[Row]:
        """Run one statement on a cursor of its own, giving it the parameters that it names."""
        named = set(PARAMETER.findall(sql))
        with self.con.cursor() as cursor:
            if events is not None:
                cursor.register(live.STUDENT_EVENTS, events)
            cursor.execute(sql, {k: v for k, v in params.items() if k in named})
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def known_elsewhere(self, event_ids: list[str]) -> set[str]:
        """Those of the ids that this snapshot holds, whoever's events they are."""
        if not event_ids:
            return set()
        directory = self.files[0].parent if self.files else None
        with self.con.cursor() as cursor:
            return known_elsewhere(cursor, directory, event_ids)

    def arrow(self, sql: str, params: Mapping[str, object]) -> pa.Table:
        """Run one statement and return its rows as an Arrow table."""
        with self.con.cursor() as cursor:
            return cursor.sql(sql, params=dict(params)).to_arrow_table()


class SnapshotReader:
    """The published figures of one snapshot, whatever is published meanwhile."""

    def __init__(self, opened: _Opened, catalog: Catalog) -> None:
        self._opened, self._catalog = opened, catalog
        self.info = opened.info

    @property
    def curriculum(self) -> list[Row]:
        """All concepts, read once a snapshot; not to be changed."""
        return self._opened.curriculum(self._catalog)

    def ask(self, query_name: str, **params: object) -> list[Row]:
        """Answer a query of `queries/`; before the first publish no table has rows."""
        query = self._catalog.queries[query_name]
        if self.info is None and any(not name.startswith("source.") for name in query.reads):
            return []
        return self._opened.ask(query.sql, params)


class StudentReader:
    """One student at one state of snapshot and inbox."""

    def __init__(
        self,
        reader: Reader,
        opened: _Opened,
        student_id: str,
        pending: list[ReceivedEvent],
        mark: str,
    ) -> None:
        self._reader, self._opened, self._pending, self._mark = reader, opened, pending, mark
        self.student_id = student_id
        self._now = reader.clock()

    @cached_property
    def meta(self) -> Meta:
        """Where the answers come from."""
        info = self._opened.info
        if info is None or self._pending:
            snapshot_id = info.snapshot_id if info else None
            return Meta(snapshot_id, self._now, live=True, pending_events=len(self._pending))
        return Meta(info.snapshot_id, info.as_of, live=False, pending_events=0)

    @property
    def version(self) -> str:
        """Changes whenever an answer may: a key for caches and the ETag."""
        if not self.meta.live:
            return str(self.meta.snapshot_id)
        moment = int(self._now.timestamp()) // FRESH_SECONDS
        return f"{self.meta.snapshot_id}.live.{self._mark}.{moment}"

    def ask(self, query_name: str, **params: object) -> list[Row]:
        """Answer a query of `queries/` about this student."""
        catalog = self._reader.catalog
        query = catalog.queries[query_name]
        known = self._known(params)
        if live.foretells(query):
            return self._opened.ask(query.sql, known) if self._opened.info else []
        if not self.meta.live and not live.needs_events(catalog, query):
            return self._opened.ask(query.sql, known)
        sql = live.for_one_student(catalog, query)
        return self._opened.ask(sql, known, self._events)

    def ask_together(self, query_names: Sequence[str], **params: object) -> dict[str, list[Row]]:
        """Answer several queries; live, at little more than the cost of the dearest of them."""
        if not self.meta.live:
            return {name: self.ask(name, **params) for name in query_names}
        catalog = self._reader.catalog
        sql = live.for_one_student_together(catalog, [catalog.queries[n] for n in query_names])
        (answers,) = self._opened.ask(sql, self._known(params), self._events)
        return {name: answers[name] or [] for name in query_names}

    def _known(self, params: Row) -> Row:
        mine = {"student_id": self.student_id, "student_ids": [self.student_id]}
        return {**params, **mine, "as_of": self.meta.as_of}

    @cached_property
    def _events(self) -> pa.Table:
        """All events of this student that belong to this state."""
        files = self._opened.history_of(self.student_id)
        sql = live.published_events(files)
        published = self._opened.arrow(sql, {"student_id": self.student_id})
        known = set(published.column("event_id").to_pylist())
        fresh = [event for event in self._pending if event.event_id not in known]
        # An id that came first from somebody else is theirs: a build would leave this one out.
        taken = self._opened.known_elsewhere([event.event_id for event in fresh])
        return live.with_pending(published, [e for e in fresh if e.event_id not in taken])
