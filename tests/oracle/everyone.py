"""Figures that look across students: difficulty, activity, lists, classes, what people are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from statistics import mean, median
from zoneinfo import ZoneInfo

from tests.oracle.analytics import sessions
from tests.oracle.badges import earned_badges
from tests.oracle.facts import Facts, break_days, current_run, runs, today_of
from tests.oracle.ledger import point_ledger
from tests.oracle.progress import attempts_to_mastery, concept_progress
from tests.oracle.world import Membership, Row, World, monday

Everyone = Sequence[Facts]
FEWEST = 5


def concept_difficulty(everyone: Everyone, _world: World, _as_of: datetime) -> list[Row]:
    """Nothing is said of fewer than five students."""
    by_concept: dict[str, list[Row]] = {}
    mastered: dict[str, list[int]] = {}
    for facts in everyone:
        for row in concept_progress(facts):
            by_concept.setdefault(row["concept_id"], []).append(row)
        for row in attempts_to_mastery(facts):
            mastered.setdefault(row["concept_id"], []).append(row["attempts"])
    found = []
    for concept_id, rows in by_concept.items():
        scores = [row["first_score"] for row in rows if row["first_score"] is not None]
        attempts = mastered.get(concept_id, [])
        stuck = [r for r in rows if r["status"] == "in_progress" and r["attempts"] >= 4]
        if len(rows) >= FEWEST:
            found.append(
                {
                    "concept_id": concept_id,
                    "student_count": len(rows),
                    "scored_count": len(scores),
                    "mastered_count": len(attempts),
                    "difficulty": 1 - mean(scores) if len(scores) >= FEWEST else None,
                    "median_attempts_to_mastery": float(median(attempts))
                    if len(attempts) >= FEWEST
                    else None,
                    "stuck_share": len(stuck) / len(rows),
                }
            )
    return found


def daily_activity(everyone: Everyone, world: World, as_of: datetime) -> list[Row]:
    """Every day from the first to the as-of day, zeros included."""
    active = {(facts.student_id, day) for facts in everyone for day in facts.days}
    if not active:
        return []
    today = as_of.astimezone(ZoneInfo(world.default_zone)).date()
    held = [row for facts in everyone for row in sessions(facts)]
    day, rows = min(day for _, day in active), []
    while day <= max(today, *(day for _, day in active)):
        dau, wau, mau = (
            len({s for s, seen in active if day - timedelta(days=n) < seen <= day})
            for n in (1, 7, 30)
        )
        minutes = [row["duration_seconds"] / 60 for row in held if row["local_date"] == day]
        rows.append(
            {
                "local_date": day,
                "dau": dau,
                "wau": wau,
                "mau": mau,
                "stickiness": dau / mau if mau else None,
                "sessions": len(minutes),
                "average_session_minutes": mean(minutes) if minutes else None,
            }
        )
        day += timedelta(days=1)
    return rows


def streak_retention(everyone: Everyone, world: World, as_of: datetime) -> list[Row]:
    """Whether the streak that was alive a week ago is still the same one."""
    live = kept = 0
    for facts in everyone:
        today = today_of(facts, world, as_of)
        then = today - timedelta(days=7)
        free = break_days(facts.student_id, world)
        for run in runs(facts, world):
            known = [day for day in run if day <= then]
            if len(known) >= 3 and not missed(run, then, free):
                live += 1
                kept += current_run(facts, world, today) == run
    share = kept / live if live else None
    return [{"as_of": as_of, "live_count": live, "kept_count": kept, "retention": share}]


def missed(run: list[date], then: date, free: set[date]) -> bool:
    """Whether a day after the run's end and before `then` was a missed one."""
    day = run[-1] + timedelta(days=1)
    while day < then:
        if day not in free:
            return True
        day += timedelta(days=1)
    return False


def badge_frequency(everyone: Everyone, world: World, as_of: datetime) -> list[Row]:
    """By badge and week of the students' days."""
    found: dict[tuple[str, date], list[str]] = {}
    for facts in everyone:
        for earned in earned_badges(facts, world, as_of):
            key = earned.badge.badge_id, monday(earned.local_date)
            found.setdefault(key, []).append(facts.student_id)
    return [
        {
            "badge_id": badge_id,
            "week_start": week,
            "earned_count": len(students),
            "student_count": len(set(students)),
        }
        for (badge_id, week), students in found.items()
    ]


def holds(member: Membership, as_of: datetime) -> bool:
    """Whether a relation holds at an instant."""
    return (member.valid_from is None or member.valid_from <= as_of) and (
        member.valid_until is None or member.valid_until > as_of
    )


def leaderboard(everyone: Everyone, world: World, as_of: datetime) -> list[Row]:
    """Lists of at least five who opted in; equal points share a rank."""
    ledgers = {facts.student_id: point_ledger(facts, world, as_of) for facts in everyone}
    ranked = {s for s, profile in world.profiles.items() if profile.opted_in} - set(world.left)
    today = as_of.astimezone(ZoneInfo(world.default_zone)).date()
    starts: dict[str, Callable[[date], bool]] = {
        "week": lambda day: day >= monday(today),
        "month": lambda day: day >= today.replace(day=1),
        "all": lambda _day: True,
    }
    lists = {("all", "all"): ranked}
    for class_id, enabled in world.classes.items():
        members = {
            m.person_id
            for m in world.memberships
            if (m.class_id, m.role) == (class_id, "student") and holds(m, as_of)
        }
        if enabled:
            lists["class", class_id] = members & ranked
    rows = []
    for (scope, scope_id), students in lists.items():
        for period, counts in starts.items():
            points = {
                s: sum(r["points"] for r in ledgers.get(s, ()) if counts(r["local_date"]))
                for s in students
            }
            rows += [
                {
                    "scope": scope,
                    "scope_id": scope_id,
                    "period": period,
                    "student_id": student,
                    "alias": world.profiles[student].alias,
                    "points": points[student],
                    "rank": 1 + sum(other > points[student] for other in points.values()),
                }
                for student in students
                if len(students) >= FEWEST
            ]
    return rows
