"""A child's week in a few plain sentences, beside the goal and the child's own usual week."""

from __future__ import annotations

from reports.phrases import duration
from reports.views.assembling import Parts
from reports.views.saying import MINUTES_ALIKE, Speaker, learned, nothing, reached, unfinished
from reports.views.student import Goal
from reports.views.weekly import Usual


def week_words(speaker: Speaker, parts: Parts, goal: Goal | None, usual: Usual | None) -> list[str]:
    """What was learned and reached; of a week without anything, that it was one."""
    if parts.range.state == "empty":
        return [nothing(speaker, parts.range)]
    said = [
        learned(speaker, parts.metrics),
        reached(speaker, parts.metrics),
        _beside_usual(speaker, parts, usual),
        _goal(speaker, goal),
        unfinished(speaker, parts.range),
    ]
    return [sentence for sentence in said if sentence]


def _beside_usual(speaker: Speaker, parts: Parts, usual: Usual | None) -> str:
    """A week is usual beside others, and only when it is over."""
    if usual is None or usual.weeks == 1 or parts.range.state != "complete":
        return ""
    say = speaker.said.gettext
    values = {"time": duration(speaker.said, usual.total_time_spent)}
    difference = parts.metrics.total_time_spent - usual.total_time_spent
    if abs(difference) < MINUTES_ALIKE:
        return say("That is about as much as in a usual week: %(time)s.") % values
    if difference > 0:
        return say("That is more than in a usual week: %(time)s.") % values
    return say("A usual week has %(time)s.") % values


def _goal(speaker: Speaker, goal: Goal | None) -> str:
    if goal is None:
        return ""
    say = speaker.said.gettext
    return say("The weekly goal was met.") if goal.met else say("The weekly goal was not met.")
