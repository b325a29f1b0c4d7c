"""What was found about a student, in plain sentences at two reading levels.

`plain` is for adults and names nobody, so that it fits whoever reads it; `simple` speaks to a young
reader. Figures are the finding's own; nothing is blamed on anybody, and nobody else is mentioned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Level = Literal["plain", "simple"]
Figures = Mapping[str, Any]
PERIODS = {
    "morning": ("Mornings", "in the morning"),
    "afternoon": ("Afternoons", "in the afternoon"),
    "evening": ("Evenings", "in the evening"),
    "night": ("Late hours", "late at night"),
}


class Told(NamedTuple):
    """One finding at both reading levels."""

    plain: str
    simple: str


@dataclass(frozen=True)
class Statement:
    """A sentence or two, the names that no rephrasing may lose, and those it may not bring in."""

    text: str
    kept: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def statement(
    kind: str, figures: Figures, size: float, level: Level, subjects: Collection[str] = ()
) -> Statement:
    """The words for one finding.

    Args:
        kind: as `models.insights` calls it.
        figures: what was found.
        size: the effect, whose sign says which way it goes.
        level: who reads it.
        subjects: all there are, so that none is taken for another.
    """
    told = _SENTENCES[kind](figures, size)
    kept = {str(figures[name]) for name in ("subject", "period") if name in figures}
    return Statement(
        told.simple if level == "simple" else told.plain,
        tuple(sorted(kept)),
        tuple(sorted(set(subjects) - kept)),
    )


def _time_of_day(figures: Figures, _size: float) -> Told:
    name, when = PERIODS[figures["period"]]
    best, other = _of_100(figures["score"]), _of_100(figures["other_score"])
    return Told(
        f"{name} go best: a mean score of {best} of 100 {when}, against {other} of 100 at other"
        " times of the day, allowing for how hard the concepts were.",
        f"You do best {when}: {best} points of 100. At other times it is {other}.",
    )


def _session_length(figures: Figures, size: float) -> Told:
    early, late = _of_100(figures["early_score"]), _of_100(figures["late_score"])
    minutes, sessions = figures["minutes"], figures["sessions"]
    if size > 0:
        return Told(
            f"After about {minutes} minutes in one sitting the mean score goes down from {early}"
            f" to {late} of 100, in {sessions} sessions. A break may help.",
            f"Your first {minutes} minutes go best: {early} points of 100. After that it is {late}."
            " A break may help.",
        )
    return Told(
        f"It takes a while to get going: after the first {minutes} minutes of a session the mean"
        f" score goes up from {early} to {late} of 100, in {sessions} sessions. It may be worth"
        " staying a little longer.",
        f"You warm up: {early} points of 100 in your first {minutes} minutes, {late} after that.",
    )


def _subject_trend(figures: Figures, size: float) -> Told:
    subject = figures["subject"]
    now, before = _of_100(figures["score"]), _of_100(figures["other_score"])
    told = (
        f"a mean score of {now} of 100 in the last 28 days, after {before} of 100 in the 12 weeks"
        " before"
    )
    if size > 0:
        return Told(
            f"The subject {subject} goes better than it did: {told}.",
            f"You are getting better at {subject}: {now} points of 100. Before it was {before}.",
        )
    return Told(
        f"The subject {subject} goes less well than it did: {told}. Going over earlier concepts"
        " may help.",
        f"Right now {subject} is harder for you: {now} points of 100. Before it was {before}."
        " Some practice may help.",
    )


def _comeback(figures: Figures, size: float) -> Told:
    back, other = _of_100(figures["score"]), _of_100(figures["other_score"])
    breaks = figures["breaks"]
    told = (
        f"a mean score of {back} of 100 on the first 3 days after a week or more without learning,"
        f" against {other} of 100 on other days, over {breaks} breaks"
    )
    if size > 0:
        return Told(
            f"Coming back after a break goes well: {told}.",
            f"You come back strong after a break: {back} points of 100. On other days it is"
            f" {other}.",
        )
    return Told(
        f"Coming back after a break takes a little time: {told}. Starting with known concepts may"
        " help.",
        f"After a break it takes you a little time: {back} points of 100. On other days it is"
        f" {other}. Start with things you know.",
    )


def _perseverance(figures: Figures, _size: float) -> Told:
    began, ended = figures["began_wrong"], figures["ended_right"]
    return Told(
        f"Trying again pays off: {began} concepts began with a try that did not go well, and"
        f" {ended} of them ended with one that did.",
        f"You keep trying! {began} things were hard at first, and you got {ended} of them right"
        " in the end.",
    )


def _steady_pace(figures: Figures, _size: float) -> Told:
    least, most, weeks = figures["least_days"], figures["most_days"], figures["weeks"]
    days = f"{least}" if least == most else f"{least} to {most}"
    named = "day" if days == "1" else "days"
    return Told(
        f"The pace is steady: learning on {days} {named} in each of the last {weeks} weeks.",
        f"You keep going: {days} {named} of learning every week, for {weeks} weeks.",
    )


def _spacing(figures: Figures, _size: float) -> Told:
    spread, other = _of_100(figures["score"]), _of_100(figures["other_score"])
    return Told(
        f"Practice on several days works: the last try of such concepts has a mean score of"
        f" {spread} of 100, against {other} of 100 where all practice was on one day.",
        f"It helps you to practise on more than one day: {spread} points of 100 in the end. On one"
        f" day it is {other}.",
    )


def _of_100(score: float) -> int:
    return round(100 * score)


_SENTENCES: Mapping[str, Callable[[Figures, float], Told]] = {
    "time_of_day": _time_of_day,
    "session_length": _session_length,
    "subject_trend": _subject_trend,
    "comeback": _comeback,
    "perseverance": _perseverance,
    "steady_pace": _steady_pace,
    "spacing": _spacing,
}
