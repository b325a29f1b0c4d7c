"""Days, and what weekly summaries compare: this week, the two before, and the usual one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median

from tests.oracle.facts import Facts, today_of
from tests.oracle.ledger import point_ledger, streaks
from tests.oracle.world import Row, World, monday

WEEK = timedelta(days=7)
PERIODS = ("this_week", "last_week", "week_before")
STREAK = ("student_id", "current_streak", "longest_streak", "last_activity_date")
FIGURES = (
    "active_days",
    "total_time_spent",
    "started",
    "completed",
    "mastered",
    "achieved",
    "points",
)


def daily_progress(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """One row for each day that has a learning event or points."""
    ledger = point_ledger(facts, world, as_of)
    days = set(facts.days) | {row["local_date"] for row in ledger}
    return [_day(facts, ledger, day) for day in sorted(days)]


def _day(facts: Facts, ledger: list[Row], day: date) -> Row:
    events = [e for e in facts.learning if e.local_date == day]
    first = {
        kind: sum(e.local_date == day for e in by_concept.values())
        for kind, by_concept in facts.first.items()
    }
    return {
        "student_id": facts.student_id,
        "local_date": day,
        "event_count": len(events),
        "total_time_spent": sum(e.time_spent for e in events),
        "started": first["started"],
        "completed": first["completed"],
        "mastered": first["mastered"],
        "achieved": sum(e.local_date == day for e in facts.done.values()),
        "points": sum(row["points"] for row in ledger if row["local_date"] == day),
        "score_count": sum(e.score is not None for e in events),
        "score_sum": float(sum(Fraction(repr(e.score)) for e in events if e.score is not None)),
    }


def week_summaries(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """The streak beside three weeks and the median of eight, for everybody who has learned."""
    rows = []
    for streak in streaks(facts, world, as_of):
        today = today_of(facts, world, as_of)
        this_week = monday(today)
        days = daily_progress(facts, world, as_of)
        weeks = [_week(facts, days, this_week - n * WEEK) for n in range(9)]
        whole = [week for week in weeks[1:] if week["week_start"] >= monday(min(facts.days))]
        usual = {name: median(w[name] for w in whole) for name in FIGURES} if whole else None
        if usual:
            usual["week_start"] = min(week["week_start"] for week in whole)
        kept = {name: streak[name] for name in STREAK}
        named = dict(zip(PERIODS, weeks, strict=False))
        rows.append({**kept, "today": today, **named, "usual": usual})
    return rows


def _week(facts: Facts, days: list[Row], week: date) -> Row:
    within = [day for day in days if monday(day["local_date"]) == week]
    done = [e for e in facts.done.values() if monday(e.local_date) == week]
    sums = {
        name: sum(day[name] for day in within)
        for name in ("total_time_spent", "started", "completed", "mastered", "points")
    }
    active = sum(day["event_count"] > 0 for day in within)
    return {"week_start": week, "active_days": active, **sums, "achieved": len(done)}
