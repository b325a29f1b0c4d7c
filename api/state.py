"""The state of the whole service for Prometheus: inbox, snapshot, builds, and how learners use it.

Builds run in other processes, so this reads what the snapshot and the note of the last build say.
Collecting is cheap and kept for a few seconds; what cannot be read now is absent, and its
`spool_up` is 0.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from api.learners import Ask, learner_figures
from warehouse.build_note import read_note
from warehouse.clock import Clock
from warehouse.errors import SpoolError
from warehouse.reader import Reader, Row
from warehouse.store.database import Store

KEPT_SECONDS = 5.0
COUNTED_SECONDS = 300.0


class StateCollector(Collector):
    """Tells the figures of now, or of a few seconds ago."""

    def __init__(self, store: Store, reader: Reader, clock: Clock) -> None:
        self._store, self._reader, self._clock = store, reader, clock
        self._lock = threading.Lock()
        self._kept: tuple[float, list[Metric]] | None = None
        self._counted: tuple[float, list[Row]] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would otherwise collect once at registration."""
        return []

    def collect(self) -> Iterable[Metric]:
        """All figures that can be read."""
        with self._lock:
            now = time.monotonic()
            if self._kept is None or now - self._kept[0] > KEPT_SECONDS:
                self._kept = now, self._collected()
            return self._kept[1]

    def _collected(self) -> list[Metric]:
        up = GaugeMetricFamily("spool_up", "Whether this part could be read.", labels=["part"])
        found: list[Metric] = [up]
        parts: dict[str, Callable[[], Iterator[Metric]]] = {
            "store": self._inbox,
            "notifications": self._notifications,
            "snapshot": self._snapshot,
            "builds": self._last_build,
        }
        for part, tell in parts.items():
            try:
                found += list(tell())
                up.add_metric([part], 1)
            except SpoolError:
                up.add_metric([part], 0)
        return found

    def _inbox(self) -> Iterator[Metric]:
        inbox = self._store.inbox
        waiting, _ = inbox.unclaimed_mark()
        oldest = inbox.oldest_received_at()
        age = max(0.0, (self._clock() - oldest).total_seconds()) if oldest else 0.0
        yield _gauge(
            "spool_inbox_events", "Events that no snapshot is sure to hold yet.", inbox.count()
        )
        yield _gauge("spool_inbox_unclaimed_events", "Those that no build has taken.", waiting)
        yield _gauge("spool_inbox_oldest_seconds", "Age of the oldest event of the inbox.", age)

    def _notifications(self) -> Iterator[Metric]:
        """What became of notifications on their ways out; counting all of them takes a while."""
        if self._counted is None or time.monotonic() - self._counted[0] > COUNTED_SECONDS:
            self._counted = time.monotonic(), self._store.outbox.engagement()
        labels = ("kind", "channel", "status", "reason")
        family = GaugeMetricFamily(
            "spool_notifications",
            "What became of notifications.",
            labels=labels,
        )
        for row in self._counted[1]:
            family.add_metric([row[label] or "" for label in labels], row["count"])
        yield family

    def _snapshot(self) -> Iterator[Metric]:
        info = self._reader.snapshot_info()
        if info is None:
            return
        about = {"snapshot_id": info.snapshot_id, "rules_version": info.rules_version}
        yield InfoMetricFamily("spool_snapshot", "The published snapshot.", value=about)
        now = self._clock()
        for name, meaning, value in (
            ("age_seconds", "Time since the snapshot was built.", now - info.built_at),
            ("as_of_age_seconds", "Time since the instant it shows.", now - info.as_of),
        ):
            yield _gauge(f"spool_snapshot_{name}", meaning, max(0.0, value.total_seconds()))
        yield _gauge("spool_snapshot_events", "Events behind the snapshot.", info.event_count)
        ask = self._published()
        tables = ask("build_tables")
        yield _labelled("spool_table_rows", "Rows of a table.", "table", tables, "row_count")
        yield _labelled("spool_build_table_seconds", "Time to make it.", "table", tables, "seconds")
        yield from learner_figures(ask)

    def _last_build(self) -> Iterator[Metric]:
        note = read_note(self._reader.settings.snapshots_dir)
        if note is None:
            return
        yield _gauge(
            "spool_build_succeeded", "1 when the last build was published, else 0.", note.published
        )
        yield _gauge(
            "spool_build_started_timestamp_seconds",
            "When the last build began.",
            note.started_at.timestamp(),
        )
        steps = [{"name": name, "seconds": value} for name, value in note.seconds.items()]
        yield _labelled(
            "spool_build_step_seconds", "Time of each step of the last build.", "step", steps,
            "seconds",
        )  # fmt: skip

    def _published(self) -> Ask:
        """Ask a named query; no rows when a table that it reads is not in this snapshot."""
        present = {row["name"] for row in self._reader.rows("published_tables")}

        def ask(query: str) -> list[Row]:
            reads = self._reader.catalog.queries[query].reads
            return self._reader.rows(query) if reads <= present else []

        return ask


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _labelled(name: str, meaning: str, label: str, rows: list[Row], figure: str) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for row in rows:
        family.add_metric([row["name"]], row[figure])
    return family
