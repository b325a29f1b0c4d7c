"""Notifications in plain English sentences: the same in the list, in a mail and in a push.

A row of `notifications.notifications` (or of the queries that list them) and the names that the
recipient may see become a title and a body. Nobody else's learning is ever mentioned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """What ids are called; an id without a name stands for itself."""

    badges: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[int, str] = field(default_factory=dict)
    concepts: Mapping[str, str] = field(default_factory=dict)
    students: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A notification as its recipient reads it; `figures` are the numbers in it."""

    title: str
    body: str
    figures: Mapping[str, int]


def notice(row: Row, names: Names) -> Notice:
    """The words and figures of one notification."""
    say = _SENTENCES.get(row["kind"], _unknown)
    title, body = say(row, _Speaker(row, names))
    return Notice(title, body, figures(row))


def figures(row: Row) -> dict[str, int]:
    """The numbers that belong to a kind, as far as the row has them."""
    found = {name: row.get(column) for name, column in _FIGURES.get(row["kind"], {}).items()}
    return {name: int(value) for name, value in found.items() if value is not None}


class _Speaker:
    """Speaks to a student as "you", to others of the student by name."""

    def __init__(self, row: Row, names: Names) -> None:
        self.names = names
        self.is_own = row["recipient_role"] == "student"
        unnamed = "Your child" if row["recipient_role"] == "parent" else row["student_id"]
        self.name = names.students.get(row["student_id"]) or unnamed

    def says(self, own: str, other: str) -> str:
        """The sentence about the student, beginning with you or their name."""
        return f"You {own}." if self.is_own else f"{self.name} {other}."

    def badge(self, badge_id: str) -> str:
        return self.names.badges.get(badge_id) or _plain(badge_id)


def _badge_earned(row: Row, speaker: _Speaker) -> tuple[str, str]:
    badge = speaker.badge(row["badge_id"])
    where = f" in {row['subject_id']}" if row["subject_id"] else ""
    told = f"earned the badge {badge}{where}"
    return f"New badge: {badge}", speaker.says(told, told)


def _subject_mastered(row: Row, speaker: _Speaker) -> tuple[str, str]:
    subject, badge = row["subject_id"], row["badge_id"]
    more = f" and earned the badge {speaker.badge(badge)}" if badge else ""
    told = f"mastered every concept of {subject}{more}"
    return f"Subject mastered: {subject}", speaker.says(told, told)


def _weekly_goal_met(row: Row, speaker: _Speaker) -> tuple[str, str]:
    week = f"goal for the week of {day(row['week_start'])}"
    return "Weekly goal met", speaker.says(f"reached your {week}", f"reached the {week}")


def _level_reached(row: Row, speaker: _Speaker) -> tuple[str, str]:
    number = row["number"]
    named = speaker.names.levels.get(number)
    level = f"level {number}, {named}" if named else f"level {number}"
    return level[0].upper() + level[1:], speaker.says(f"reached {level}", f"reached {level}")


def _streak_milestone(row: Row, speaker: _Speaker) -> tuple[str, str]:
    days = f"{row['number']} days in a row"
    return f"A streak of {row['number']} days", speaker.says(
        f"learned on {days}", f"learned on {days}"
    )


def _streak_at_risk(row: Row, speaker: _Speaker) -> tuple[str, str]:
    streak = f"streak of {row['number']} days"
    return f"Your {streak} ends today", speaker.says(
        f"have not learned yet today: a little before midnight keeps your {streak} going",
        f"has not learned yet today: their {streak} ends at midnight",
    )


def _weekly_summary(row: Row, speaker: _Speaker) -> tuple[str, str]:
    week = f"the week of {day(row['week_start'])}"
    title = f"{speaker.name}: {week}"
    if not row.get("total_time_spent") and not row.get("started") and not row.get("points"):
        return title, f"{speaker.name} did not learn in {week}."
    done = (
        f"{speaker.name} completed {count(row['completed'] or 0, 'concept')},"
        f" mastered {row['mastered'] or 0}"
        f" and spent {duration(row['total_time_spent'] or 0)} learning in {week}."
    )
    goal = {True: " The weekly goal was met.", False: " The weekly goal was not met."}
    return title, done + goal.get(row.get("goal_met"), "")  # type: ignore[arg-type]


def _needs_attention(row: Row, speaker: _Speaker) -> tuple[str, str]:
    concept_id = row["concept_id"]
    concept = speaker.names.concepts.get(concept_id) or concept_id
    told = {
        "inactive": f"has not learned for {count(row['number'], 'day')}",
        "stuck": f"has tried {concept} {count(row['number'], 'time')} without completing it",
        "slowing": f"mastered {count(row['number'], 'concept')} in the last 14 days,"
        f" after {row['need']} in the 14 days before",
    }.get(row["rule"], "may need help")
    return f"{speaker.name} may need help", f"{speaker.name} {told}."


def _unknown(row: Row, speaker: _Speaker) -> tuple[str, str]:
    return _plain(row["kind"]).capitalize(), f"There is news about {speaker.name}."


_SENTENCES: dict[str, Callable[[Row, _Speaker], tuple[str, str]]] = {
    "badge_earned": _badge_earned,
    "subject_mastered": _subject_mastered,
    "weekly_goal_met": _weekly_goal_met,
    "level_reached": _level_reached,
    "streak_milestone": _streak_milestone,
    "streak_at_risk": _streak_at_risk,
    "weekly_summary": _weekly_summary,
    "needs_attention": _needs_attention,
}
_FIGURES: dict[str, dict[str, str]] = {
    "level_reached": {"level": "number"},
    "streak_milestone": {"days": "number"},
    "streak_at_risk": {"days": "number"},
    "weekly_summary": {
        "started": "started",
        "completed": "completed",
        "mastered": "mastered",
        "time_spent": "total_time_spent",
        "points": "points",
        "goal_met": "goal_met",
    },
    "needs_attention": {"have": "number", "need": "need"},
}


def day(value: date) -> str:
    """A date as people write it: 2 March 2026."""
    return f"{value.day} {value:%B %Y}"


def count(number: int, thing: str) -> str:
    """A number of things: 1 concept, 2 concepts."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def duration(seconds: int) -> str:
    """A time spent: 45 min, 2 h 5 min; of less than a minute, 1 min."""
    minutes = max(1, round(seconds / 60)) if seconds else 0
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _plain(name: str) -> str:
    return name.replace("_", " ")
