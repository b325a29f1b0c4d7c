"""The whole of it: every published student table from what was received."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from tests.oracle import (
    analytics,
    badges,
    everyone,
    goals,
    ledger,
    notifications,
    patterns,
    progress,
    summaries,
)
from tests.oracle.facts import Facts, counted, students
from tests.oracle.world import Row, World
from warehouse.events import ReceivedEvent

Compute = Callable[[Facts, World, datetime], list[Row]]

# Table -> how one student's rows are made, and the columns that tell its rows apart.
TABLES: dict[str, tuple[Compute, tuple[str, ...]]] = {
    "progress.concept_progress": (
        lambda facts, _world, _as_of: progress.concept_progress(facts),
        ("student_id", "concept_id"),
    ),
    "progress.tries": (lambda facts, _world, _as_of: progress.tries(facts), ("event_id",)),
    "gamification.point_ledger": (
        ledger.point_ledger,
        ("student_id", "reason", "concept_id", "badge_id", "subject_id", "event_id"),
    ),
    "gamification.student_points": (ledger.student_points, ("student_id",)),
    "gamification.streaks": (ledger.streaks, ("student_id",)),
    "gamification.badges": (badges.badges, ("student_id", "badge_id", "subject_id")),
    "gamification.badge_progress": (badges.badge_progress, ("student_id", "badge_id")),
    "gamification.weekly_goals": (
        lambda facts, world, _as_of: goals.weekly_goals(facts, world),
        ("student_id", "week_start"),
    ),
    "analytics.student_metrics": (
        lambda facts, _world, as_of: analytics.student_metrics(facts, as_of),
        ("student_id",),
    ),
    "analytics.subject_scores": (
        lambda facts, world, _as_of: analytics.subject_scores(facts, world),
        ("student_id", "subject_id"),
    ),
    "analytics.time_patterns": (
        lambda facts, _world, _as_of: patterns.time_patterns(facts),
        ("student_id", "period", "number"),
    ),
    "analytics.velocity_trend": (patterns.velocity_trend, ("student_id", "week_start")),
    "analytics.daily_progress": (summaries.daily_progress, ("student_id", "local_date")),
    "analytics.week_summaries": (summaries.week_summaries, ("student_id",)),
    "analytics.weekly_progress": (analytics.weekly_progress, ("student_id", "week_start")),
    "progress.active_days": (
        lambda facts, _world, _as_of: progress.active_days(facts),
        ("student_id", "local_date"),
    ),
    "analytics.sessions": (
        lambda facts, _world, _as_of: analytics.sessions(facts),
        ("student_id", "session_number"),
    ),
    "analytics.mastery_attempts": (
        lambda facts, _world, _as_of: progress.attempts_to_mastery(facts),
        ("student_id", "concept_id"),
    ),
    "analytics.at_risk": (analytics.at_risk, ("student_id", "rule", "concept_id")),
    "notifications.student_notifications": (
        notifications.student_notifications,
        ("notification_id",),
    ),
    "notifications.streak_reminders": (notifications.streak_reminders, ("notification_id",)),
}


# The same for tables that look across students.
COHORT: dict[
    str, tuple[Callable[[Sequence[Facts], World, datetime], list[Row]], tuple[str, ...]]
] = {
    "gamification.leaderboard": (
        everyone.leaderboard,
        ("scope", "scope_id", "period", "student_id"),
    ),
    "analytics.concept_difficulty": (everyone.concept_difficulty, ("concept_id",)),
    "analytics.concept_discrimination": (patterns.concept_discrimination, ("concept_id",)),
    "metrics.daily_activity": (everyone.daily_activity, ("local_date",)),
    "metrics.streak_retention": (everyone.streak_retention, ("as_of",)),
    "metrics.badge_frequency": (everyone.badge_frequency, ("badge_id", "week_start")),
    "notifications.notifications": (notifications.notifications, ("notification_id",)),
}
KEYS = {table: key for table, (_, key) in [*TABLES.items(), *COHORT.items()]}


def in_key_order(table: str, rows: Iterable[Row]) -> list[Row]:
    """The rows by their key; null after every value, as text so that kinds never mix."""
    return sorted(rows, key=lambda row: [(row[c] is None, str(row[c])) for c in KEYS[table]])


def oracle(
    received: Iterable[ReceivedEvent],
    world: World,
    as_of: datetime,
    known_at: datetime | None = None,
) -> dict[str, list[Row]]:
    """Every published table, each sorted by its key."""
    everybody = students(counted(received, as_of, known_at))
    of_students = {
        table: [row for facts in everybody for row in compute(facts, world, as_of)]
        for table, (compute, _) in TABLES.items()
    }
    of_all = {table: compute(everybody, world, as_of) for table, (compute, _) in COHORT.items()}
    return {t: in_key_order(t, rows) for t, rows in {**of_students, **of_all}.items()}
