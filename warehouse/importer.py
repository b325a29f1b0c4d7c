"""Importing files: events straight into the lake, all or nothing.

An import bypasses the inbox safely: its batches wait aside until the whole file was read, and every
event in them was looked up among those we know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidEvent
from warehouse.events import Event, parse_event, receive
from warehouse.intake.curriculum_file import import_curriculum
from warehouse.intake.event_file import open_event_file
from warehouse.intake.known_events import KnownEvents, known_events
from warehouse.intake.rejects import Rejects, rejects_of
from warehouse.intake.rows import FIELDS, EventFile, Row, content_digest, file_instant
from warehouse.lake import Lake, Staging, events_table
from warehouse.settings import Settings
from warehouse.store.database import Store

__all__ = ["ImportReport", "import_curriculum", "import_events"]

ROWS_A_STEP = 20_000
ROWS_A_GROUP = 500_000
ACTOR = "import"
ROW_NUMBER = "row_number"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportReport:
    """What became of the rows of a file."""

    accepted: int
    duplicates: int
    rejected: int
    rejects_path: Path | None
    notices: tuple[str, ...] = ()


def import_events(
    settings: Settings,
    store: Store,
    path: Path,
    *,
    progress: Progress | None = None,
    clock: Clock = utc_now,
) -> ImportReport:
    """Land the events of a file; `progress` is told bytes done and bytes in all.

    A file that turns out to be unreadable part-way leaves nothing behind.
    """
    lake = Lake(settings.lake_dir)
    with (
        open_event_file(path) as file,
        lake.staging() as staging,
        known_events(lake, store.inbox, staging.directory) as known,
        rejects_of(path, settings.home / "rejects") as rejects,
    ):
        run = _Import(settings, store, file, staging, known, rejects, now=clock())
        run.read(progress or _silent)
        rejects_path = rejects.finish()
        staging.land(run.now)
    return ImportReport(
        run.accepted, run.duplicates, rejects.count, rejects_path, tuple(run.notices())
    )


@dataclass
class _Import:
    """One file on its way: rows to events, events to groups, groups to staged files."""

    settings: Settings
    store: Store
    file: EventFile
    staging: Staging
    known: KnownEvents
    rejects: Rejects
    now: datetime
    accepted: int = 0
    duplicates: int = 0
    ids_made: int = 0
    group: list[pa.Table] = field(default_factory=list)

    def read(self, progress: Progress) -> None:
        """Read the file to its end; everything accepted is staged afterwards."""
        position = self.file.position
        while rows := list(islice(self.file.rows, ROWS_A_STEP)):
            self._take(rows)
            if sum(table.num_rows for table in self.group) >= ROWS_A_GROUP:
                self._stage_group()
            progress(min(position.done(), position.total), position.total)
        self._stage_group()
        progress(position.total, position.total)

    def notices(self) -> list[str]:
        """What the sender should know although nothing was refused for it."""
        notices = []
        ignored = self.file.ignored.names
        if ignored:
            notices.append(f"Ignored, as they are no event fields: {', '.join(ignored)}.")
        if self.ids_made:
            notices.append(
                f"{self.ids_made} events had no event_id and got one made of this file's content "
                "and their row: a changed copy of the file would count them again."
            )
        return notices

    def _take(self, rows: Sequence[Row]) -> None:
        """Check rows, give them what they left out, and add them to the group."""
        numbered = list(self._checked(rows))
        without_zone = {event.student_id for _, event in numbered if event.time_zone is None}
        zones = self.store.students.zones(without_zone)
        received = [
            receive(
                event,
                received_at=self.now,
                actor=ACTOR,
                source=self._source,
                profile_zone=zones.get(event.student_id),
                default_zone=self.settings.default_timezone,
            )
            for _, event in numbered
        ]
        numbers = pa.array([number for number, _ in numbered], pa.int64())
        self.group.append(events_table(received).append_column(ROW_NUMBER, numbers))

    def _checked(self, rows: Sequence[Row]) -> Iterator[tuple[int, Event]]:
        for number, fields, raw in rows:
            if isinstance(fields, InvalidEvent):
                self.rejects.add(number, None, fields, raw)
                continue
            if "occurred_at" in fields:
                fields["occurred_at"] = file_instant(fields["occurred_at"])
            try:
                event = parse_event(fields, now=self.now)
            except InvalidEvent as error:
                self.rejects.add(number, fields.get("event_id"), error, raw)
                continue
            yield number, event if event.event_id else self._identified(event, number)

    def _identified(self, event: Event, number: int) -> Event:
        """The same row of the same content gets the same id in every import."""
        self.ids_made += 1
        return event._replace(event_id=f"file.{self._digest}.{number}")

    def _stage_group(self) -> None:
        """Sort out what is known of the group, and put the rest aside as one file."""
        table = pa.concat_tables(self.group) if self.group else None
        self.group = []
        if table is None or not table.num_rows:
            return
        identity = table.select(["event_id", "fingerprint", ROW_NUMBER])
        verdicts = self.known.verdicts(identity, self.staging.files)
        self.duplicates += pc.sum(verdicts.duplicate).as_py()
        for row in table.filter(verdicts.conflicting).to_pylist():
            self._refuse_conflict(row)
        accepted = table.filter(verdicts.accepted).drop_columns([ROW_NUMBER])
        self.accepted += accepted.num_rows
        if accepted.num_rows:
            self.staging.add(accepted)

    def _refuse_conflict(self, row: dict[str, object]) -> None:
        number = cast("int", row.pop(ROW_NUMBER))
        error = InvalidEvent(
            f"event_id {row['event_id']} was received before with other content.",
            cure="Give this event an id of its own, or leave it out.",
            field="event_id",
        )
        sent = {name: value for name, value in row.items() if name in FIELDS and value is not None}
        self.rejects.add(number, row["event_id"], error, sent)

    @cached_property
    def _digest(self) -> str:
        return content_digest(self.file.path)

    @cached_property
    def _source(self) -> str:
        return f"import:{self.file.path.name}".encode("utf-8", "backslashreplace").decode()


def _silent(_done: int, _total: int) -> None:
    """Progress for those who do not watch."""
