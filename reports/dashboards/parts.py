"""What the views of several roles are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

STRICT = ConfigDict(extra="forbid")

DayState = Literal["active", "break", "missed", "open"]
WinKind = Literal["badge", "concept_mastered", "weekly_goal_met"]


@dataclass(frozen=True, slots=True)
class ViewMeta:
    """Which state of the tables a view shows."""

    __pydantic_config__ = STRICT
    snapshot_id: Annotated[str | None, Field(description="Null before the first build.")]
    as_of: Annotated[datetime | None, Field(description="The instant for which figures hold.")]
    live: Annotated[bool, Field(description="True when newer events were added at request time.")]
    pending_events: Annotated[int, Field(description="How many events those are.")]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the student's clock."""

    __pydantic_config__ = STRICT
    local_date: date
    state: Annotated[
        DayState,
        Field(
            description="`active` with learning; else `break` (planned), `open` (today, still to "
            "come) or `missed`."
        ),
    ]
    event_count: Annotated[int, Field(description="Learning events.")]
    minutes: float
    points: int


@dataclass(frozen=True, slots=True)
class Streak:
    """Days of learning in a row, and the last seven one by one."""

    __pydantic_config__ = STRICT
    current_streak: int
    longest_streak: int
    last_activity_date: date | None
    days: Annotated[list[Day], Field(description="Seven days up to today, oldest first.")]


@dataclass(frozen=True, slots=True)
class Level:
    """Points, and the way to the next level."""

    __pydantic_config__ = STRICT
    total_points: int
    level: int
    level_name: str
    next_level_name: Annotated[str | None, Field(description="Null at the highest level.")]
    points_to_next_level: Annotated[int | None, Field(description="Null at the highest level.")]
    progress_ratio: Annotated[
        float | None,
        Field(description="The way from this level to the next, 0 to 1; null at the highest."),
    ]


@dataclass(frozen=True, slots=True)
class WeekGoal:
    """The goal of this week and how far it is met."""

    __pydantic_config__ = STRICT
    week_start: Annotated[date | None, Field(description="Monday of the student's week.")]
    concepts_target: Annotated[int | None, Field(description="Null where there is none.")]
    concepts_done: Annotated[int, Field(description="Concepts first completed or mastered.")]
    minutes_target: Annotated[int | None, Field(description="Null where there is none.")]
    minutes_done: float
    met: Annotated[bool, Field(description="Every target that is set is reached.")]
    set_by: Annotated[
        str, Field(description="student, parent, educator or admin; `default` if nobody set one.")
    ]


@dataclass(frozen=True, slots=True)
class Win:
    """Something achieved."""

    __pydantic_config__ = STRICT
    kind: WinKind
    occurred_at: datetime
    name: Annotated[str, Field(description="The badge or concept in words.")]
    badge_id: str | None
    concept_id: str | None
    subject_id: str | None


@dataclass(frozen=True, slots=True)
class ConceptName:
    """A concept in words."""

    __pydantic_config__ = STRICT
    concept_id: str
    name: str
    subject_id: Annotated[str | None, Field(description="Null outside of the curriculum.")]


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that calls for a look, at `meta.as_of`."""

    __pydantic_config__ = STRICT
    rule: Literal["inactive", "stuck", "slowing"]
    concept: ConceptName | None
    have: Annotated[int, Field(description="Days without learning, attempts, or mastered lately.")]
    need: Annotated[int, Field(description="What the rule compares it with.")]
    last_event_at: datetime
    words: str
