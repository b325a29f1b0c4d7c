"""Notifications: what a student is told, and what of it and of their weeks guardians are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from tests.oracle.attention import BLANK, attention, digest, holds
from tests.oracle.badges import earned_badges
from tests.oracle.facts import Facts, break_days, current_run, runs, today_of, zone_of
from tests.oracle.goals import goal_weeks
from tests.oracle.ledger import point_ledger
from tests.oracle.world import Badge, Row, World, monday, order
from warehouse.events import ReceivedEvent

LATE = timedelta(hours=48)
FOR_GUARDIANS = ("badge_earned", "subject_mastered", "weekly_goal_met", "level_reached")


class News(NamedTuple):
    """Something to tell a student, before it has an id."""

    kind: str
    key: tuple[object, ...]
    occurred_at: datetime
    local_date: date
    event_id: str
    badge_id: str | None = None
    subject_id: str | None = None
    week_start: date | None = None
    number: int | None = None


def is_whole_subject(badge: Badge) -> bool:
    """Whether a badge says the same as a subject mastered."""
    return badge[1:4] == ("concepts_mastered", "subject", None)


def badge_news(facts: Facts, world: World, as_of: datetime) -> Iterator[News]:
    """Every badge that says something of its own."""
    for earned in earned_badges(facts, world, as_of):
        badge = earned.badge.badge_id
        if not is_whole_subject(earned.badge):
            yield News(
                "badge_earned",
                (badge,) if earned.subject_id is None else (badge, earned.subject_id),
                earned.earned_at,
                earned.local_date,
                earned.event_id,
                badge_id=badge,
                subject_id=earned.subject_id,
            )


def subject_news(facts: Facts, world: World) -> Iterator[News]:
    """Every subject without a concept left."""
    badges = [badge.badge_id for badge in world.rules.badges if is_whole_subject(badge)]
    for subject in set(world.curriculum.values()):
        concepts = [c for c, of in world.curriculum.items() if of == subject]
        mastered = [facts.first["mastered"].get(concept) for concept in concepts]
        events = [event for event in mastered if event is not None]
        if len(events) == len(concepts):
            last = max(events, key=order)
            yield News(
                "subject_mastered",
                (subject,),
                last.occurred_at,
                last.local_date,
                last.event_id,
                badge_id=min(badges, default=None),
                subject_id=subject,
            )


def goal_news(facts: Facts, world: World) -> Iterator[News]:
    """Every week whose goal was met."""
    for week in goal_weeks(facts, world):
        if week.met:
            yield News(
                "weekly_goal_met",
                (week.week_start,),
                week.met.occurred_at,
                week.met.local_date,
                week.met.event_id,
                week_start=week.week_start,
            )


def level_news(facts: Facts, world: World, as_of: datetime) -> Iterator[News]:
    """At each instant, the level of all points so far, if it is higher than ever before."""
    rows = point_ledger(facts, world, as_of)
    highest, total = 1, 0
    for instant in sorted({row["occurred_at"] for row in rows}):
        here = [row for row in rows if row["occurred_at"] == instant]
        total += sum(row["points"] for row in here)
        level = sum(total >= minimum for minimum, _ in world.rules.levels)
        if level > highest:
            highest = level
            event_id, day = min((row["event_id"], row["local_date"]) for row in here)
            yield News("level_reached", (level,), instant, day, event_id, number=level)


def streak_news(facts: Facts, world: World) -> Iterator[News]:
    """Each length that matters, at the first day on which a run had it."""
    for days in world.rules.streak_milestones:
        reached = [facts.days[run[days - 1]] for run in runs(facts, world) if len(run) >= days]
        if reached:
            first = min(reached, key=order)
            yield News(
                "streak_milestone",
                (days,),
                first.occurred_at,
                first.local_date,
                first.event_id,
                number=days,
            )


def student_notifications(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """Everything that has happened to a student."""
    events = {event.event_id: event for event in facts.events}
    found = [
        *badge_news(facts, world, as_of),
        *subject_news(facts, world),
        *goal_news(facts, world),
        *level_news(facts, world, as_of),
        *streak_news(facts, world),
    ]
    return [student_row(facts, news, events[news.event_id]) for news in found]


def student_row(facts: Facts, news: News, event: ReceivedEvent) -> Row:
    return {
        "notification_id": digest(news.kind, facts.student_id, *news.key),
        "student_id": facts.student_id,
        "kind": news.kind,
        "badge_id": news.badge_id,
        "subject_id": news.subject_id,
        "week_start": news.week_start,
        "local_date": news.local_date,
        "number": news.number,
        "occurred_at": news.occurred_at,
        "is_late": event.received_at > news.occurred_at + LATE,
    }


def streak_reminders(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """A streak that the student has not yet continued today, late in their day."""
    zone, today = zone_of(facts, world), today_of(facts, world, as_of)
    days = len(current_run(facts, world, today))
    late_enough = as_of.astimezone(zone).hour >= world.rules.streak_reminder_hour
    rested = today in break_days(facts.student_id, world)
    if days < world.rules.streak_reminder_from_days or rested or not late_enough:
        return []
    if max(facts.days) >= today:
        return []
    at = datetime.combine(today, time(world.rules.streak_reminder_hour), zone)
    return [
        {
            "notification_id": digest("streak_at_risk", facts.student_id, today),
            "student_id": facts.student_id,
            "kind": "streak_at_risk",
            "local_date": today,
            "number": days,
            "occurred_at": at,
        }
    ]


def week_ends(facts: Facts, world: World, as_of: datetime) -> Iterator[tuple[date, datetime]]:
    """The Mondays of weeks to sum up, each with the instant of its end."""
    active = {monday(day) for day in facts.days}
    for week in active | {week + timedelta(days=7) for week in active}:
        after = datetime.combine(week + timedelta(days=7), time(), zone_of(facts, world))
        if as_of - timedelta(days=56) < after <= as_of:
            yield week, after


def to_student(row: Row) -> Row:
    """What a student is told of their own."""
    return {**BLANK, **row, "recipient_id": row["student_id"], "recipient_role": "student"}


def to_guardian(guardian: str, row: Row) -> Row:
    """The same, told to a guardian."""
    return {
        **row,
        "notification_id": digest(guardian, row["notification_id"]),
        "recipient_id": guardian,
        "recipient_role": "parent",
    }


def summary(guardian: str, student: str, week: date, at: datetime) -> Row:
    """A week of a child in figures."""
    return {
        **BLANK,
        "notification_id": digest("weekly_summary", guardian, student, week),
        "recipient_id": guardian,
        "recipient_role": "parent",
        "kind": "weekly_summary",
        "student_id": student,
        "week_start": week,
        "local_date": week + timedelta(days=7),
        "occurred_at": at,
    }


def notifications(everyone: Sequence[Facts], world: World, as_of: datetime) -> list[Row]:
    """Everything that anybody is told."""
    rows: list[Row] = []
    for facts in everyone:
        own = student_notifications(facts, world, as_of)
        rows += map(to_student, own + streak_reminders(facts, world, as_of))
        rows += attention(facts, world, as_of)
        for tie in world.guardianships:
            if tie.student_id == facts.student_id and tie.consent and holds(tie, as_of):
                told = [to_student(row) for row in own if row["kind"] in FOR_GUARDIANS]
                rows += [to_guardian(tie.guardian_id, row) for row in told]
                rows += [
                    summary(tie.guardian_id, facts.student_id, week, at)
                    for week, at in week_ends(facts, world, as_of)
                ]
    return rows
