"""The student progress report: what one student learned on the days of a range.

Everything in `metrics`, `before`, `trends`, `concepts`, `points` and `badges` is about these days
alone; `standing` and `attention` hold for the instant `meta.as_of`. Times are seconds, scores 0 to
1, days those of the student's own clock. Beside each mean stands how many scores it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from reports.dashboards.parts import STRICT, Attention, ViewMeta

Audience = Literal["student", "parent", "educator"]
State = Literal["empty", "partial", "complete"]
Status = Literal["in_progress", "completed", "mastered"]


@dataclass(frozen=True, slots=True)
class Range:
    """The days of the report."""

    __pydantic_config__ = STRICT
    start_date: date
    end_date: Annotated[date, Field(description="The day after the last: not part of it.")]
    days: int
    today: Annotated[date, Field(description="The student's day at `meta.as_of`.")]
    state: Annotated[
        State,
        Field(
            description="`empty`: nothing happened on these days; `partial`: figures end with "
            "`today`, before the range does; `complete`: every day has ended."
        ),
    ]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of some days."""

    __pydantic_config__ = STRICT
    concepts_started: Annotated[int, Field(description="Concepts first started.")]
    concepts_completed: Annotated[int, Field(description="Concepts first completed.")]
    concepts_mastered: Annotated[int, Field(description="Concepts first mastered.")]
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    average_score: Annotated[float | None, Field(description="0 to 1; null without a score.")]
    scored_count: Annotated[int, Field(description="Scores behind the mean.")]
    learning_velocity: Annotated[
        float,
        Field(
            description="Concepts a week: those first mastered on the 28 days up to the last day "
            "that has begun, divided by 4."
        ),
    ]
    active_days: Annotated[int, Field(description="Days with learning.")]
    event_count: Annotated[int, Field(description="Learning events.")]
    session_count: Annotated[int, Field(description="Sessions that began.")]
    average_session_minutes: Annotated[float | None, Field(description="Null without a session.")]
    points: int
    strongest_subjects: Annotated[
        list[str],
        Field(
            description="Up to 3 subjects with the highest mean score, of those with 3 scored "
            "events on these days."
        ),
    ]
    areas_for_improvement: Annotated[
        list[str], Field(description="Up to 3 with the lowest, below 0.7, likewise.")
    ]


@dataclass(frozen=True, slots=True)
class Earlier:
    """As many days just before the range as have begun of it."""

    __pydantic_config__ = STRICT
    start_date: date
    end_date: Annotated[date, Field(description="The day after the last.")]
    active_days: int
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    concepts_started: int
    concepts_completed: int
    concepts_mastered: int
    points: int


@dataclass(frozen=True, slots=True)
class Goal:
    """The goal of a week that has ended, and how far it was met."""

    __pydantic_config__ = STRICT
    concepts_target: Annotated[int | None, Field(description="Null where there was none.")]
    concepts_done: Annotated[int, Field(description="Concepts first completed or mastered.")]
    minutes_target: Annotated[int | None, Field(description="Null where there was none.")]
    minutes_done: float
    met: bool


@dataclass(frozen=True, slots=True)
class Week:
    """The days of an ISO week that are in the range; weeks without learning are there too."""

    __pydantic_config__ = STRICT
    week_start: Annotated[date, Field(description="Monday.")]
    whole: Annotated[bool, Field(description="All 7 days are in the range, and have ended.")]
    active_days: int
    started: Annotated[int, Field(description="Concepts first started.")]
    completed: int
    mastered: int
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    average_score: Annotated[float | None, Field(description="0 to 1; null without a score.")]
    scored_count: Annotated[int, Field(description="Scores behind the mean.")]
    points: int
    goal: Annotated[
        Goal | None, Field(description="Null in a week that is not whole or had no learning.")
    ]


@dataclass(frozen=True, slots=True)
class Subject:
    """What part of the learning a subject of the curriculum has."""

    __pydantic_config__ = STRICT
    subject_id: str
    event_count: Annotated[int, Field(description="Learning events.")]
    time_spent: Annotated[int, Field(description="Seconds.")]
    event_share: Annotated[float, Field(description="Of those in subjects; all add up to 1.")]
    time_share: Annotated[
        float | None, Field(description="Likewise; null where no time was spent.")
    ]
    average_score: Annotated[float | None, Field(description="0 to 1; null without a score.")]
    scored_count: Annotated[int, Field(description="Scores behind the mean.")]


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour of the day, or one day of the week, by the student's own clock."""

    __pydantic_config__ = STRICT
    number: Annotated[int, Field(description="The hour, 0 to 23, or the day, 1 (Monday) to 7.")]
    event_count: int
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    average_score: Annotated[float | None, Field(description="0 to 1; null without a score.")]
    scored_count: int


@dataclass(frozen=True, slots=True)
class TimePatterns:
    """When there was learning; both empty without any."""

    __pydantic_config__ = STRICT
    hours: Annotated[list[Slot], Field(description="24, from midnight on.")]
    weekdays: Annotated[list[Slot], Field(description="7, from Monday on.")]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a week ahead may bring, between bounds."""

    __pydantic_config__ = STRICT
    measure: Literal["mastered", "completed", "minutes", "average_score"]
    week_start: date
    expected: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Trends:
    """How the days went: by week, by subject, by time of day."""

    __pydantic_config__ = STRICT
    weekly_progress: Annotated[list[Week], Field(description="Every week, zeros included.")]
    subject_distribution: list[Subject]
    time_patterns: TimePatterns
    forecast: Annotated[
        list[Foreseen],
        Field(
            description="The next weeks; empty for a range that is over, without a model, and for "
            "whom predictions are not shown to."
        ),
    ]


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept with learning on these days, and how far it had come by their end."""

    __pydantic_config__ = STRICT
    concept_id: str
    name: str
    subject_id: Annotated[str | None, Field(description="Null outside of the curriculum.")]
    status: Annotated[Status, Field(description="At the end of the range.")]
    attempts: Annotated[int, Field(description="The largest of the counts by kind of event.")]
    event_count: int
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    average_score: Annotated[float | None, Field(description="0 to 1; null without a score.")]
    best_score: float | None
    scored_count: int
    started_on: Annotated[date | None, Field(description="The first start, ever.")]
    completed_on: Annotated[date | None, Field(description="Null while it is not.")]
    mastered_on: date | None


@dataclass(frozen=True, slots=True)
class PointsPart:
    """The points of one reason."""

    __pydantic_config__ = STRICT
    reason: str
    award_count: int
    points: int


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge earned on these days."""

    __pydantic_config__ = STRICT
    badge_id: str
    name: str
    subject_id: str | None
    earned_at: datetime
    earned_on: Annotated[date, Field(description="The student's day.")]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the student stands at `meta.as_of`, whatever the range."""

    __pydantic_config__ = STRICT
    total_points: int
    level: int
    level_name: str
    points_to_next_level: Annotated[int | None, Field(description="Null at the highest.")]
    current_streak: Annotated[int, Field(description="Days of learning in a row.")]
    longest_streak: int
    last_activity_date: date | None


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is called and what it means."""

    __pydantic_config__ = STRICT
    label: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class StudentReport:
    """What one student learned on the days of a range."""

    __pydantic_config__ = STRICT
    student_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    audience: Annotated[Audience, Field(description="Whom the words speak to.")]
    language: Annotated[str, Field(description="Of the words.")]
    range: Range
    words: Annotated[list[str], Field(description="The most important of it, in sentences.")]
    metrics: Metrics
    before: Annotated[
        Earlier | None, Field(description="Null where the student had not begun by then.")
    ]
    trends: Trends
    concepts: Annotated[list[Concept], Field(description="By subject and name.")]
    points: Annotated[list[PointsPart], Field(description="They add up to `metrics.points`.")]
    badges: Annotated[list[Badge], Field(description="Oldest first.")]
    standing: Standing
    attention: Annotated[
        list[Attention],
        Field(description="Empty for students, and where the range does not reach `range.today`."),
    ]
    definitions: Annotated[dict[str, Definition], Field(description="By the name of the figure.")]
    meta: ViewMeta
