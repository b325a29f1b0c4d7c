"""The admin's dashboard: how the service is used, how fresh its figures are, who is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from reports.dashboards.parts import STRICT, ViewMeta
from warehouse.reader import Row
from warehouse.snapshot import SnapshotInfo
from warehouse.store.audit import Entry

QUERIES = (
    "recent_activity",
    "latest_streak_retention",
    "recent_badge_frequency",
    "build_tables",
)
SLOWEST = 10


@dataclass(frozen=True, slots=True)
class ActivityDay:
    """A day of everybody's own clocks."""

    __pydantic_config__ = STRICT
    local_date: date
    dau: Annotated[int, Field(description="Students active on the day.")]
    wau: Annotated[int, Field(description="Students active in the 7 days up to it.")]
    mau: Annotated[int, Field(description="Students active in the 30 days up to it.")]
    stickiness: Annotated[float | None, Field(description="DAU divided by MAU.")]
    sessions: int
    average_session_minutes: float | None


@dataclass(frozen=True, slots=True)
class StreakRetention:
    """How many streaks of a week ago go on."""

    __pydantic_config__ = STRICT
    live_count: int
    kept_count: int
    retention: Annotated[float | None, Field(description="0 to 1; null without any.")]


@dataclass(frozen=True, slots=True)
class BadgeWeek:
    """A badge in a week."""

    __pydantic_config__ = STRICT
    week_start: date
    badge_id: str
    earned_count: int
    student_count: int


@dataclass(frozen=True, slots=True)
class NotificationEngagement:
    """What became of notifications."""

    __pydantic_config__ = STRICT
    created: int
    sent: int
    read: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the figures are, and what waits to enter them."""

    __pydantic_config__ = STRICT
    built_at: Annotated[datetime | None, Field(description="Null before the first build.")]
    snapshot_age_seconds: int | None
    event_count: Annotated[int | None, Field(description="Events in the snapshot.")]
    inbox_events: Annotated[int, Field(description="Events that wait, or left a build ago.")]
    oldest_inbox_age_seconds: Annotated[int | None, Field(description="Null where none waits.")]


@dataclass(frozen=True, slots=True)
class TableBuild:
    """What one table cost in the last build."""

    __pydantic_config__ = STRICT
    name: str
    row_count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A published snapshot that is kept."""

    __pydantic_config__ = STRICT
    snapshot_id: str
    current: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """How the last build went. A build whose checks fail publishes nothing: figures get older."""

    __pydantic_config__ = STRICT
    rules_version: str | None
    table_seconds: Annotated[float, Field(description="Seconds of all tables.")]
    slowest: Annotated[list[TableBuild], Field(description="The ten that took longest.")]
    snapshots: Annotated[list[SnapshotFile], Field(description="The current one first.")]


@dataclass(frozen=True, slots=True)
class AccessLine:
    """A use of a student's record."""

    __pydantic_config__ = STRICT
    at: datetime
    actor: str
    role: str
    operation: str
    student_id: str


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """The latest uses of records; all of them, and whether the log is whole, at /api/audit."""

    __pydantic_config__ = STRICT
    entries: Annotated[int, Field(description="Rows of the log.")]
    latest: list[AccessLine]


@dataclass(frozen=True, slots=True)
class AdminDashboard:
    """The service as a whole; no student's figures."""

    __pydantic_config__ = STRICT
    admin_id: str
    people: Annotated[
        dict[str, int], Field(description="Active people by role, and active classes.")
    ]
    activity: Annotated[list[ActivityDay], Field(description="Up to 30 days, oldest first.")]
    streak_retention: Annotated[StreakRetention | None, Field(description="Null before a build.")]
    badges: Annotated[list[BadgeWeek], Field(description="Of the last 8 weeks, oldest first.")]
    notifications: Annotated[
        NotificationEngagement | None, Field(description="Null where none are counted.")
    ]
    freshness: Freshness
    pipeline: Pipeline
    audit: AuditSummary
    meta: ViewMeta


class State(NamedTuple):
    """What the store and the disk say beside the tables."""

    now: datetime
    people: Mapping[str, int]
    inbox_events: int
    oldest_inbox_at: datetime | None
    snapshots: Sequence[SnapshotFile]
    audit: Sequence[Entry]
    notifications: NotificationEngagement | None = None


def assemble(
    admin_id: str,
    answers: Mapping[str, Sequence[Row]],
    info: SnapshotInfo | None,
    state: State,
    meta: ViewMeta,
) -> AdminDashboard:
    """Put the view together from the answers to `QUERIES` and the state of the service."""
    retention = answers["latest_streak_retention"]
    return AdminDashboard(
        admin_id,
        dict(state.people),
        [ActivityDay(**row) for row in answers["recent_activity"]],
        StreakRetention(**retention[0]) if retention else None,
        [BadgeWeek(**row) for row in answers["recent_badge_frequency"]],
        state.notifications,
        Freshness(
            info.built_at if info else None,
            _seconds(state.now, info.built_at if info else None),
            info.event_count if info else None,
            state.inbox_events,
            _seconds(state.now, state.oldest_inbox_at),
        ),
        _pipeline(answers["build_tables"], info, state),
        AuditSummary(
            state.audit[0].seq if state.audit else 0,
            [AccessLine(e.at, e.actor, e.role, e.operation, e.student_id) for e in state.audit],
        ),
        meta,
    )


def _pipeline(rows: Sequence[Row], info: SnapshotInfo | None, state: State) -> Pipeline:
    tables = [TableBuild(row["name"], row["row_count"], row["seconds"]) for row in rows]
    tables.sort(key=lambda table: -table.seconds)
    return Pipeline(
        info.rules_version if info else None,
        round(sum(table.seconds for table in tables), 3),
        tables[:SLOWEST],
        list(state.snapshots),
    )


def _seconds(now: datetime, since: datetime | None) -> int | None:
    return None if since is None else max(0, int((now - since).total_seconds()))
