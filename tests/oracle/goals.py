"""Weekly goals: which targets held in a week, what was done, and the event that met them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tests.oracle.facts import Facts
from tests.oracle.world import Row, World, monday, order
from warehouse.events import ReceivedEvent


class GoalWeek(NamedTuple):
    """One ISO week with a learning event."""

    week_start: date
    concepts_target: int | None
    minutes_target: int | None
    concepts_done: int
    minutes_done: float
    met: ReceivedEvent | None


def targets(student_id: str, week: date, world: World) -> tuple[int | None, int | None]:
    """The student's latest own targets that hold by this week, else the default."""
    own = [g for g in world.goals if g.student_id == student_id and g.from_week <= week]
    if not own:
        return world.rules.default_concepts_a_week, None
    latest = max(own, key=lambda goal: goal.from_week)
    return latest.concepts, latest.minutes


def reaching(events: list[ReceivedEvent], amounts: list[int], target: int) -> ReceivedEvent | None:
    """The event at which the running sum of amounts comes to the target."""
    total = 0
    for event, amount in zip(events, amounts, strict=True):
        total += amount
        if total >= target:
            return event
    return None


def met_by(
    done: list[ReceivedEvent],
    learning: list[ReceivedEvent],
    concepts: int | None,
    minutes: int | None,
) -> ReceivedEvent | None:
    """The event at which the last of all targets set was reached, None while one is open."""
    reached = []
    if concepts is not None:
        reached.append(reaching(done, [1] * len(done), concepts))
    if minutes is not None:
        reached.append(reaching(learning, [e.time_spent for e in learning], minutes * 60))
    met = [event for event in reached if event is not None]
    return max(met, key=order) if met and len(met) == len(reached) else None


def goal_weeks(facts: Facts, world: World) -> list[GoalWeek]:
    """Every week of the student that has a learning event."""
    weeks = []
    for week in sorted({monday(event.local_date) for event in facts.learning}):
        learning = [e for e in facts.learning if monday(e.local_date) == week]
        done = sorted((e for e in facts.done.values() if monday(e.local_date) == week), key=order)
        concepts, minutes = targets(facts.student_id, week, world)
        seconds = sum(event.time_spent for event in learning)
        met = met_by(done, learning, concepts, minutes)
        weeks.append(GoalWeek(week, concepts, minutes, len(done), seconds / 60.0, met))
    return weeks


def weekly_goals(facts: Facts, world: World) -> list[Row]:
    """The published rows."""
    return [
        {
            "student_id": facts.student_id,
            "week_start": week.week_start,
            "concepts_target": week.concepts_target,
            "minutes_target": week.minutes_target,
            "concepts_done": week.concepts_done,
            "minutes_done": week.minutes_done,
            "met_at": week.met.occurred_at if week.met else None,
            "event_id": week.met.event_id if week.met else None,
        }
        for week in goal_weeks(facts, world)
    ]
