"""Reading figures: from the published snapshot, or live for a student with newer events.

A `StudentReader` decides once, from one snapshot and one look at the inbox, so that all its answers
belong together. A newer snapshot is noticed at the next request; one that cannot be opened is
passed over for the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from warehouse import live
from warehouse.catalog import Catalog, load_catalog
from warehouse.clock import Clock, utc_now
from warehouse.connections import locked, open_snapshot
from warehouse.errors import SnapshotUnavailable
from warehouse.events import ReceivedEvent
from warehouse.history import note_parts
from warehouse.known import create_recent
from warehouse.opened import Opened
from warehouse.pages import FIRST, LAST, Columns, as_rows, by_range, by_student, in_pages
from warehouse.rules import Rules, load_rules
from warehouse.settings import Settings
from warehouse.snapshot import SnapshotInfo, Snapshots
from warehouse.sources import load_sources
from warehouse.store.database import Store
from warehouse.suppliers import create_supplied
from warehouse.told import store_tables

FRESH_SECONDS = 60  # a live answer holds at most so long, since midnight comes without an event
Row = dict[str, Any]
Kept = TypeVar("Kept")


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
        self.live = live.Live(self.catalog)
        self._lock = threading.Lock()
        self._opened: Opened | None = None

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
            count, newest = self.store.inbox.pending_mark(student_id, opened.batches)
            pending: list[ReceivedEvent] = []
            if count:
                rows = self.store.inbox.pending(student_id)
                pending = [event for event, batch in rows if batch not in opened.batches]
            if opened is self._current():
                return StudentReader(self, opened, student_id, pending, f"{count}.{newest}")

    def student_at_once(self, student_id: str) -> StudentReader | None:
        """The same without waiting, on an event loop: None where something must be read first."""
        opened = self._opened
        if opened is None or not self.store.inbox.is_at_hand:
            return None
        if not opened.stands_for(self.snapshots.current(), self.clock()):
            return None
        count, newest = self.store.inbox.pending_mark(student_id, opened.batches)
        return None if count else StudentReader(self, opened, student_id, [], f"0.{newest}")

    def published(self) -> SnapshotReader:
        """Fix the snapshot from which questions about many students will be answered."""
        return SnapshotReader(self._current(), self.catalog)

    def read_ahead(self, query_names: Sequence[str]) -> bool:
        """Bring one more page of published rows into memory; False where there is nothing to do."""
        opened = self._current()
        if opened.info is None:
            return False
        return opened.pages.read_ahead([by_range(self.catalog.queries[n].sql) for n in query_names])

    def _current(self) -> Opened:
        path = self.snapshots.current()
        opened = self._opened
        if opened is not None and opened.stands_for(path, self.clock()):
            return opened
        with self._lock:
            if self._opened is None or not self._opened.stands_for(path, self.clock()):
                self._opened = self._open(path)
            return self._opened

    def _open(self, path: Path | None) -> Opened:
        history = [self.snapshots.history]
        candidates = self.snapshots.newest_first()
        for candidate in candidates:
            try:
                return self._read(path, open_snapshot(candidate, history))
            except duckdb.Error:
                continue  # the one before is whole; doctor names the broken one
        if candidates:
            # Answering from the inbox alone would show every student as a beginner.
            raise SnapshotUnavailable(
                f"None of the snapshots in {self.snapshots.root} can be opened.",
                cure="Run `spool build --full`; `spool doctor` names what is broken.",
            )
        return self._read(path, self._nothing())

    def _read(self, path: Path | None, con: duckdb.DuckDBPyConnection) -> Opened:
        return Opened(
            path,
            con,
            self.clock(),
            self.snapshots.history,
            self.store.inbox.claimed(),
            self.settings.pages_mb,
        )

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


class SnapshotReader:
    """The published figures of one snapshot, whatever is published meanwhile."""

    def __init__(self, opened: Opened, catalog: Catalog) -> None:
        self._opened, self._catalog = opened, catalog
        self.info = opened.info

    @property
    def curriculum(self) -> list[Row]:
        """All concepts, read once a snapshot; not to be changed."""
        return self._opened.once(self._catalog.queries["curriculum"].sql)

    def once(self, query_name: str) -> list[Row]:
        """Answer a query without parameters, read once a snapshot; not to be changed."""
        return self._opened.once(self._catalog.queries[query_name].sql) if self.info else []

    def kept(self, make: Callable[[SnapshotReader], Kept]) -> Kept:
        """What a function makes of this snapshot alone, made once; not to be changed."""
        if make not in self._opened.kept:
            self._opened.kept[make] = make(self)
        found: Kept = self._opened.kept[make]
        return found

    def ask_each(self, query_name: str, student_ids: Sequence[str]) -> dict[str, Columns]:
        """Answer a query that lists its students: the rows of each who has any, as columns.

        Who is in a page at hand is told from memory; all others are asked about together. A class
        has thousands of rows: as columns they cost a third of what they cost as rows.
        """
        sql = self._catalog.queries[query_name].sql
        ranged, pages = by_range(sql), self._opened.pages
        found = {student_id: pages.at_hand(ranged, student_id) for student_id in student_ids}
        others = [student_id for student_id, columns in found.items() if columns is None]
        if others:
            found |= by_student(self.ask(query_name, student_ids=others))
        return {one: columns for one, columns in found.items() if columns and columns["student_id"]}

    def ask_students(self, query_name: str, student_ids: Sequence[str]) -> list[Row]:
        """The same, one dict a row, each student's together."""
        return [
            row for one in self.ask_each(query_name, student_ids).values() for row in as_rows(one)
        ]

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
        opened: Opened,
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
            if in_pages(query.sql):
                return self._opened.pages.rows(query.sql, self.student_id)
            kept = self._opened.pages.at_hand(by_range(query.sql), self.student_id)
            return self._opened.ask(query.sql, known) if kept is None else as_rows(kept)
        return self._reader.live.ask((query_name,), known, self._sources)[query_name]

    def has_at_hand(self, query_name: str) -> bool:
        """Whether a query of published neighbours can be answered without reading anything."""
        sql = self._reader.catalog.queries[query_name].sql
        return not self.meta.live and self._opened.pages.has(sql, self.student_id)

    def ask_together(self, query_names: Sequence[str], **params: object) -> dict[str, list[Row]]:
        """Answer several queries; live, at little more than the cost of the dearest of them."""
        if not self.meta.live:
            return {name: self.ask(name, **params) for name in query_names}
        return self._reader.live.ask(tuple(query_names), self._known(params), self._sources)

    def _known(self, params: Row) -> Row:
        mine = dict.fromkeys(("student_id", FIRST, LAST), self.student_id)
        return {**params, **mine, "student_ids": [self.student_id], "as_of": self.meta.as_of}

    def _sources(self, names: frozenset[str]) -> dict[str, pa.Table]:
        """Source relations as far as they tell of this student, at this state."""
        found = self._opened.sources(names - {live.EVENTS}, self.student_id)
        if live.EVENTS in names:
            found[live.EVENTS] = self._events
        if live.CLOCK in names:
            found[live.CLOCK] = live.set_to(self.meta.as_of, found[live.CLOCK])
        return found

    @cached_property
    def _events(self) -> pa.Table:
        """All events of this student that belong to this state."""
        published = self._opened.events_of(self.student_id)
        known = set(published.column("event_id").to_pylist())
        fresh = [event for event in self._pending if event.event_id not in known]
        # An id that came first from somebody else is theirs: a build would leave this one out.
        taken = self._opened.known_elsewhere([event.event_id for event in fresh])
        return live.with_pending(published, [e for e in fresh if e.event_id not in taken])
