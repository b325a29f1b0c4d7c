"""What the oracle is told besides the events: curriculum, rules, goals, zones, and the calendar."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.events import ReceivedEvent

Row = dict[str, Any]
LEARNING = ("started", "attempted", "completed", "mastered")


class Badge(NamedTuple):
    """`threshold` None means "all", which only the subject window knows."""

    badge_id: str
    metric: str
    window: str
    threshold: int | None
    points_value: int


class Rules(NamedTuple):
    """Points per reason, levels as (minimum, name) from the lowest on, and the badges."""

    points: dict[str, int]
    levels: list[tuple[int, str]]
    badges: list[Badge]
    default_concepts_a_week: int
    streak_milestones: list[int]
    streak_reminder_from_days: int
    streak_reminder_hour: int


class Goal(NamedTuple):
    """A student's own targets from one Monday on, until the next such line."""

    student_id: str
    from_week: date
    concepts: int | None
    minutes: int | None


class Profile(NamedTuple):
    """How a student appears on leaderboards."""

    alias: str
    opted_in: bool = True


class Membership(NamedTuple):
    """A student or an educator in a class, from an instant up to another; None is open."""

    class_id: str
    person_id: str
    role: str = "student"
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class Guardianship(NamedTuple):
    """A guardian of a student."""

    student_id: str
    guardian_id: str
    consent: bool = True
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class Break(NamedTuple):
    """Planned days without learning, both included, of one student or of a class."""

    break_id: str
    first_day: date
    last_day: date
    student_id: str | None = None
    class_id: str | None = None


def read_rules(text: str) -> Rules:
    """The rules that a valid rules file states."""
    raw = tomllib.loads(text)
    told = raw["notifications"]
    lengths = told["streak_milestones"]
    every = told["streak_milestones_then_every"]
    return Rules(
        points=raw["points"],
        levels=[(level["from_points"], level["name"]) for level in raw["levels"]],
        badges=[read_badge(badge) for badge in raw["badges"]],
        default_concepts_a_week=raw["weekly_goal"]["default_concepts"],
        streak_milestones=[*lengths, *range(lengths[-1] + every, 1_000, every)],
        streak_reminder_from_days=told["streak_reminder_from_days"],
        streak_reminder_hour=told["streak_reminder_hour"],
    )


def read_badge(raw: Mapping[str, Any]) -> Badge:
    """One badge of a rules file."""
    threshold = None if raw["threshold"] == "all" else int(raw["threshold"])
    return Badge(raw["id"], raw["metric"], raw["window"], threshold, raw["points_value"])


RULES_TEXT = (Path(__file__).parents[2] / "warehouse" / "rules.toml").read_text(encoding="utf-8")
RULES = read_rules(RULES_TEXT)


@dataclass(frozen=True)
class World:
    """Everything but the events and the two instants."""

    curriculum: Mapping[str, str]
    rules: Rules = field(default=RULES, repr=False)
    goals: Sequence[Goal] = ()
    zones: Mapping[str, str] = field(default_factory=dict)
    default_zone: str = "UTC"
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    # Class -> whether it has a leaderboard.
    classes: Mapping[str, bool] = field(default_factory=dict)
    memberships: Sequence[Membership] = ()
    guardianships: Sequence[Guardianship] = ()
    breaks: Sequence[Break] = ()
    left: Sequence[str] = ()  # students who are not active any more

    def subject(self, concept_id: str | None) -> str | None:
        """The subject of a concept, None where the curriculum does not know it."""
        return None if concept_id is None else self.curriculum.get(concept_id)


def order(event: ReceivedEvent) -> tuple[datetime, str]:
    """The one order of events."""
    return event.occurred_at, event.event_id


def monday(day: date) -> date:
    """The Monday of the ISO week that the day lies in."""
    return day - timedelta(days=day.weekday())


def midnight_utc(day: date) -> datetime:
    """The instant at which a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def mean(scores: Iterable[float]) -> float | None:
    """The mean of the scores as they are written: of three times 0.7 it is 0.7, not a bit less."""
    known = [Fraction(repr(score)) for score in scores]
    return float(sum(known) / len(known)) if known else None
