"""Needs attention: which educators are told of which student, once an episode."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from tests.oracle.analytics import at_risk
from tests.oracle.facts import Facts, break_days, zone_of
from tests.oracle.world import Guardianship, Membership, Row, World, monday

BLANK = {
    "class_id": None,
    "badge_id": None,
    "subject_id": None,
    "concept_id": None,
    "rule": None,
    "week_start": None,
    "number": None,
    "need": None,
    "is_late": False,
}


def digest(*parts: object) -> str:
    """The id that natural parts have."""
    return hashlib.md5("\x1f".join(map(str, parts)).encode()).hexdigest()


def holds(relation: Guardianship | Membership, as_of: datetime) -> bool:
    """Whether a relation holds at an instant."""
    begun = relation.valid_from is None or relation.valid_from <= as_of
    return begun and (relation.valid_until is None or relation.valid_until > as_of)


def taught(student: str, world: World, as_of: datetime) -> dict[str, str]:
    """Each educator of a student, with the first class in which they meet."""
    held = [member for member in world.memberships if holds(member, as_of)]
    theirs = {m.class_id for m in held if (m.person_id, m.role) == (student, "student")}
    meets: dict[str, str] = {}
    for member in held:
        if member.role == "educator" and member.class_id in theirs:
            known = meets.get(member.person_id, member.class_id)
            meets[member.person_id] = min(known, member.class_id)
    return meets


def episode(facts: Facts, row: Row, world: World, as_of: datetime) -> tuple[object, datetime]:
    """What tells one episode of a risk from the next, and when it began."""
    if row["rule"] == "stuck":
        return row["concept_id"], row["last_event_at"]
    if row["rule"] == "slowing":
        border = as_of - timedelta(days=14)
        mastered = [event.occurred_at for event in facts.first["mastered"].values()]
        moved = max(at for at in mastered if at <= border)
        return row["last_event_at"].astimezone(UTC).date().replace(day=1), moved + timedelta(
            days=14
        )
    last = max(facts.days)
    missed, free = last + timedelta(days=1), break_days(facts.student_id, world)
    while missed in free:
        missed += timedelta(days=1)
    seventh = datetime.combine(missed + timedelta(days=6), time(), zone_of(facts, world))
    return monday(last), seventh


def attention(facts: Facts, world: World, as_of: datetime) -> Iterator[Row]:
    """Who should look at this student, and why."""
    for row in at_risk(facts, world, as_of):
        key, began = episode(facts, row, world, as_of)
        if began <= as_of - timedelta(days=28):
            continue
        for educator, class_id in taught(facts.student_id, world, as_of).items():
            yield {
                **BLANK,
                "notification_id": digest(
                    "needs_attention", educator, facts.student_id, row["rule"], key
                ),
                "recipient_id": educator,
                "recipient_role": "educator",
                "kind": "needs_attention",
                "student_id": facts.student_id,
                "class_id": class_id,
                "concept_id": row["concept_id"],
                "rule": row["rule"],
                "local_date": began.astimezone(zone_of(facts, world)).date(),
                "number": row["have"],
                "need": row["need"],
                "occurred_at": began,
            }
