"""From received events to what each student's tables start from: what counts, what was first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle.world import LEARNING, Membership, World, order
from warehouse.events import ReceivedEvent


def counted(
    received: Iterable[ReceivedEvent], as_of: datetime, known_at: datetime | None = None
) -> list[ReceivedEvent]:
    """One event per id (the first received), known by `known_at`, occurred by `as_of`, in order."""
    first: dict[str, ReceivedEvent] = {}
    for event in received:
        if known_at is not None and event.received_at > known_at:
            continue
        held = first.get(event.event_id)
        if held is None or (event.received_at, event.fingerprint) < (
            held.received_at,
            held.fingerprint,
        ):
            first[event.event_id] = event
    return sorted((e for e in first.values() if e.occurred_at <= as_of), key=order)


class Facts(NamedTuple):
    """One student: all events, the learning events, and the first of each kind, all in order."""

    student_id: str
    events: list[ReceivedEvent]
    learning: list[ReceivedEvent]
    first: dict[str, dict[str, ReceivedEvent]]  # event type -> concept -> its first event
    perfect: dict[str, ReceivedEvent]  # concept -> its first event with score 1.0
    done: dict[str, ReceivedEvent]  # concept -> its first completed-or-mastered event
    days: dict[date, ReceivedEvent]  # active day -> its first learning event


def facts_of(student_id: str, events: list[ReceivedEvent]) -> Facts:
    """Gather the facts of one student from their counted events, which come in order."""
    facts = Facts(student_id, events, [], {kind: {} for kind in LEARNING}, {}, {}, {})
    for event in events:
        if event.event_type not in LEARNING or event.concept_id is None:
            continue
        facts.learning.append(event)
        facts.first[event.event_type].setdefault(event.concept_id, event)
        facts.days.setdefault(event.local_date, event)
        if event.score == 1.0:
            facts.perfect.setdefault(event.concept_id, event)
        if event.event_type in ("completed", "mastered"):
            facts.done.setdefault(event.concept_id, event)
    return facts


def students(events: list[ReceivedEvent]) -> list[Facts]:
    """Every student who has any counted event."""
    by_student: dict[str, list[ReceivedEvent]] = {}
    for event in events:
        by_student.setdefault(event.student_id, []).append(event)
    return [facts_of(student_id, by_student[student_id]) for student_id in sorted(by_student)]


def break_days(student_id: str, world: World) -> set[date]:
    """Every day that lies in a break of the student, or of a class that they were in that day."""
    found: set[date] = set()
    for planned in world.breaks:
        for n in range((planned.last_day - planned.first_day).days + 1):
            day = planned.first_day + timedelta(days=n)
            if planned.student_id == student_id or any(
                enrolled(member, day)
                for member in world.memberships
                if (member.person_id, member.role, member.class_id)
                == (student_id, "student", planned.class_id)
            ):
                found.add(day)
    return found


def enrolled(member: Membership, day: date) -> bool:
    """Whether a membership holds at any instant of a day in UTC."""
    began, ended = member.valid_from, member.valid_until
    return (began is None or began.astimezone(UTC).date() <= day) and (
        ended is None or (ended - timedelta(microseconds=1)).astimezone(UTC).date() >= day
    )


def all_between(free: set[date], before: date, after: date) -> bool:
    """Whether every day strictly between two days is free."""
    missing = (after - before).days - 1
    return all(before + timedelta(days=n + 1) in free for n in range(missing))


def runs(facts: Facts, world: World) -> list[list[date]]:
    """The streaks: active days split wherever a day is missing that lies in no break."""
    free = break_days(facts.student_id, world)
    found: list[list[date]] = []
    for day in sorted(facts.days):
        if found and all_between(free, found[-1][-1], day):
            found[-1].append(day)
        else:
            found.append([day])
    return found


def current_run(facts: Facts, world: World, today: date) -> list[date]:
    """The latest streak if no day between its end and today was missed, else no days."""
    found = runs(facts, world)
    free = break_days(facts.student_id, world)
    if found and all_between(free, found[-1][-1], today):
        return found[-1]
    return []


def today_of(facts: Facts, world: World, as_of: datetime) -> date:
    """The student's day at an instant."""
    return as_of.astimezone(zone_of(facts, world)).date()


def zone_of(facts: Facts, world: World) -> ZoneInfo:
    """The student's zone: by profile, else by their latest learning event, else by default."""
    zone = world.zones.get(facts.student_id)
    if zone is None:
        zone = facts.learning[-1].time_zone if facts.learning else world.default_zone
    return ZoneInfo(zone)
