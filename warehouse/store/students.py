"""A student's own profile: the time zone they live in, and how they appear on leaderboards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.event_fields import checked_name
from warehouse.store.schema import PEOPLE, STUDENTS
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing
from warehouse.zones import zone_info

SOURCE = "profile"


class Student(NamedTuple):
    """A student's profile."""

    student_id: str
    time_zone: str | None
    alias: str | None
    leaderboard_opt_in: bool
    recorded_at: datetime


class Students:
    """Profiles by student id."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def set_zone(self, student_id: str, time_zone: str) -> None:
        """From now on events without a zone count in this one; earlier ones keep theirs."""
        now, zone = self._clock(), zone_info(time_zone).key
        person = {
            "person_id": checked_name("student_id", student_id),
            "time_zone": zone,
            "active": True,
            "source": SOURCE,
            "recorded_at": now,
            "changed_at": now,
        }
        student = {"student_id": student_id, "leaderboard_opt_in": False, "recorded_at": now}
        known = self._dialect.insert(PEOPLE).on_conflict_do_update(
            index_elements=["person_id"], set_={"time_zone": zone, "changed_at": now}
        )
        with writing(self._engine) as connection:
            connection.execute(known, person)
            connection.execute(self._dialect.insert(STUDENTS).on_conflict_do_nothing(), student)

    def change(
        self,
        student_id: str,
        *,
        alias: str | None,
        opt_in: bool,
        time_zone: str | None = None,
        locale: str | None = None,
    ) -> None:
        """Set the leaderboard, and zone and language where they are given, all or nothing."""
        now = self._clock()
        person = {
            name: value
            for name, value in (
                ("time_zone", zone_info(time_zone).key if time_zone else None),
                ("locale", locale),
            )
            if value is not None
        }
        known = self._dialect.insert(PEOPLE).on_conflict_do_update(
            index_elements=["person_id"], set_={**person, "changed_at": now}
        )
        new = {"active": True, "source": SOURCE, "recorded_at": now, "changed_at": now}
        student = {"alias": alias, "leaderboard_opt_in": opt_in}
        upsert = self._dialect.insert(STUDENTS).on_conflict_do_update(
            index_elements=["student_id"], set_=student
        )
        checked_name("student_id", student_id)
        with writing(self._engine) as connection:
            connection.execute(known, {"person_id": student_id, **person, **new})
            connection.execute(upsert, {"student_id": student_id, "recorded_at": now, **student})

    def aliases(self, student_ids: Iterable[str]) -> dict[str, str]:
        """The aliases of those students who want to be ranked now."""
        found: dict[str, str] = {}
        with reading(self._engine) as connection:
            for some in batched(list(student_ids), IDS_A_QUERY):
                query = select(STUDENTS.c.student_id, STUDENTS.c.alias).where(
                    STUDENTS.c.student_id.in_(some),
                    STUDENTS.c.leaderboard_opt_in,
                    STUDENTS.c.alias.is_not(None),
                )
                found.update((row.student_id, row.alias) for row in connection.execute(query))
        return found

    def set_leaderboard(self, student_id: str, *, alias: str | None, opt_in: bool) -> None:
        """Whether the student is ranked, and under which name."""
        row = {
            "student_id": checked_name("student_id", student_id),
            "alias": alias,
            "leaderboard_opt_in": opt_in,
            "recorded_at": self._clock(),
        }
        upsert = self._dialect.insert(STUDENTS).on_conflict_do_update(
            index_elements=["student_id"], set_={"alias": alias, "leaderboard_opt_in": opt_in}
        )
        with writing(self._engine) as connection:
            connection.execute(upsert, row)

    def zones(self, student_ids: Iterable[str]) -> dict[str, str]:
        """The zones of those students that have one."""
        zones: dict[str, str] = {}
        with reading(self._engine) as connection:
            for some in batched(list(student_ids), IDS_A_QUERY):
                query = select(PEOPLE.c.person_id, PEOPLE.c.time_zone).where(
                    PEOPLE.c.person_id.in_(some), PEOPLE.c.time_zone.is_not(None)
                )
                zones.update((row.person_id, row.time_zone) for row in connection.execute(query))
        return zones

    def of(self, student_id: str) -> Student | None:
        """One student's profile, None without one."""
        return next(iter(self._rows(student_id)), None)

    def all(self) -> list[Student]:
        return self._rows(None)

    def _rows(self, student_id: str | None) -> list[Student]:
        query = (
            select(
                STUDENTS.c.student_id,
                PEOPLE.c.time_zone,
                STUDENTS.c.alias,
                STUDENTS.c.leaderboard_opt_in,
                STUDENTS.c.recorded_at,
            )
            .outerjoin_from(STUDENTS, PEOPLE, STUDENTS.c.student_id == PEOPLE.c.person_id)
            .order_by(STUDENTS.c.student_id)
        )
        if student_id is not None:
            query = query.where(STUDENTS.c.student_id == student_id)
        with reading(self._engine) as connection:
            return [Student(*row) for row in connection.execute(query)]
