"""Shapes of weekly goals and of planned breaks: what was agreed, and who set it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import META_EXAMPLE, Meta, Shape, example
from warehouse.event_fields import Title
from warehouse.store.breaks import MOST_DAYS
from warehouse.store.goals import MOST_CONCEPTS, MOST_MINUTES

SetBy = Literal["you", "the student", "a parent", "an educator", "the school"]


class Targets(Shape):
    """What a week should bring; null does not count."""

    concepts: int | None
    minutes: int | None


class GoalLine(Targets):
    """Targets from a week on."""

    from_week: date = Field(description="Monday of the first week for which they hold.")
    set_by: SetBy
    recorded_at: datetime


class GoalWeek(Shape):
    """How far a week's goal was met."""

    week_start: date
    concepts_target: int | None
    minutes_target: int | None
    concepts_done: int
    minutes_done: float
    met_at: datetime | None


class Goals(Shape):
    """A student's goals and how the last weeks went."""

    model_config = example(
        {
            "student_id": "student-0001",
            "this_week": "2026-03-02",
            "current": {"concepts": 5, "minutes": None},
            "lines": [
                {
                    "from_week": "2026-03-02",
                    "concepts": 5,
                    "minutes": None,
                    "set_by": "a parent",
                    "recorded_at": "2026-03-02T08:30:00Z",
                }
            ],
            "weeks": [],
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    this_week: date = Field(description="Monday of the student's present week.")
    current: Targets = Field(description="What holds this week; the school's default without own.")
    lines: list[GoalLine] = Field(description="All that was set, by week; later ones hold later.")
    weeks: list[GoalWeek] = Field(description="Up to twelve weeks with learning, newest first.")
    meta: Meta


class GoalBody(BaseModel):
    """New targets; those left out do not count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concepts: Annotated[int, Field(strict=True, ge=1, le=MOST_CONCEPTS)] | None = None
    minutes: Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)] | None = None
    from_week: date | None = Field(
        None, description="A Monday from the student's present week on; default: that week."
    )


GOAL_EXAMPLE: dict[str, Any] = {"concepts": 5, "minutes": 60}


class BreakBody(BaseModel):
    """Days on which nobody is expected to learn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: date
    last_day: date = Field(description=f"Included; a break has at most {MOST_DAYS} days.")
    name: Title = Field(description="What it is.")


BREAK_EXAMPLE: dict[str, Any] = {
    "first_day": "2026-03-30",
    "last_day": "2026-04-10",
    "name": "Easter holidays",
}


_PLANNED = {
    "break_id": "0199c1e7-7c55-7b10-9d0a-5d6f3f1c2b7e",
    "class_id": "class-7a",
    **BREAK_EXAMPLE,
    "set_by": "an educator",
}


class PlannedBreak(Shape):
    """A planned break."""

    model_config = example(_PLANNED)

    break_id: str
    class_id: str | None = Field(description="Null for a student's own.")
    first_day: date
    last_day: date
    name: str
    set_by: SetBy


class Breaks(Shape):
    """Planned breaks by their first day."""

    model_config = example({"breaks": [_PLANNED]})

    breaks: list[PlannedBreak]
