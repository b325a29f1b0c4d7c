"""What the store knows of a student apart from events: the time zone they live in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.event_fields import checked_name
from warehouse.store.schema import STUDENTS
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing
from warehouse.zones import zone_info


class Student(NamedTuple):
    """A student's profile."""

    student_id: str
    time_zone: str | None
    recorded_at: datetime


class Students:
    """Profiles by student id."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def set_zone(self, student_id: str, time_zone: str) -> None:
        """From now on events without a zone count in this one; earlier ones keep theirs."""
        row = {
            "student_id": checked_name("student_id", student_id),
            "time_zone": zone_info(time_zone).key,
            "recorded_at": self._clock(),
        }
        statement = self._dialect.insert(STUDENTS).on_conflict_do_update(
            index_elements=["student_id"], set_={"time_zone": row["time_zone"]}
        )
        with writing(self._engine) as connection:
            connection.execute(statement, row)

    def zones(self, student_ids: Iterable[str]) -> dict[str, str]:
        """The zones of those students that have one."""
        zones: dict[str, str] = {}
        with reading(self._engine) as connection:
            for some in batched(list(student_ids), IDS_A_QUERY):
                query = select(STUDENTS.c.student_id, STUDENTS.c.time_zone).where(
                    STUDENTS.c.student_id.in_(some), STUDENTS.c.time_zone.is_not(None)
                )
                zones.update((row.student_id, row.time_zone) for row in connection.execute(query))
        return zones

    def all(self) -> list[Student]:
        query = select(STUDENTS).order_by(STUDENTS.c.student_id)
        with reading(self._engine) as connection:
            return [Student(*row) for row in connection.execute(query)]
