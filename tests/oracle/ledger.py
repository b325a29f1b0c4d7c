"""The point ledger, and what is nothing but its sum: total points and level."""

from __future__ import annotations

from datetime import date, datetime

from tests.oracle.badges import earned_badges
from tests.oracle.facts import Facts, current_run, runs, today_of
from tests.oracle.goals import goal_weeks
from tests.oracle.world import Row, World
from warehouse.events import ReceivedEvent


def ledger_row(facts: Facts, points: int, reason: str, event: ReceivedEvent, **more: object) -> Row:
    """A ledger row at an event; what the reason does not have stays null."""
    return {
        "student_id": facts.student_id,
        "points": points,
        "reason": reason,
        "concept_id": None,
        "subject_id": None,
        "week_start": None,
        "badge_id": None,
        "note": None,
        "actor": None,
        "occurred_at": event.occurred_at,
        "local_date": event.local_date,
        "event_id": event.event_id,
        **more,
    }


def concept_rows(facts: Facts, world: World) -> list[Row]:
    """Started, completed, mastered and perfect: the first event of each, once per concept."""
    firsts = {
        "concept_started": facts.first["started"],
        "concept_completed": facts.first["completed"],
        "concept_mastered": facts.first["mastered"],
        "perfect_score": facts.perfect,
    }
    return [
        ledger_row(
            facts,
            world.rules.points[reason],
            reason,
            event,
            concept_id=concept_id,
            subject_id=world.subject(concept_id),
        )
        for reason, by_concept in firsts.items()
        for concept_id, event in by_concept.items()
    ]


def badge_rows(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """A badge worth nothing leaves no row."""
    return [
        ledger_row(
            facts,
            earned.badge.points_value,
            "badge",
            facts.events[0],
            badge_id=earned.badge.badge_id,
            subject_id=earned.subject_id,
            week_start=earned.week_start,
            occurred_at=earned.earned_at,
            local_date=earned.local_date,
            event_id=earned.event_id,
        )
        for earned in earned_badges(facts, world, as_of)
        if earned.badge.points_value != 0
    ]


def award_rows(facts: Facts) -> list[Row]:
    """What somebody gave, or took back."""
    return [
        ledger_row(facts, event.points or 0, "award", event, note=event.reason, actor=event.actor)
        for event in facts.events
        if event.event_type == "points_awarded"
    ]


def point_ledger(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """Every award of the student."""
    points = world.rules.points
    streak = [
        ledger_row(facts, points["daily_streak"], "daily_streak", event)
        for event in facts.days.values()
    ]
    goals = [
        ledger_row(facts, points["weekly_goal"], "weekly_goal", w.met, week_start=w.week_start)
        for w in goal_weeks(facts, world)
        if w.met
    ]
    awards = award_rows(facts)
    return concept_rows(facts, world) + streak + goals + badge_rows(facts, world, as_of) + awards


def student_points(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """The level is the last whose minimum the total has reached; below all, the first."""
    total = sum(row["points"] for row in point_ledger(facts, world, as_of))
    level = 1
    for number, (minimum, _) in enumerate(world.rules.levels, start=1):
        if total >= minimum:
            level = number
    following = world.rules.levels[level : level + 1]
    return [
        {
            "student_id": facts.student_id,
            "total_points": total,
            "level": level,
            "level_name": world.rules.levels[level - 1][1],
            "points_to_next_level": following[0][0] - total if following else None,
            "level_from_points": world.rules.levels[level - 1][0],
        }
    ]


def streaks(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """One row for a student with a learning event."""
    if not facts.days:
        return []
    last: date = max(facts.days)
    return [
        {
            "student_id": facts.student_id,
            "current_streak": len(current_run(facts, world, today_of(facts, world, as_of))),
            "longest_streak": max(len(run) for run in runs(facts, world)),
            "last_activity_date": last,
        }
    ]
