"""Shapes of points, badges and streaks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.schemas.base import META_EXAMPLE, Meta, Shape, example


class LedgerRow(Shape):
    """One award of points; the total is the sum of these and nothing else."""

    points: int
    reason: str
    concept_id: str | None
    subject_id: str | None
    week_start: date | None
    badge_id: str | None
    note: str | None = Field(description="The reason in the words of who awarded.")
    actor: str | None = Field(description="Who awarded.")
    occurred_at: datetime
    local_date: date
    event_id: str = Field(description="The event that earned it.")


class StudentPoints(Shape):
    """Points, level, and where the points came from."""

    model_config = example(
        {
            "student_id": "student-0001",
            "total_points": 345,
            "level": 2,
            "level_name": "Apprentice",
            "points_to_next_level": 156,
            "history": [
                {
                    "points": 25,
                    "reason": "concept_mastered",
                    "concept_id": "fractions-adding",
                    "subject_id": None,
                    "week_start": None,
                    "badge_id": None,
                    "note": None,
                    "actor": None,
                    "occurred_at": "2026-03-02T08:30:00Z",
                    "local_date": "2026-03-02",
                    "event_id": "lesson-17.try-3",
                }
            ],
            "next_cursor": None,
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    total_points: int
    level: int
    level_name: str
    points_to_next_level: int | None = Field(description="Null at the highest level.")
    history: list[LedgerRow] = Field(description="Newest first.")
    next_cursor: str | None = Field(description="Send as `cursor` for older rows; null at the end.")
    meta: Meta


class Badge(Shape):
    """A badge as the rules define it."""

    badge_id: str
    name: str
    description: str
    icon_url: str
    criteria: dict[str, str | int]
    points_value: int
    subject_id: str | None = Field(description="For badges that are earned once per subject.")


class EarnedBadge(Badge):
    """A badge that the student has."""

    earned_at: datetime
    event_id: str | None = Field(description="The event that earned it.")


class AvailableBadge(Badge):
    """A badge that the student can still earn."""

    have: int = Field(description="How much of it is done.")
    need: int | None = Field(description="How much it takes; null without a curriculum.")


_BADGE: dict[str, Any] = {
    "badge_id": "quick_learner",
    "name": "Quick Learner",
    "description": "Master 5 concepts in one day",
    "icon_url": "/static/badges/quick_learner.svg",
    "criteria": {"metric": "concepts_mastered", "window": "day", "threshold": 5},
    "points_value": 50,
    "subject_id": None,
}


class StudentBadges(Shape):
    """Badges earned, and progress towards the others."""

    model_config = example(
        {
            "student_id": "student-0001",
            "badges": [
                {**_BADGE, "earned_at": "2026-03-02T08:30:00Z", "event_id": "lesson-17.try-3"}
            ],
            "available": [{**_BADGE, "badge_id": "explorer", "have": 3, "need": 5}],
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    badges: list[EarnedBadge]
    available: list[AvailableBadge]
    meta: Meta


class StudentStreak(Shape):
    """Consecutive days with learning."""

    model_config = example(
        {
            "student_id": "student-0001",
            "current_streak": 4,
            "longest_streak": 9,
            "last_activity_date": "2026-03-02",
            "meta": META_EXAMPLE,
        }
    )

    student_id: str
    current_streak: int = Field(description="Days up to today or yesterday; else 0.")
    longest_streak: int
    last_activity_date: date | None
    meta: Meta
