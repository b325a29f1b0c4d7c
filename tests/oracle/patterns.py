"""When a student learns and how fast they master, and which concepts tell students apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from math import sqrt

from tests.oracle.facts import Facts, today_of
from tests.oracle.progress import concept_progress
from tests.oracle.world import Row, World, mean, monday


def time_patterns(facts: Facts) -> list[Row]:
    """24 hours and 7 weekdays for everybody who has learned."""
    rows: list[Row] = []
    slots = [("hour", hour) for hour in range(24)] + [("weekday", day) for day in range(1, 8)]
    for period, number in slots if facts.learning else ():
        events = [
            event
            for event in facts.learning
            if number == (event.local_hour if period == "hour" else event.local_date.isoweekday())
        ]
        scores = [event.score for event in events if event.score is not None]
        rows.append(
            {
                "student_id": facts.student_id,
                "period": period,
                "number": number,
                "event_count": len(events),
                "total_time_spent": sum(event.time_spent for event in events),
                "score_count": len(scores),
                "average_score": mean(scores),
            }
        )
    return rows


def velocity_trend(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """Concepts mastered in each week and in the four that end with it."""
    if not facts.days:
        return []
    mastered = [monday(event.local_date) for event in facts.first["mastered"].values()]
    week = monday(min(facts.days))
    last = monday(max(*facts.days, today_of(facts, world, as_of)))
    rows: list[Row] = []
    while week <= last:
        lately = [day for day in mastered if week - timedelta(weeks=4) < day <= week]
        rows.append(
            {
                "student_id": facts.student_id,
                "week_start": week,
                "mastered": mastered.count(week),
                "learning_velocity": len(lately) / 4,
            }
        )
        week += timedelta(weeks=1)
    return rows


def concept_discrimination(everyone: Sequence[Facts], _world: World, _as_of: datetime) -> list[Row]:
    """How first scores in a concept go with the mean first score in the others."""
    pairs: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for facts in everyone:
        first = {
            row["concept_id"]: Fraction(repr(row["first_score"]))
            for row in concept_progress(facts)
            if row["first_score"] is not None
        }
        for concept_id, score in first.items() if len(first) > 1 else ():
            elsewhere = (sum(first.values()) - score) / (len(first) - 1)
            pairs.setdefault(concept_id, []).append((score, round(elsewhere, 9)))
    return [
        {
            "concept_id": concept_id,
            "student_count": len(found),
            "discrimination": correlation(found),
        }
        for concept_id, found in pairs.items()
        if len(found) >= 5
    ]


def correlation(pairs: Sequence[tuple[Fraction, Fraction]]) -> float | None:
    """Pearson's, None where one side does not vary."""
    xs, ys = zip(*pairs, strict=True)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((a - x) * (b - y) for a, b in pairs)
    along = sum((a - x) ** 2 for a in xs) * sum((b - y) ** 2 for b in ys)
    return float(across) / sqrt(along) if along else None
