"""What is asked of a build, what it answers, and what log and note tell of it when it has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from warehouse import logs
from warehouse.build_note import BuildNote, write_note
from warehouse.checks import CheckResult
from warehouse.making import TableRun
from warehouse.unlocks import Unlocks


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
    unlocks: Unlocks | None = None


def tell(report: BuildReport, request: BuildRequest, directory: Path, *, published: bool) -> None:
    """Tell the log, and the note for other processes, how a build ended."""
    seconds = {step: round(value, 4) for step, value in report.seconds.items()}
    note = BuildNote(report.snapshot_id, request.now, published, seconds)
    write_note(directory, note)
    log = logs.get_logger()
    if not published:
        log.error("build_failed", step=note.last_step, seconds=seconds)
        return
    if report.unlocks is not None:
        log.info("unlocks", snapshot_id=report.snapshot_id, **report.unlocks._asdict())
    log.info(
        "analytics_generated",
        snapshot_id=report.snapshot_id,
        mode="full" if report.why_full else "incremental",
        why_full=report.why_full or None,
        seconds=seconds,
        landed_events=report.landed_events,
        new_events=report.new_events,
        event_count=report.event_count,
        touched_students=report.touched_students,
        tables=len(report.tables),
    )
