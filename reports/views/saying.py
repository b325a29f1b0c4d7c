"""The most important of a student's report in sentences, for whom they are meant.

To a student they say "you"; to parents and educators they name the student. Only the student's own
figures are compared, with their own days before; nobody else is mentioned.
"""

from __future__ import annotations

from gettext import NullTranslations

from reports.phrases import duration
from reports.views.assembling import Parts
from reports.views.student import Audience, Earlier, Metrics, Range

MINUTES_ALIKE = 5 * 60  # a difference below this is none worth a sentence


class Speaker:
    """Says messages to an audience about a student."""

    def __init__(self, said: NullTranslations, audience: Audience, name: str) -> None:
        self.said, self.name = said, name
        self.is_own = audience == "student"

    def says(self, own: str, other: str, **values: object) -> str:
        """One of two translated messages, filled in."""
        return (own if self.is_own else other) % {"name": self.name, **values}


def words(speaker: Speaker, parts: Parts) -> list[str]:
    """A few sentences; of a range without anything, one that says so."""
    if parts.range.state == "empty":
        return [nothing(speaker, parts.range)]
    said = [
        learned(speaker, parts.metrics),
        reached(speaker, parts.metrics),
        _before(speaker, parts.metrics, parts.before),
        _strong(speaker, parts.metrics),
        _weak(speaker, parts.metrics),
        unfinished(speaker, parts.range),
    ]
    return [sentence for sentence in said if sentence]


def nothing(speaker: Speaker, days: Range) -> str:
    """Days without anything, or before they have begun."""
    gettext = speaker.said.gettext
    if days.start_date > days.today:
        return gettext("These days have not begun yet.")
    return speaker.says(
        gettext("You did not learn here on these days. A few minutes are a good new start."),
        gettext("%(name)s did not learn here on these days."),
    )


def learned(speaker: Speaker, metrics: Metrics) -> str:
    """How long, and on how many days."""
    gettext, ngettext = speaker.said.gettext, speaker.said.ngettext
    if not metrics.active_days:
        return speaker.says(
            gettext("You got points, but did not learn here on these days."),
            gettext("%(name)s got points, but did not learn here on these days."),
        )
    days = metrics.active_days
    return speaker.says(
        ngettext(
            "You learned for %(time)s on %(days)s day.",
            "You learned for %(time)s on %(days)s days.",
            days,
        ),
        ngettext(
            "%(name)s learned for %(time)s on %(days)s day.",
            "%(name)s learned for %(time)s on %(days)s days.",
            days,
        ),
        days=days,
        time=duration(speaker.said, metrics.total_time_spent),
    )


def reached(speaker: Speaker, metrics: Metrics) -> str:
    """What was mastered, else completed."""
    gettext, ngettext = speaker.said.gettext, speaker.said.ngettext
    if metrics.concepts_mastered:
        count = metrics.concepts_mastered
        return speaker.says(
            ngettext(
                "You mastered %(count)s concept.", "You mastered %(count)s concepts.", count
            ),
            ngettext(
                "%(name)s mastered %(count)s concept.",
                "%(name)s mastered %(count)s concepts.",
                count,
            ),
            count=count,
        )  # fmt: skip
    if metrics.concepts_completed:
        count = metrics.concepts_completed
        return speaker.says(
            ngettext(
                "You completed %(count)s concept.", "You completed %(count)s concepts.", count
            ),
            ngettext(
                "%(name)s completed %(count)s concept.",
                "%(name)s completed %(count)s concepts.",
                count,
            ),
            count=count,
        )  # fmt: skip
    if metrics.active_days:
        return gettext("No concept was completed on these days; practice counts as well.")
    return ""


def _before(speaker: Speaker, metrics: Metrics, before: Earlier | None) -> str:
    if before is None or not metrics.active_days:
        return ""
    gettext = speaker.said.gettext
    time = duration(speaker.said, before.total_time_spent)
    if not before.total_time_spent:
        return gettext("On as many days before there was no learning time.")
    difference = metrics.total_time_spent - before.total_time_spent
    if abs(difference) < MINUTES_ALIKE:
        return gettext("On as many days before it was about as much: %(time)s.") % {"time": time}
    if difference > 0:
        return gettext("That is more than on as many days before: %(time)s.") % {"time": time}
    return gettext("On as many days before it was %(time)s.") % {"time": time}


def _strong(speaker: Speaker, metrics: Metrics) -> str:
    if not metrics.strongest_subjects:
        return ""
    values = {"subject": metrics.strongest_subjects[0]}
    return speaker.said.gettext("The subject %(subject)s went best.") % values


def _weak(speaker: Speaker, metrics: Metrics) -> str:
    if not metrics.areas_for_improvement:
        return ""
    values = {"subject": metrics.areas_for_improvement[0]}
    return speaker.said.gettext("Practice in %(subject)s would help most.") % values


def unfinished(speaker: Speaker, days: Range) -> str:
    """That figures will still grow."""
    if days.state != "partial":
        return ""
    return speaker.said.gettext("These days are not over yet: the figures will still grow.")
