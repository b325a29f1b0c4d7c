"""The rules that turn learning into points, levels and badges: read and checked.

The file is `rules.toml` beside this module, or the one named by SPOOL_RULES. What a metric or a
window means stands in the tables that apply them (tables/gamification); here only what may be said.
"""

from __future__ import annotations

import hashlib
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.errors import InvalidRules

DEFAULT_RULES = Path(__file__).with_name("rules.toml")

MOST_STREAK_DAYS = 10_000

Points = Annotated[int, Field(strict=True, ge=-10_000, le=10_000)]


class Metric(StrEnum):
    """What a badge counts; each item is one event."""

    CONCEPTS_STARTED = "concepts_started"
    CONCEPTS_COMPLETED = "concepts_completed"
    CONCEPTS_MASTERED = "concepts_mastered"
    PERFECT_SCORES = "perfect_scores"
    SUBJECTS_EXPLORED = "subjects_explored"
    ACTIVE_DAYS = "active_days"
    STREAK_DAYS = "streak_days"
    HELPED = "helped"
    WEEKLY_GOALS_MET = "weekly_goals_met"
    WEEK_COMPLETION = "week_completion"


class Window(StrEnum):
    """Within what the items of a metric are counted."""

    ALL = "all"
    DAY = "day"
    WEEK = "week"
    SUBJECT = "subject"
    STREAK = "streak"


ONLY_WINDOW = {Metric.STREAK_DAYS: Window.STREAK, Metric.WEEK_COMPLETION: Window.WEEK}
SUBJECT_METRICS = {
    Metric.CONCEPTS_STARTED,
    Metric.CONCEPTS_COMPLETED,
    Metric.CONCEPTS_MASTERED,
    Metric.PERFECT_SCORES,
}


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointRules(_Entry):
    """Points for each award of a reason; badges carry their own."""

    concept_started: Points
    concept_completed: Points
    concept_mastered: Points
    perfect_score: Points
    daily_streak: Points
    weekly_goal: Points


class WeeklyGoal(_Entry):
    """The goal of a student who has set none."""

    default_concepts: Annotated[int, Field(strict=True, ge=1, le=1000)]


class Notifications(_Entry):
    """Which lengths of a streak are told, and when its owner is reminded of one that ends today."""

    streak_milestones: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=2, le=MOST_STREAK_DAYS)], ...],
        Field(min_length=1, max_length=100),
    ] = (3, 7, 14, 30, 60, 100)
    streak_milestones_then_every: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 50
    streak_reminder_from_days: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 3
    streak_reminder_hour: Annotated[int, Field(strict=True, ge=0, le=23)] = 16

    @model_validator(mode="after")
    def _milestones_climb(self) -> Self:
        if list(self.streak_milestones) != sorted(set(self.streak_milestones)):
            raise ValueError("streak_milestones must climb")
        return self

    @property
    def milestones(self) -> tuple[int, ...]:
        """Every length that is told."""
        last = self.streak_milestones[-1]
        every = self.streak_milestones_then_every
        return (*self.streak_milestones, *range(last + every, MOST_STREAK_DAYS + 1, every))


class Level(_Entry):
    """A level holds from `from_points` up to the next level's."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    from_points: Annotated[int, Field(strict=True, ge=0)]


class Badge(_Entry):
    """Earned at the `threshold`-th item of `metric` within one `window`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    description: Annotated[str, Field(min_length=1, max_length=300)]
    icon_url: Annotated[str, Field(pattern=r"^(/|https://)\S{1,300}$")]
    points_value: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    metric: Metric
    window: Window
    threshold: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | Literal["all"]

    @model_validator(mode="after")
    def _window_fits_metric(self) -> Self:
        only = ONLY_WINDOW.get(self.metric)
        if only is not None and self.window is not only:
            raise ValueError(f"metric {self.metric} needs window {only}, not {self.window}")
        if only is None and self.window is Window.STREAK:
            raise ValueError(f"window streak counts streak_days, not {self.metric}")
        if self.window is Window.SUBJECT and self.metric not in SUBJECT_METRICS:
            raise ValueError(f"metric {self.metric} cannot be counted per subject")
        if self.threshold == "all" and self.window is not Window.SUBJECT:
            raise ValueError('threshold "all" needs window subject')
        return self

    @property
    def criteria(self) -> dict[str, str | int]:
        """The rule as data, as the API shows it."""
        return {
            "metric": self.metric.value,
            "window": self.window.value,
            "threshold": self.threshold,
        }


class Rules(_Entry):
    """One validated rules file. `fingerprint` changes whenever anything in it does."""

    version: Annotated[str, Field(min_length=1, max_length=60)]
    points: PointRules
    weekly_goal: WeeklyGoal
    notifications: Notifications = Notifications()
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=100)]
    badges: Annotated[tuple[Badge, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _levels_climb_and_badges_differ(self) -> Self:
        starts = [level.from_points for level in self.levels]
        if starts[0] != 0:
            raise ValueError(f"levels: {self.levels[0].name} must begin at from_points = 0")
        for lower, upper in zip(self.levels, self.levels[1:], strict=False):
            if upper.from_points <= lower.from_points:
                raise ValueError(f"levels: {upper.name} must begin above {lower.name}")
        ids = [badge.id for badge in self.badges]
        for badge_id in ids:
            if ids.count(badge_id) > 1:
                raise ValueError(f"badges: the id {badge_id} stands twice")
        return self

    @property
    def fingerprint(self) -> str:
        """A short hash of the whole content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def level_of(self, points: int) -> tuple[int, Level, int | None]:
        """Return (number from 1, level, points until the next level or None at the top)."""
        number = max(
            (i for i, lv in enumerate(self.levels, 1) if lv.from_points <= points), default=1
        )
        upper = self.levels[number].from_points - points if number < len(self.levels) else None
        return number, self.levels[number - 1], upper


def load_rules(path: Path | None = None) -> Rules:
    """Read and validate a rules file.

    Raises:
        InvalidRules: the file is missing, is not TOML, or an entry is wrong; the message names it.
    """
    source = path or DEFAULT_RULES
    try:
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidRules(
            f"{source} cannot be read as TOML: {error}.", cure="Mend or restore the file."
        ) from error
    try:
        return Rules.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        entry = _entry_name(raw, first["loc"])
        raise InvalidRules(
            f"{source.name}, {entry}: {first['msg']}.", cure="Correct that entry.", field=entry
        ) from error


def _entry_name(raw: dict[str, Any], location: tuple[int | str, ...]) -> str:
    """Name an entry as its author does: badges.quick_learner.threshold, not badges.0.threshold."""
    match location:
        case (str() as section, int() as index, *rest):
            entry = raw[section][index]
            named = entry.get("id") or entry.get("name") if isinstance(entry, dict) else None
            parts = [section, str(named or f"entry {index + 1}"), *map(str, rest[:1])]
        case _:
            parts = [str(part) for part in location] or ["file"]
    return ".".join(parts)
