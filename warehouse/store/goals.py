"""A student's own weekly targets, each kept with the week from which it holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidEvent
from warehouse.event_fields import checked_name
from warehouse.store.schema import GOALS
from warehouse.store.transactions import reading, writing

MOST_CONCEPTS = 1_000
MOST_MINUTES = 7 * 24 * 60


class Goal(NamedTuple):
    """Targets from a week on; those that are None do not count."""

    student_id: str
    from_week: date
    concepts: int | None
    minutes: int | None
    set_by: str
    set_by_role: str | None
    recorded_at: datetime


class Goals:
    """Goals by student and first week."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def set(
        self,
        student_id: str,
        from_week: date,
        *,
        concepts: int | None = None,
        minutes: int | None = None,
        set_by: str,
        set_by_role: str | None = None,
    ) -> None:
        """Set the targets from a week on; setting the same week again replaces them."""
        goal = Goal(
            checked_name("student_id", student_id),
            from_week,
            concepts,
            minutes,
            set_by,
            set_by_role,
            self._clock(),
        )
        _check(goal)
        statement = self._dialect.insert(GOALS)
        changed = {
            name: statement.excluded[name]
            for name in ("concepts", "minutes", "set_by", "set_by_role", "recorded_at")
        }
        upsert = statement.on_conflict_do_update(
            index_elements=["student_id", "from_week"], set_=changed
        )
        with writing(self._engine) as connection:
            connection.execute(upsert, goal._asdict())

    def all(self) -> list[Goal]:
        return self._rows(select(GOALS))

    def of(self, student_id: str) -> list[Goal]:
        return self._rows(select(GOALS).where(GOALS.c.student_id == student_id))

    def _rows(self, query: Select[Any]) -> list[Goal]:
        ordered = query.order_by(GOALS.c.student_id, GOALS.c.from_week)
        with reading(self._engine) as connection:
            return [Goal(*row) for row in connection.execute(ordered)]


def _check(goal: Goal) -> None:
    if goal.from_week.weekday() != 0:
        raise InvalidEvent(
            f"from_week is {goal.from_week}, a {goal.from_week:%A}.",
            cure="Weeks begin on Monday: send that day's date.",
            field="from_week",
        )
    if goal.concepts is None and goal.minutes is None:
        raise InvalidEvent(
            "The goal has no target.", cure="Send concepts, minutes or both.", field="concepts"
        )
    for field, value, most in (
        ("concepts", goal.concepts, MOST_CONCEPTS),
        ("minutes", goal.minutes, MOST_MINUTES),
    ):
        if value is not None and not 1 <= value <= most:
            raise InvalidEvent(
                f"{field} is {value}.", cure=f"Use a whole number from 1 to {most}.", field=field
            )
