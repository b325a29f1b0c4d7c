"""Loading the sample school into a home: its curriculum, its people, then its events.

The events take the way of every imported file; nothing is written here that a school could not
have sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sample.people import enrol_people
from pipelines.sample.school import Student, curriculum, first_day, student, weekly_goal
from pipelines.sample.simulate import SampleEvent, history
from warehouse.durable import make_directory
from warehouse.importer import ImportReport, import_events
from warehouse.settings import Settings
from warehouse.store.curriculum import Concept
from warehouse.store.database import Store

Progress = Callable[[int, int], None]
SET_BY = "sample"
ROWS_A_GROUP = 20_000
COLUMNS = pa.schema(
    [
        ("event_id", pa.string()),
        ("student_id", pa.string()),
        ("concept_id", pa.string()),
        ("item_id", pa.string()),
        ("event_type", pa.string()),
        ("score", pa.float64()),
        ("time_spent", pa.int32()),
        ("occurred_at", pa.string()),
        ("time_zone", pa.string()),
        ("helped_student_id", pa.string()),
    ]
)


@dataclass(frozen=True)
class SampleReport:
    """What was loaded; `events` says how many of them were new."""

    students: int
    people: int
    concepts: int
    goals: int
    events: ImportReport

    def __str__(self) -> str:
        return (
            f"Sample school: {self.people} people, {self.students} of them students;"
            f" {self.concepts} concepts,"
            f" {self.goals} goals; {self.events.accepted} events accepted,"
            f" {self.events.duplicates} duplicate, {self.events.rejected} rejected."
        )


def load_sample(
    settings: Settings,
    store: Store,
    *,
    students: int = 120,
    days: int = 120,
    seed: int = 7,
    until: datetime,
    progress: Progress | None = None,
) -> SampleReport:
    """Load a school with a history up to `until`, which also counts as the instant of receipt.

    The same school twice counts once. `progress` is told steps done and steps in all.
    """
    tell = progress or _silent
    everyone = [student(number, days=days, seed=seed) for number in range(1, students + 1)]
    concepts = store.curriculum.merge(
        Concept(one.concept_id, one.subject_id, one.name, one.prerequisites) for one in curriculum()
    )
    people = enrol_people(store, everyone, today=until.date())
    goals = _enrol(store, everyone, days=days, seed=seed, until=until)
    make_directory(settings.home)  # with a database elsewhere nothing has made it yet
    with TemporaryDirectory(dir=settings.home, prefix="sample-") as directory:
        path = Path(directory) / "sample.parquet"
        with pq.ParquetWriter(path, COLUMNS) as file:
            waiting: list[SampleEvent] = []
            for done, who in enumerate(everyone, start=1):
                waiting += history(who, days=days, seed=seed, until=until)
                if len(waiting) >= ROWS_A_GROUP or done == students:
                    file.write_table(pa.Table.from_pylist(waiting, COLUMNS))
                    waiting.clear()
                tell(done, 2 * students)
        report = import_events(
            settings,
            store,
            path,
            progress=lambda done, total: tell(
                students + students * done // max(total, 1), 2 * students
            ),
            clock=lambda: until,
        )
    tell(2 * students, 2 * students)
    return SampleReport(students, people, concepts, goals, report)


def _enrol(
    store: Store, everyone: Sequence[Student], *, days: int, seed: int, until: datetime
) -> int:
    """Keep the students' zones and goals; returns how many set goals of their own."""
    start = first_day(until.date(), days)
    goals = 0
    for who in everyone:
        store.students.set_zone(who.student_id, who.site.time_zone)
        goal = weekly_goal(who, days=days, seed=seed, start=start)
        if goal is not None:
            goals += 1
            store.goals.set(
                goal.student_id,
                goal.from_week,
                concepts=goal.concepts,
                minutes=goal.minutes,
                set_by=SET_BY,
            )
    return goals


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""
