"""Figures said in words: kind, plain, and only about the student's own figures and goals.

Each sentence is a message of the catalogues; without a language it is said in English.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from gettext import NullTranslations

from reports.dashboards.parts import WeekGoal
from warehouse.reader import Row


def week_words(
    name: str, now: Row, last: Row, usual: Row | None, goal: WeekGoal, said: NullTranslations
) -> str:
    """The week so far, beside the last one, the usual one and the goal."""
    sentences = [_so_far(name, now, said), _last(last, usual, said), _goal(goal, said)]
    return " ".join(sentence for sentence in sentences if sentence)


def _so_far(name: str, now: Row, said: NullTranslations) -> str:
    if not now["active_days"]:
        return said.gettext("%(name)s has not learned here yet this week.") % {"name": name}
    figures = {
        "name": name,
        "days": _count(said, now["active_days"], "day"),
        "minutes": _count(said, _minutes(now), "minute"),
        "completed": _count(said, now["completed"], "concept"),
        "mastered": _count(said, now["mastered"], "concept"),
    }
    if now["completed"] and now["mastered"]:
        return (
            said.gettext(
                "%(name)s has learned for %(minutes)s on %(days)s this week, and completed "
                "%(completed)s and mastered %(mastered)s."
            )
            % figures
        )
    if now["completed"]:
        return (
            said.gettext(
                "%(name)s has learned for %(minutes)s on %(days)s this week, and completed "
                "%(completed)s."
            )
            % figures
        )
    if now["mastered"]:
        return (
            said.gettext(
                "%(name)s has learned for %(minutes)s on %(days)s this week, and mastered "
                "%(mastered)s."
            )
            % figures
        )
    return said.gettext("%(name)s has learned for %(minutes)s on %(days)s this week.") % figures


def _last(last: Row, usual: Row | None, said: NullTranslations) -> str:
    if usual is None:
        return ""
    middle = _minutes(usual)
    figures = {"minutes": _count(said, _minutes(last), "minute"), "usual": middle}
    if _minutes(last) > middle:
        return (
            said.gettext("Last week it was %(minutes)s, more than the usual %(usual)s.") % figures
        )
    if _minutes(last) < middle:
        return said.gettext("Last week it was %(minutes)s; %(usual)s is usual.") % figures
    return said.gettext("Last week it was %(minutes)s, as usual.") % figures


def _goal(goal: WeekGoal, said: NullTranslations) -> str:
    if goal.met:
        return said.gettext("The goal of the week is reached.")
    parts = []
    if goal.concepts_target is not None:
        parts.append(_towards(goal.concepts_done, goal.concepts_target, "concept", said))
    if goal.minutes_target is not None:
        parts.append(_towards(int(goal.minutes_done), goal.minutes_target, "minute", said))
    figures = parts[0]
    if len(parts) > 1:
        figures = said.gettext("%(one)s and %(other)s") % {"one": parts[0], "other": parts[1]}
    return said.gettext("Towards the goal of the week: %(figures)s.") % {"figures": figures}


def _towards(done: int, target: int, noun: str, said: NullTranslations) -> str:
    figures = {"done": done, "target": _count(said, target, noun)}
    return said.gettext("%(done)s of %(target)s") % figures


def attention_words(name: str, row: Row, concept: str, said: NullTranslations) -> str:
    """A reason to look closer, as one would say it to a parent."""
    if row["rule"] == "inactive":
        return said.gettext(
            "%(name)s has not learned here for %(days)s. "
            "A few minutes together may be a good new start."
        ) % {"name": name, "days": _count(said, row["have"], "day")}
    if row["rule"] == "stuck":
        return said.gettext(
            "%(name)s has tried %(concept)s %(times)s and is not through yet. "
            "Some help with it could make the difference."
        ) % {"name": name, "concept": concept, "times": _count(said, row["have"], "time")}
    return said.gettext(
        "%(name)s mastered %(concepts)s in the last two weeks, after %(before)s in the two before. "
        "It may be worth asking how it is going."
    ) % {
        "name": name,
        "concepts": _count(said, row["have"], "concept"),
        "before": row["need"],
    }


@lru_cache(maxsize=16_384)
def reason_words(rule: str, have: int, need: int, concept: str, said: NullTranslations) -> str:
    """The same flag as one would say it to an educator; a class has hundreds, and many alike."""
    if rule == "inactive":
        return said.gettext("No learning for %(days)s.") % {"days": _count(said, have, "day")}
    if rule == "stuck":
        return said.gettext("%(attempts)s at %(concept)s, not completed.") % {
            "attempts": _count(said, have, "attempt"),
            "concept": concept,
        }
    if rule == "predicted":
        return said.gettext(
            "May not learn here in the next 14 days: %(chance)s in 100, from a model."
        ) % {"chance": have}
    return said.gettext(
        "%(concepts)s mastered in the last 14 days, after %(before)s in the 14 before."
    ) % {"concepts": _count(said, have, "concept"), "before": need}


def _minutes(week: Row) -> int:
    return round(float(week["total_time_spent"]) / 60)


def _count(said: NullTranslations, number: float, noun: str) -> str:
    """A number of things; a median may lie between two whole numbers."""
    whole = int(number) if number == int(number) else number
    return _COUNTED[noun](said, 1 if whole == 1 else 2) % {"n": whole}


_COUNTED: dict[str, Callable[[NullTranslations, int], str]] = {
    "day": lambda said, n: said.ngettext("%(n)s day", "%(n)s days", n),
    "minute": lambda said, n: said.ngettext("%(n)s minute", "%(n)s minutes", n),
    "concept": lambda said, n: said.ngettext("%(n)s concept", "%(n)s concepts", n),
    "time": lambda said, n: said.ngettext("%(n)s time", "%(n)s times", n),
    "attempt": lambda said, n: said.ngettext("%(n)s attempt", "%(n)s attempts", n),
}
