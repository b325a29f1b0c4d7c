"""A build: from landed events to a published snapshot, in steps that Dagster calls one by one.

Full and incremental differ in one thing only: whose events are put before the tables. A full build
takes all students, some history parts at a time; an incremental one copies the current snapshot and
takes the students whose figures may have changed. Nothing is visible before `publish`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse import history, increment
from warehouse.build_report import BuildReport, BuildRequest, tell
from warehouse.catalog import Catalog, load_catalog
from warehouse.checks import CheckBook, refuse_failed
from warehouse.connections import open_workspace
from warehouse.durable import Copy, copy_beside
from warehouse.errors import BuildFailed
from warehouse.fill import Filler
from warehouse.known import KNOWN, KnownEvents, create_recent
from warehouse.lake import Lake
from warehouse.making import TableRun
from warehouse.outcomes import bring_outcomes
from warehouse.publish import contained, describe, identity, verify
from warehouse.rules import Rules, load_rules
from warehouse.settings import Settings
from warehouse.snapshot import Snapshots, new_snapshot_id
from warehouse.source_states import SourceStates
from warehouse.sources import load_sources
from warehouse.store.database import Store
from warehouse.suppliers import NOTHING, Suppliers, Supply
from warehouse.told import Told, told_to
from warehouse.unlocks import new_unlocks

EVENTS_PER_CHUNK = 4_000_000


class Build:
    """One run's workspace and its steps, in order: land, gather, fill, index, publish."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        request: BuildRequest,
        *,
        rules: Rules | None = None,
        catalog: Catalog | None = None,
        suppliers: Suppliers = NOTHING,
    ) -> None:
        self.settings, self.store, self.request = settings, store, request
        self.suppliers = suppliers
        self.rules, self.catalog = rules or load_rules(settings.rules), catalog or load_catalog()
        self.lake = Lake(settings.lake_dir)
        self.snapshots = Snapshots(settings.snapshots_dir)
        self.report = BuildReport(new_snapshot_id(request.now), request.as_of or request.now)
        self.workspace = self.snapshots.work / f"{self.report.snapshot_id}.duckdb"
        self._con: duckdb.DuckDBPyConnection | None = None
        self._events = ""
        self._chunks: list[str] = []
        self._known: KnownEvents | None = None
        self._copy: Copy | None = None
        self._told = Told({})

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The open workspace."""
        if self._con is None:
            raise BuildFailed("The workspace is not open.", cure="Run the steps in their order.")
        return self._con

    @contextmanager
    def running(self) -> Iterator[Build]:
        """Hold the build lock; on the way out nothing stays of a build that was not published."""
        with self.snapshots.building():
            try:
                yield self
            finally:
                self._close()
                published = self.snapshots.path(self.report.snapshot_id).exists()
                if not published:
                    mine = self.snapshots.history_of(self.report.snapshot_id)
                    shutil.rmtree(mine, ignore_errors=True)
                tell(self.report, self.request, self.snapshots.root, published=published)

    def run(self) -> BuildReport:
        """All steps in this process."""
        with self.running():
            self.land()
            self.gather()
            self.fill()
            self.index()
            self.publish()
        return self.report

    def land(self) -> int:
        """Move acknowledged events from the inbox into the lake; returns how many.

        Meanwhile the current snapshot is copied, for `gather` to continue.
        """
        with self._timed("land"):
            self._begin_copy()
            self.lake.clean()
            self.store.inbox.claim(self.lake.new_batch(self.request.now))
            for batch in self.store.inbox.claimed():
                if not self.lake.has(batch):
                    events = self.store.inbox.events_of(batch)
                    self.lake.write(batch, events)
                    self.report.landed_events += len(events)
        return self.report.landed_events

    def gather(self) -> None:
        """Open the workspace and put together whose events the tables must see."""
        with self._timed("gather"):
            files = self.lake.files()
            self.report.why_full = self._continue(files)
            if self.report.why_full:
                self._start_over(files)
            history.note_files(self.con, "files", files)

    def _identity(self) -> dict[str, str]:
        curriculum = self._told.relations["curriculum"]
        return identity(self.catalog, self.rules, self.suppliers, curriculum)

    def _ask(self, held: duckdb.DuckDBPyConnection | None) -> Told:
        return told_to(self.request, self.store, SourceStates(self.settings.sources_dir), held)

    def _begin_copy(self) -> None:
        current = self.snapshots.current()
        if not self.request.full and current and current.exists() and not self._copy:
            self._copy = copy_beside(current, self.workspace)

    def _continue(self, files: list[str]) -> str:
        """Add the new events to the copy of the current snapshot; else say why that cannot be."""
        self._begin_copy()  # unless `land` has
        if self._copy is None:
            return "it was asked for" if self.request.full else "there is no snapshot to continue"
        self._copy.made.result()
        self._open()
        new = self._paths(increment.new_files(self.con, files))
        self._told = self._ask(self.con)
        report, made_of = self.report, self._identity()
        why = increment.why_not(self.con, made_of, report.as_of, self.request.known_at, new)
        if why:
            return why
        past = history.past(self.con, self.snapshots.history)
        report.new_events = increment.add_new_events(self.con, new, past)
        if increment.overtaken(self.con):
            return "an event came late that was received before a known one with its id"
        before = increment.previous_as_of(self.con, self._told.new)
        self._load_sources(self._told.new)
        report.touched_students = increment.find_touched(
            self.con, past.events, before, report.as_of
        )
        self._events = increment.gather_touched_events(self.con, past.events)
        self._chunks = [self._events]
        return ""

    def _start_over(self, files: list[str]) -> None:
        self._close()
        self._open()
        self._told = self._ask(None)  # of a snapshot not all is read
        self._load_sources(self._told.all)
        create_recent(self.con)
        paths = dict(zip(files, self._paths(files), strict=True))
        known = KnownEvents(self.con, paths, self.request.known_at, self.snapshots.current())
        self._events, self._chunks = KNOWN, known.ranges(EVENTS_PER_CHUNK)
        self.report.new_events = known.count()
        self._known = known

    def _paths(self, files: Sequence[str]) -> list[Path]:
        return [self.lake.root / name for name in files]

    def index(self) -> bool:
        """Give the snapshot a history to find single students in; returns whether it was written.

        The one of the current snapshot serves on while it holds most of the events; the others then
        become this snapshot's recent ones.
        """
        with self._timed("index"):
            if self._known is None or self._taken_over():
                return False
            create_recent(self.con)
            directory = self.snapshots.history_of(self.report.snapshot_id)
            parts = history.write_history(self.con, self._known, directory)
            history.note_parts(self.con, parts, self.snapshots.history)
            history.note_files(self.con, "history_files", increment.listed(self.con))
        return True

    def _taken_over(self) -> bool:
        files = increment.listed(self.con)
        root = self.snapshots.history
        new = history.take_over(self.con, self.snapshots.current(), root, files)
        if new is None or self.request.known_at is not None:
            return False
        past = history.past(self.con, root)
        counted = increment.add_new_events(self.con, self._paths(new), past, conflicts=False)
        few = counted <= self.report.new_events * increment.MOST_NEW_SHARE
        return few and not increment.overtaken(self.con)

    def fill(self) -> dict[str, TableRun]:
        """Compute every table for the gathered students and check what came out.

        Raises:
            BuildFailed: a table could not be made; the message names it.
        """
        with self._timed("fill"), ThreadPoolExecutor(1, "prune") as beside:
            pruned = beside.submit(self.snapshots.prune, self.report.snapshot_id)
            checks = CheckBook(self.con, self.catalog)
            supply = Supply(self.con, self.suppliers, self.report.as_of)
            filler = Filler(self.con, self.catalog, checks, supply)
            full, previous = bool(self.report.why_full), self.snapshots.current()
            bring_outcomes(self.con, self.report.as_of, full=full, previous=previous)
            if not full:
                filler.forget_touched()
            self.report.tables = filler.fill(self._events, self._chunks)
            self.report.checks = list(checks.results.values())
            pruned.result()
        return self.report.tables

    def publish(self) -> str:
        """Make the workspace the current snapshot, then let go of what it has taken over.

        Raises:
            BuildFailed: a blocking check found rows, or the finished file does not verify.
        """
        with self._timed("publish"):
            refuse_failed(self.report.checks)
            previous = self.snapshots.current()
            self.report.event_count = describe(
                self.con, self.report, self.request, self._identity(), self.rules.version
            )
            self.report.unlocks = new_unlocks(self.con, previous)
            if self._copy is not None:
                self._copy.synced.result()
            self.con.execute("checkpoint")
            self.con.execute("use memory; detach workspace")
            with ThreadPoolExecutor(1, "close") as beside:
                beside.submit(self._close, keep=True)  # to free its memory takes as long
                verify(self.workspace, self.report)
            self.snapshots.publish(self.workspace, self.report.snapshot_id)
            if previous is not None:
                self.store.inbox.delete(contained(previous, self.store.inbox.claimed()))
        return self.report.snapshot_id

    def _open(self) -> None:
        self._con = open_workspace(self.workspace)

    def _close(self, *, keep: bool = False) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None
        if not keep:
            if self._copy is not None:
                self._copy.wait()
                self._copy = None
            self.workspace.unlink(missing_ok=True)
            self.workspace.with_name(self.workspace.name + ".wal").unlink(missing_ok=True)

    def _load_sources(self, told: Mapping[str, pa.Table]) -> None:
        load_sources(
            self.con,
            {**told, "models": self.suppliers.models},
            self.rules,
            as_of=self.report.as_of,
            zone=self.settings.default_timezone,
        )

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.report.seconds[step] = time.perf_counter() - started


def run_build(
    settings: Settings,
    store: Store,
    *,
    now: datetime,
    full: bool = False,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    rules: Rules | None = None,
) -> BuildReport:
    """Make and publish one snapshot in this process; Dagster runs the same steps as assets."""
    request = BuildRequest(now, full=full, as_of=as_of, known_at=known_at)
    return Build(settings, store, request, rules=rules).run()
