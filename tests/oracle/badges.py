"""Badges: the items of a metric, counted in windows; earned at the threshold-th item."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.facts import Facts, current_run, runs, today_of
from tests.oracle.goals import goal_weeks
from tests.oracle.world import Badge, Row, World, midnight_utc, monday, order
from warehouse.events import ReceivedEvent


class Earned(NamedTuple):
    """A badge with the instant, the day and the event that earned it."""

    badge: Badge
    subject_id: str | None
    week_start: date | None
    earned_at: datetime
    local_date: date
    event_id: str


def items(metric: str, facts: Facts, world: World) -> list[ReceivedEvent]:
    """The events that a metric counts, in order."""
    found = {
        "concepts_started": facts.first["started"].values(),
        "concepts_completed": facts.first["completed"].values(),
        "concepts_mastered": facts.first["mastered"].values(),
        "perfect_scores": facts.perfect.values(),
        "subjects_explored": first_by_subject(facts, world).values(),
        "active_days": facts.days.values(),
        "streak_days": facts.days.values(),
        "helped": [event for event in facts.events if event.event_type == "helped"],
        "weekly_goals_met": [week.met for week in goal_weeks(facts, world) if week.met],
    }
    return sorted(found[metric], key=order)


def first_by_subject(facts: Facts, world: World) -> dict[str, ReceivedEvent]:
    """The first learning event in each subject of the curriculum."""
    first: dict[str, ReceivedEvent] = {}
    for event in facts.learning:
        subject = world.subject(event.concept_id)
        if subject is not None:
            first.setdefault(subject, event)
    return first


def window_of(event: ReceivedEvent, window: str, facts: Facts, world: World) -> object:
    """The window that an item counts in, None where it counts in none."""
    if window == "all":
        return "all"
    if window == "day":
        return event.local_date
    if window == "week":
        return monday(event.local_date)
    if window == "subject":
        return world.subject(event.concept_id)
    if window == "streak":
        return next((run[0] for run in runs(facts, world) if event.local_date in run), None)
    raise ValueError(window)


def subject_size(subject_id: object, world: World) -> int:
    """How many concepts the curriculum has in a subject."""
    return list(world.curriculum.values()).count(str(subject_id))


def counts(badge: Badge, facts: Facts, world: World) -> dict[object, list[ReceivedEvent]]:
    """The items of the badge's metric by window."""
    windows: dict[object, list[ReceivedEvent]] = {}
    found = items(badge.metric, facts, world)
    if badge.window == "streak":
        # "The 7th day's first learning event": a traveller's days need not come in instants' order.
        found.sort(key=lambda event: event.local_date)
    for event in found:
        key = window_of(event, badge.window, facts, world)
        if key is not None:
            windows.setdefault(key, []).append(event)
    return windows


def earned_by_items(badge: Badge, facts: Facts, world: World) -> list[Earned]:
    """Once, at the first window to get there; in the subject window once for each subject."""
    found = []
    for key, events in counts(badge, facts, world).items():
        need = subject_size(key, world) if badge.threshold is None else badge.threshold
        if len(events) >= need:
            at = events[need - 1]
            subject = str(key) if badge.window == "subject" else None
            earned = Earned(badge, subject, None, at.occurred_at, at.local_date, at.event_id)
            found.append(earned)
    found.sort(key=lambda earned: (earned.earned_at, earned.event_id))
    return found if badge.window == "subject" else found[:1]


def started_in(week: date, facts: Facts) -> list[str]:
    """The concepts first started in an ISO week."""
    started = facts.first["started"].items()
    return [concept for concept, event in started if monday(event.local_date) == week]


def finished_by_end(concepts: list[str], week: date, facts: Facts) -> list[ReceivedEvent]:
    """For each of the concepts that was completed or mastered by the week's end: that event."""
    done = [facts.done[concept] for concept in concepts if concept in facts.done]
    return [event for event in done if event.local_date < week + timedelta(days=7)]


def earned_by_week(badge: Badge, facts: Facts, as_of: datetime) -> list[Earned]:
    """The first ended week with enough concepts started and all of them completed or mastered."""
    assert badge.threshold is not None
    for week in sorted({monday(e.local_date) for e in facts.first["started"].values()}):
        after = week + timedelta(days=7)
        started = started_in(week, facts)
        done = finished_by_end(started, week, facts)
        if len(done) == len(started) >= badge.threshold and midnight_utc(after) <= as_of:
            last = max(done, key=order)
            return [Earned(badge, None, week, midnight_utc(after), after, last.event_id)]
    return []


def earned_badges(facts: Facts, world: World, as_of: datetime) -> list[Earned]:
    """Every badge of the rules that the student has earned."""
    found: list[Earned] = []
    for badge in world.rules.badges:
        if badge.metric == "week_completion":
            found.extend(earned_by_week(badge, facts, as_of))
        else:
            found.extend(earned_by_items(badge, facts, world))
    return found


def badges(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """The published rows of badges earned."""
    return [
        {
            "student_id": facts.student_id,
            "badge_id": earned.badge.badge_id,
            "subject_id": earned.subject_id,
            "earned_at": earned.earned_at,
            "event_id": earned.event_id,
        }
        for earned in earned_badges(facts, world, as_of)
    ]


def nearest_subject(
    badge: Badge, facts: Facts, world: World, earned: set[str | None]
) -> tuple[str, int, int] | None:
    """The unfinished subject with the largest share, have and need; None when all are done."""
    windows = counts(badge, facts, world)
    best: tuple[Fraction, str, int, int] | None = None
    for subject in sorted(set(world.curriculum.values()) - earned):
        size = subject_size(subject, world)
        need = size if badge.threshold is None else badge.threshold
        have = len(windows.get(subject, []))
        if need > size:  # a subject too small to earn the badge in is no way towards it
            continue
        if best is None or Fraction(have, need) > best[0]:
            best = (Fraction(have, need), subject, have, need)
    return best[1:] if best else None


def open_progress(
    badge: Badge, facts: Facts, world: World, today: date, earned: set[str | None]
) -> tuple[str | None, int, int] | None:
    """Subject, have and need in the window that is open today."""
    if badge.window == "subject":
        return nearest_subject(badge, facts, world, earned)
    assert badge.threshold is not None
    if badge.metric == "week_completion":
        started = started_in(monday(today), facts)
        done = finished_by_end(started, monday(today), facts)
        return None, len(done), max(badge.threshold, len(started))
    streak = current_run(facts, world, today)
    open_window = {
        "all": "all",
        "day": today,
        "week": monday(today),
        "streak": streak[0] if streak else None,
    }[badge.window]
    return None, len(counts(badge, facts, world).get(open_window, [])), badge.threshold


def badge_progress(facts: Facts, world: World, as_of: datetime) -> list[Row]:
    """One row for every badge that the student can still earn."""
    today = today_of(facts, world, as_of)
    all_earned = earned_badges(facts, world, as_of)
    rows = []
    for badge in world.rules.badges:
        earned = {e.subject_id for e in all_earned if e.badge == badge}
        if earned and badge.window != "subject":
            continue
        progress = open_progress(badge, facts, world, today, earned)
        if progress is not None:
            subject, have, need = progress
            who = {"student_id": facts.student_id, "badge_id": badge.badge_id}
            rows.append({**who, "subject_id": subject, "have": have, "need": need})
    return rows
