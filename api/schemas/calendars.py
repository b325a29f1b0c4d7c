"""Shapes of calendar feeds: who holds one, and the address of a new one."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.schemas.base import Shape, example
from api.schemas.goals import SetBy

_FEED = {"held_by": "you", "made_at": "2026-03-02T08:30:00Z"}


class CalendarFeed(Shape):
    """A feed that exists; its address was shown once and is not kept."""

    model_config = example(_FEED)

    held_by: SetBy = Field(description="Whose calendar program reads it.")
    made_at: datetime = Field(description="Since when its address is good.")


class CalendarFeeds(Shape):
    """The calendar feeds about a student."""

    model_config = example({"student_id": "student-0001", "feeds": [_FEED]})

    student_id: str
    feeds: list[CalendarFeed] = Field(description="At most one for each holder.")


class NewCalendarFeed(Shape):
    """A feed as it is shown this once."""

    model_config = example(
        {
            "student_id": "student-0001",
            "made_at": "2026-03-02T08:30:00Z",
            "url": "https://progress.school.example/calendar/"
            "Zk3vXq0yq1m8dY4rN7t2bWc5hJ9sLf6aPe0uGi1oKxQ.ics",
        }
    )

    student_id: str
    made_at: datetime
    url: str = Field(description="For a calendar program to subscribe to; whoever has it reads.")
