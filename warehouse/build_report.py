"""What is asked of a build and what it answers, for those who build and those who publish."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from warehouse.checks import CheckResult
from warehouse.fill import TableRun


@dataclass(frozen=True)
class BuildRequest:
    """What is asked: `as_of` leaves out what happened later, `known_at` what was received later."""

    now: datetime
    full: bool = False
    as_of: datetime | None = None
    known_at: datetime | None = None


@dataclass
class BuildReport:
    """What a build did; `why_full` is empty for an incremental one."""

    snapshot_id: str
    as_of: datetime
    why_full: str = ""
    landed_events: int = 0
    new_events: int = 0
    event_count: int = 0
    touched_students: int = 0
    tables: dict[str, TableRun] = field(default_factory=dict)
    checks: list[CheckResult] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
