"""What this process counts, and its text for Prometheus; the home of prometheus-client.

Operations stand by their name in `policy.py`, never by their path: no label holds anybody's id.
Figures of the service as a whole (inbox, snapshot, learners) are collected in `state.py`.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from warehouse.store.ingest import Commit

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_BATCH_EVENTS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._count_requests()
        self._count_events()

    def _count_requests(self) -> None:
        of = self.registry
        self._requests = Counter(
            "spool_http_requests_total",
            "Requests answered.",
            ["operation", "role", "status"],
            registry=of,
        )
        self._seconds = Histogram(
            "spool_http_request_seconds",
            "Time to answer.",
            ["operation"],
            buckets=_REQUEST_SECONDS,
            registry=of,
        )
        self._problems = Counter(
            "spool_http_problems_total", "Refusals by kind.", ["operation", "kind"], registry=of
        )
        self.shared = Gauge(
            "spool_rate_limits_shared", "1 while Redis answers; 0: each counts alone.", registry=of
        )
        # Looking up a child by its labels costs more than counting: those of each kind are kept.
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def _count_events(self) -> None:
        of = self.registry
        self._events = Counter(
            "spool_ingest_events_total", "Events received, by outcome.", ["outcome"], registry=of
        )
        self._rejected = Counter(
            "spool_ingest_rejected_total", "Events refused, by reason.", ["reason"], registry=of
        )
        self._batches = Histogram(
            "spool_ingest_request_events",
            "Events in one request.",
            buckets=_BATCH_EVENTS,
            registry=of,
        )
        self._commits = Histogram(
            "spool_ingest_commit_seconds",
            "Time until a group of requests was durable.",
            buckets=_COMMIT_SECONDS,
            registry=of,
        )
        self._failed_commits = Counter(
            "spool_ingest_failed_commits_total", "Groups not acknowledged.", registry=of
        )

    def request(self, operation: str, role: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        key = (operation, role, status)
        children = self._children.get(key)
        if children is None:
            children = self._requests.labels(*key), self._seconds.labels(operation)
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def problem(self, operation: str, kind: str) -> None:
        """Count a refused request."""
        self._problems.labels(operation, kind).inc()

    def rejected(self, reason: str) -> None:
        """Count an event that was not stored."""
        self._rejected.labels(reason).inc()

    def commit(self, commit: Commit) -> None:
        """Count a group of requests that became durable, or failed to."""
        self._commits.observe(commit.seconds)
        if commit.failed:
            self._failed_commits.inc()
            return
        for size in commit.sizes:
            self._batches.observe(size)
        for outcome, count in commit.outcomes.items():
            self._events.labels(outcome).inc(count)

    def include(self, collector: Collector) -> None:
        """Let this collector tell its figures at each scrape."""
        self.registry.register(collector)

    def leave_out(self, collector: Collector) -> None:
        """Ask it no more: what it reads from is being closed."""
        self.registry.unregister(collector)

    def text(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)
