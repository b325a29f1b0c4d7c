"""Figures said in words: kind, plain, and only about the student's own figures and goals."""

from __future__ import annotations

from reports.dashboards.parts import WeekGoal
from warehouse.reader import Row


def week_words(name: str, now: Row, last: Row, usual: Row | None, goal: WeekGoal) -> str:
    """The week so far, beside the last one, the usual one and the goal."""
    sentences = [_so_far(name, now), _last(last, usual), _goal(goal)]
    return " ".join(sentence for sentence in sentences if sentence)


def _so_far(name: str, now: Row) -> str:
    if not now["active_days"]:
        return f"{name} has not learned here yet this week."
    days, minutes = _count(now["active_days"], "day"), _count(_minutes(now), "minute")
    done = [
        f"{word} {_count(now[word], 'concept')}" for word in ("completed", "mastered") if now[word]
    ]
    finished = f", and {' and '.join(done)}" if done else ""
    return f"{name} has learned for {minutes} on {days} this week{finished}."


def _last(last: Row, usual: Row | None) -> str:
    if usual is None:
        return ""
    said = f"Last week it was {_count(_minutes(last), 'minute')}"
    middle = _minutes(usual)
    if _minutes(last) > middle:
        return f"{said}, more than the usual {middle}."
    if _minutes(last) < middle:
        return f"{said}; {middle} is usual."
    return f"{said}, as usual."


def _goal(goal: WeekGoal) -> str:
    if goal.met:
        return "The goal of the week is reached."
    parts = []
    if goal.concepts_target is not None:
        parts.append(f"{goal.concepts_done} of {_count(goal.concepts_target, 'concept')}")
    if goal.minutes_target is not None:
        parts.append(f"{int(goal.minutes_done)} of {_count(goal.minutes_target, 'minute')}")
    return f"Towards the goal of the week: {' and '.join(parts)}."


def attention_words(name: str, row: Row, concept: str) -> str:
    """A reason to look closer, as one would say it to a parent."""
    if row["rule"] == "inactive":
        return (
            f"{name} has not learned here for {_count(row['have'], 'day')}. "
            "A few minutes together may be a good new start."
        )
    if row["rule"] == "stuck":
        return (
            f"{name} has tried {concept} {_count(row['have'], 'time')} and is not through yet. "
            "Some help with it could make the difference."
        )
    return (
        f"{name} mastered {_count(row['have'], 'concept')} in the last two weeks, after "
        f"{row['need']} in the two before. It may be worth asking how it is going."
    )


def reason_words(row: Row, concept: str) -> str:
    """The same flag as one would say it to an educator."""
    if row["rule"] == "inactive":
        return f"No learning for {_count(row['have'], 'day')}."
    if row["rule"] == "stuck":
        return f"{_count(row['have'], 'attempt')} at {concept}, not completed."
    if row["rule"] == "predicted":
        return f"May not learn here in the next 14 days: {row['have']} in 100, from a model."
    return (
        f"{_count(row['have'], 'concept')} mastered in the last 14 days, after {row['need']} in "
        "the 14 before."
    )


def _minutes(week: Row) -> int:
    return round(float(week["total_time_spent"]) / 60)


def _count(number: float, noun: str) -> str:
    whole = int(number) if number == int(number) else number
    return f"{whole} {noun}" if whole == 1 else f"{whole} {noun}s"
