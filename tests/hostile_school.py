"""A published school in which every text that somebody outside can write is a payload.

Every payload is the name of a student. Those that may be ids and titles are ids of students,
concepts, subjects and classes too, reasons of awards, notes, purposes and names of breaks. The
people who sign in have hostile ids as well. Nothing here could not have come in by the doors of
the service: what they refuse, `tests/integration/test_hostile_doors.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.schemas.interventions import Note
from tests.api_school import NOW
from tests.factories import received
from tests.hostile import PAYLOADS
from warehouse.build import run_build
from warehouse.event_fields import is_name
from warehouse.events import ReceivedEvent
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.audit import Access
from warehouse.store.curriculum import Concept
from warehouse.store.database import Store, open_store
from warehouse.store.interventions import Actor, Change, Flag
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass
from warehouse.store.transactions import batched

STUDENT = "</title></head><script>alert(1)</script> s"
PARENT = "\"><img src=x onerror=alert(1)> 'p'"
EDUCATOR = "\u202e{{ 7 * 7 }}/../&amp;?#=1 \u2069\u202e e"
ADMIN = "javascript:alert(1)//@evil.example/ a"
WHO = {"student": STUDENT, "parent": PARENT, "educator": EDUCATOR, "admin": ADMIN}
DAY = timedelta(days=1)
CLASS_SIZE, SUBJECT_SIZE = 40, 20
STUCK, MASTERED, RANKED = 24, 3 * SUBJECT_SIZE, 6


def fits(rule: TypeAdapter[str], text: str) -> bool:
    """Whether a field of this rule lets a text through."""
    try:
        rule.validate_python(text)
    except ValidationError:
        return False
    return True


NAMES = tuple(text for text in PAYLOADS if is_name(text))
# In an order in which every part has texts of every kind.
MIXED = tuple(Random(7).sample(NAMES, len(NAMES)))
TAKEN_BACK = MIXED[::11]
NOTES = tuple(text for text in PAYLOADS if fits(TypeAdapter(Note), text))
PURPOSES = tuple(text for text in PAYLOADS if text.isprintable())
STUDENTS = tuple(text if is_name(text) else f"s{n}" for n, text in enumerate(PAYLOADS))
CLASSES = MIXED[: -(-len(STUDENTS) // CLASS_SIZE)]


def _concepts() -> Iterator[Concept]:
    for place, some in enumerate(batched(MIXED, SUBJECT_SIZE)):
        for n, concept_id in enumerate(some, start=place * SUBJECT_SIZE):
            needed = (MIXED[n - 1],) if concept_id != some[0] else ()
            yield Concept(concept_id, MIXED[50 + place], MIXED[n - 40], needed)


CURRICULUM = tuple(_concepts())


def publish_hostile_school(settings: Settings, now: datetime = NOW) -> None:
    """Tell the store who there is and what they wrote, land what they did, build."""
    with open_store(settings, clock=lambda: now - 30 * DAY) as store:
        store.curriculum.merge(CURRICULUM)
        _enrol(store)
    with open_store(settings, clock=lambda: now) as store:
        _write(store, now)
        Lake(settings.lake_dir).write(new_batch(now), list(_events(now)))
        run_build(settings, store, now=now)


def _enrol(store: Store) -> None:
    groups = list(zip(CLASSES, batched(STUDENTS, CLASS_SIZE), strict=True))
    names = {who: PAYLOADS[n - 7] for n, who in enumerate(STUDENTS)}
    names |= {who: f"\u2069\u202e{PAYLOADS[n]}" for n, who in enumerate(WHO.values(), start=100)}
    store.people.put(
        [Person(who, name, None, None, None, active=True) for who, name in names.items()],
        roles=[(who, role) for role, who in WHO.items()],
        classes=[
            SchoolClass(c, PAYLOADS[n], PAYLOADS[n + 8], None, True, True)
            for n, c in enumerate(CLASSES, start=200)
        ],
        enrolments=[
            Enrolment(class_id, person, role, None, None)
            for class_id, students in groups
            for role, people in (("student", (STUDENT, *students)), ("educator", (EDUCATOR,)))
            for person in people
        ],
        guardians=[
            Guardian(child, PARENT, PAYLOADS[3], True, None, None)
            for child in (STUDENT, *STUDENTS[:3])
        ],
        source="tests",
    )


def _write(store: Store, now: datetime) -> None:
    """Whatever people write themselves."""
    for n, student in enumerate((STUDENT, *STUDENTS[:RANKED])):
        store.students.set_leaderboard(student, alias=f"نص عربي {n}", opt_in=True)
    monday = now.date() - now.weekday() * DAY
    store.goals.set(STUDENT, monday, concepts=5, set_by=PARENT, set_by_role="parent")
    for n, name in enumerate(NAMES[::9]):
        first = now.date() + (30 + n) * DAY
        store.breaks.plan(
            first,
            first,
            class_id=CLASSES[0],
            name=name,
            set_by=EDUCATOR,
            set_by_role="educator",
        )
    for child in (STUDENT, *STUDENTS[:3]):
        store.erasures.ask(child, PARENT)
    store.audit.append(
        [
            Access(actor, "educator", "student_report", student, purpose, None)
            for purpose, actor, student in zip(
                PURPOSES, cycle((EDUCATOR, *STUDENTS)), cycle((STUDENT, *STUDENTS)), strict=False
            )
        ]
    )
    for n, reason in enumerate(TAKEN_BACK):
        taken = store.badge_credentials.take_out(STUDENT, "subject_master", MIXED[n])
        store.badge_credentials.revoke(STUDENT, taken.credential_id, ADMIN, reason)
    teacher = Actor(EDUCATOR, "educator")
    for n, notes in enumerate(batched(NOTES, 30)):
        flag = Flag(STUDENT, "stuck", CURRICULUM[MASTERED + n].concept_id)
        one, _ = store.interventions.open(flag, teacher, notes[0])
        for note in notes[1:]:
            change = Change(EDUCATOR, note, None, None)
            one = store.interventions.change(one.intervention_id, one.version, teacher, change)


def _events(now: datetime) -> Iterator[ReceivedEvent]:
    """What the student did: subjects mastered, concepts without way through, awards, help."""
    items = cycle(PAYLOADS)
    for n, concept in enumerate(CURRICULUM[:MASTERED]):
        at = now - 4 * DAY + timedelta(minutes=3 * n)
        for place, kind in enumerate(("started", "mastered")):
            yield _event(STUDENT, kind, concept.concept_id, at, place, score=1.0)
    for n, concept in enumerate(CURRICULUM[MASTERED : MASTERED + STUCK]):
        for student in (STUDENT, *STUDENTS[n::CLASS_SIZE]):
            for attempt in range(6):
                at = now - DAY + timedelta(minutes=10 * n + attempt)
                more: dict[str, Any] = {"score": 0.1, "time_spent": 60, "item_id": next(items)}
                yield _event(student, "attempted", concept.concept_id, at, attempt, **more)
    for n, reason in enumerate(NAMES):
        at = now - timedelta(minutes=300 - n)
        yield _event(
            STUDENT, "points_awarded", None, at, n, points=1, reason=reason, actor=EDUCATOR
        )
    for n, helped in enumerate(NAMES[:10]):
        at = now - timedelta(minutes=n + 1)
        yield _event(STUDENT, "helped", None, at, n, helped_student_id=helped)


def _event(
    student: str, kind: str, concept: str | None, at: datetime, place: int, **more: Any
) -> ReceivedEvent:
    number = f"{STUDENTS.index(student) if student != STUDENT else 'star'}-{place}-{at:%dT%H%M%S}"
    return received(student, kind, concept, at, event_id=f"{kind}-{number}", received_at=at, **more)
