"""A student's own profile: the time zone they live in, and how they appear on leaderboards."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import StringConstraints, TypeAdapter, ValidationError
from sqlalchemy import Engine, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidEvent
from warehouse.event_fields import checked_name, shown
from warehouse.store.schema import PEOPLE, STUDENTS
from warehouse.store.transactions import IDS_A_QUERY, among, batched, reading, writing
from warehouse.zones import zone_info

SOURCE = "profile"
# What shows alike to everybody, on one line and inside it: letters and digits, parted by spaces and
# a few marks; at most three accents on each, since a tower of them covers the lines above.
Alias = Annotated[
    str,
    StringConstraints(
        strict=True,
        min_length=2,
        max_length=40,
        pattern=r"^[\p{L}\p{N}]\p{M}{0,3}([ '._-]{0,2}[\p{L}\p{N}]\p{M}{0,3})*\.?$",
    ),
]
_ALIAS: TypeAdapter[str] = TypeAdapter(Alias)


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
        self._zones = select(PEOPLE.c.person_id, PEOPLE.c.time_zone).where(
            among(PEOPLE.c.person_id, "student_ids", engine), PEOPLE.c.time_zone.is_not(None)
        )

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
        alias: str | None = None,
        opt_in: bool | None = None,
        time_zone: str | None = None,
        locale: str | None = None,
    ) -> None:
        """Change what is given, all or nothing; what is None stays, whoever else changes it now.

        Raises:
            InvalidEvent: a value is not valid, or who opts in has no alias.
        """
        now = self._clock()
        person = _given(time_zone=zone_info(time_zone).key if time_zone else None, locale=locale)
        student = _given(
            alias=None if alias is None else checked_alias(alias), leaderboard_opt_in=opt_in
        )
        checked_name("student_id", student_id)
        noted = {"active": True, "source": SOURCE, "recorded_at": now}
        own_row = select(STUDENTS.c.alias, STUDENTS.c.leaderboard_opt_in).where(
            STUDENTS.c.student_id == student_id
        )
        with writing(self._engine) as connection:
            connection.execute(
                self._upsert(PEOPLE, {"person_id": student_id}, {**person, "changed_at": now}),
                {"person_id": student_id, "changed_at": now, **person, **noted},
            )
            connection.execute(
                self._upsert(STUDENTS, {"student_id": student_id}, student),
                {
                    "student_id": student_id,
                    "leaderboard_opt_in": False,
                    "recorded_at": now,
                    **student,
                },
            )
            _check_ranked(*connection.execute(own_row).one())

    def aliases(self, student_ids: Iterable[str]) -> dict[str, str]:
        """The aliases of those students who want to be ranked now, and have not left."""
        found: dict[str, str] = {}
        ranked = (
            select(STUDENTS.c.student_id, STUDENTS.c.alias)
            .outerjoin_from(STUDENTS, PEOPLE, STUDENTS.c.student_id == PEOPLE.c.person_id)
            .where(
                STUDENTS.c.leaderboard_opt_in,
                STUDENTS.c.alias.is_not(None),
                PEOPLE.c.active.is_not(False),
            )
        )
        with reading(self._engine) as connection:
            for some in batched(list(student_ids), IDS_A_QUERY):
                query = ranked.where(STUDENTS.c.student_id.in_(some))
                found.update((row.student_id, row.alias) for row in connection.execute(query))
        return found

    def set_leaderboard(self, student_id: str, *, alias: str | None, opt_in: bool) -> None:
        """Whether the student is ranked, and under which name."""
        key = {"student_id": checked_name("student_id", student_id)}
        known_as = None if alias is None else checked_alias(alias)
        _check_ranked(known_as, opt_in)
        wanted = {"alias": known_as, "leaderboard_opt_in": opt_in}
        with writing(self._engine) as connection:
            connection.execute(
                self._upsert(STUDENTS, key, wanted),
                {**key, **wanted, "recorded_at": self._clock()},
            )

    def zones(self, student_ids: Iterable[str]) -> dict[str, str]:
        """The zones of those students that have one."""
        with reading(self._engine) as connection:
            rows = connection.execute(self._zones, {"student_ids": list(student_ids)})
            return {row.person_id: row.time_zone for row in rows}

    def of(self, student_id: str) -> Student | None:
        """One student's profile, None without one."""
        return next(iter(self._rows(student_id)), None)

    def all(self) -> list[Student]:
        return self._rows(None)

    def _upsert(self, table: Table, key: dict[str, Any], changed: dict[str, Any]) -> Any:
        statement = self._dialect.insert(table)
        if not changed:
            return statement.on_conflict_do_nothing()
        return statement.on_conflict_do_update(index_elements=list(key), set_=changed)

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
            return [Student(*row) for row in connection.execute(query).all()]


def checked_alias(alias: str) -> str:
    """A name that may stand on a leaderboard, in its composed form, or InvalidEvent.

    Two students may have the same one: a name that is taken would say that somebody has it.
    """
    composed = unicodedata.normalize("NFC", alias)
    try:
        return _ALIAS.validate_python(composed)
    except ValidationError:
        raise InvalidEvent(
            f"alias is {shown(alias)}.",
            cure="Use 2 to 40 letters and digits, with spaces or ' . _ - between them.",
            field="alias",
        ) from None


def _check_ranked(alias: str | None, leaderboard_opt_in: bool) -> None:  # noqa: FBT001
    if leaderboard_opt_in and alias is None:
        raise InvalidEvent(
            "The leaderboard needs an alias.",
            cure="Send an alias, which is what others see.",
            field="alias",
        )


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
