"""Notifications in plain sentences: the same in the list, in a mail and in a push.

A row of `notifications.notifications` (or of the queries that list them) and the names that the
recipient may see become a title and a body, in a language of the catalogues. Nobody else's learning
is ever mentioned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.dates import format_date

from reports import phrases
from reports.languages import SOURCE, Language, language
from reports.phrases import ENGLISH

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


def notice(row: Row, names: Names, spoken: Language | None = None) -> Notice:
    """The words and figures of one notification; in English unless a language is given."""
    say = _SENTENCES.get(row["kind"], _unknown)
    title, body = say(row, _Speaker(row, names, spoken or language(SOURCE)))
    return Notice(title, body, figures(row))


def figures(row: Row) -> dict[str, int]:
    """The numbers that belong to a kind, as far as the row has them."""
    found = {name: row.get(column) for name, column in _FIGURES.get(row["kind"], {}).items()}
    return {name: int(value) for name, value in found.items() if value is not None}


class _Speaker:
    """Speaks to a student as "you", to others of the student by name."""

    def __init__(self, row: Row, names: Names, spoken: Language) -> None:
        self.names, self.said, self._spoken = names, spoken.translations, spoken
        self.is_own = row["recipient_role"] == "student"
        unnamed = row["student_id"]
        if row["recipient_role"] == "parent":
            unnamed = self.said.gettext("Your child")
        self.name = names.students.get(row["student_id"]) or unnamed

    def says(self, own: str, other: str, **figures: object) -> str:
        """The sentence about the student: to themselves, or about them."""
        return (own if self.is_own else other) % {"name": self.name, **figures}

    def badge(self, badge_id: str) -> str:
        return self.said.gettext(self.names.badges.get(badge_id) or _plain(badge_id))

    def day(self, value: date) -> str:
        return written_day(value, self._spoken)


def _badge_earned(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, badge = speaker.said.gettext, speaker.badge(row["badge_id"])
    title = say("New badge: %(badge)s") % {"badge": badge}
    if row["subject_id"]:
        own = say("You earned the badge %(badge)s in %(subject)s.")
        other = say("%(name)s earned the badge %(badge)s in %(subject)s.")
        return title, speaker.says(own, other, badge=badge, subject=row["subject_id"])
    own, other = (
        say("You earned the badge %(badge)s."),
        say("%(name)s earned the badge %(badge)s."),
    )
    return title, speaker.says(own, other, badge=badge)


def _subject_mastered(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, subject, badge = speaker.said.gettext, row["subject_id"], row["badge_id"]
    title = say("Subject mastered: %(subject)s") % {"subject": subject}
    if badge:
        own = say("You mastered every concept of %(subject)s and earned the badge %(badge)s.")
        other = say(
            "%(name)s mastered every concept of %(subject)s and earned the badge %(badge)s."
        )
        return title, speaker.says(own, other, subject=subject, badge=speaker.badge(badge))
    own = say("You mastered every concept of %(subject)s.")
    other = say("%(name)s mastered every concept of %(subject)s.")
    return title, speaker.says(own, other, subject=subject)


def _weekly_goal_met(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say = speaker.said.gettext
    own = say("You reached your goal for the week of %(day)s.")
    other = say("%(name)s reached the goal for the week of %(day)s.")
    return say("Weekly goal met"), speaker.says(own, other, day=speaker.day(row["week_start"]))


def _level_reached(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, number = speaker.said.gettext, row["number"]
    named = speaker.names.levels.get(number)
    level = {"number": number, "level": say(named) if named else ""}
    if named:
        title = say("Level %(number)s, %(level)s") % level
        own = say("You reached level %(number)s, %(level)s.")
        other = say("%(name)s reached level %(number)s, %(level)s.")
    else:
        title = say("Level %(number)s") % level
        own = say("You reached level %(number)s.")
        other = say("%(name)s reached level %(number)s.")
    return title, speaker.says(own, other, **level)


def _streak_milestone(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, days = speaker.said.gettext, row["number"]
    own = say("You learned on %(days)s days in a row.")
    other = say("%(name)s learned on %(days)s days in a row.")
    title = say("A streak of %(days)s days") % {"days": days}
    return title, speaker.says(own, other, days=days)


def _streak_at_risk(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, days = speaker.said.gettext, row["number"]
    own = say(
        "You have not learned yet today: a little before midnight keeps your streak of %(days)s"
        " days going."
    )
    other = say(
        "%(name)s has not learned yet today: their streak of %(days)s days ends at midnight."
    )
    title = say("Your streak of %(days)s days ends today") % {"days": days}
    return title, speaker.says(own, other, days=days)


def _weekly_summary(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, told = speaker.said.gettext, {"name": speaker.name, "day": speaker.day(row["week_start"])}
    title = say("%(name)s: the week of %(day)s") % told
    if not row.get("total_time_spent") and not row.get("started") and not row.get("points"):
        return title, say("%(name)s did not learn in the week of %(day)s.") % told
    completed = row["completed"] or 0
    told |= {
        "completed": speaker.said.ngettext("%(n)s concept", "%(n)s concepts", completed)
        % {"n": completed},
        "mastered": row["mastered"] or 0,
        "time": phrases.duration(speaker.said, row["total_time_spent"] or 0),
    }
    done = (
        say(
            "%(name)s completed %(completed)s, mastered %(mastered)s and spent %(time)s learning"
            " in the week of %(day)s."
        )
        % told
    )
    goal = {True: say("The weekly goal was met."), False: say("The weekly goal was not met.")}
    met: Any = row.get("goal_met")
    return title, " ".join(part for part in (done, goal.get(met)) if part)


def _needs_attention(row: Row, speaker: _Speaker) -> tuple[str, str]:
    say, concept_id = speaker.said.gettext, row["concept_id"]
    count = speaker.said.ngettext
    number = row["number"]
    told = {"name": speaker.name, "n": number, "need": row["need"]}
    told["concept"] = speaker.names.concepts.get(concept_id) or concept_id
    title = say("%(name)s may need help") % told
    if row["rule"] == "inactive":
        body = count(
            "%(name)s has not learned for %(n)s day.",
            "%(name)s has not learned for %(n)s days.",
            number,
        )
    elif row["rule"] == "stuck":
        body = count(
            "%(name)s has tried %(concept)s %(n)s time without completing it.",
            "%(name)s has tried %(concept)s %(n)s times without completing it.",
            number,
        )
    elif row["rule"] == "slowing":
        body = count(
            "%(name)s mastered %(n)s concept in the last 14 days, after %(need)s in the 14 days"
            " before.",
            "%(name)s mastered %(n)s concepts in the last 14 days, after %(need)s in the 14 days"
            " before.",
            number,
        )
    else:
        body = say("%(name)s may need help.")
    return title, body % told


def _unknown(row: Row, speaker: _Speaker) -> tuple[str, str]:
    news = speaker.said.gettext("There is news about %(name)s.")
    return _plain(row["kind"]).capitalize(), news % {"name": speaker.name}


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


def written_day(value: date, spoken: Language) -> str:
    """A date as people write it."""
    if spoken.babel.language == SOURCE:
        return day(value)
    return format_date(value, "long", locale=spoken.babel)


def day(value: date) -> str:
    """The same in English: 2 March 2026."""
    return f"{value.day} {value:%B %Y}"


def count(number: int, thing: str) -> str:
    """A number of things: 1 concept, 2 concepts."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def duration(seconds: int) -> str:
    """A time spent: 45 min, 2 h 5 min; of less than a minute, 1 min."""
    return phrases.duration(ENGLISH, seconds)


def _plain(name: str) -> str:
    return name.replace("_", " ")
