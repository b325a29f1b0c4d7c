"""Small phrases that code says rather than a template, in whichever language is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

ENGLISH = NullTranslations()


def N_(message: str) -> str:  # noqa: N802  # the name by which messages for later are found
    """A message that is said later, in the language of who reads it."""
    return message


# Why there is no leaderboard, or why its reader is not on it; five students make one.
SWITCHED_OFF = N_("This class has no leaderboard.")
TOO_FEW = N_("A list needs at least 5 students who want to be on it.")
NOT_ON_IT = N_("You are not on the list: only students who opted in are, from the next build on.")
SECONDS_A_MINUTE, MINUTES_AN_HOUR = 60, 60


def duration(said: NullTranslations, seconds: float) -> str:
    """A time spent: 45 min, 2 h 5 min; of less than a minute, 1 min."""
    minutes = max(1, round(seconds / SECONDS_A_MINUTE)) if seconds else 0
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    if not hours:
        return said.gettext("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return said.gettext("%(hours)s h") % {"hours": hours}
    return said.gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def point_reasons(said: NullTranslations) -> Mapping[str, str]:
    """What points are given for, as a heading of their sum."""
    _ = said.gettext
    return {
        "concept_started": _("Concepts begun"),
        "concept_completed": _("Concepts completed"),
        "concept_mastered": _("Concepts mastered"),
        "perfect_score": _("Perfect scores"),
        "daily_streak": _("Days of learning"),
        "weekly_goal": _("Weekly goals met"),
        "badge": _("Badges"),
        "award": _("Awards"),
    }
