"""Small phrases that code says rather than a template, in whichever language is spoken."""

from __future__ import annotations

from gettext import NullTranslations

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
