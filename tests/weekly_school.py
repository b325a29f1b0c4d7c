"""A parent's children on a Monday morning, for the tests of the weekly summary.

Kim guards Ada (Berlin, where it is Monday), Bob (Honolulu, where it is still Sunday), Dan, who has
not begun, and Mia, who began last week; not Eve, whose guardianship has ended, nor Cleo, who is
Pat's. All but Dan have learned at random.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.api_school import CURRICULUM
from tests.factories import received
from tests.two_classes import guardian
from warehouse.build import run_build
from warehouse.events import ReceivedEvent
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.people import Enrolment, Person, SchoolClass

MONDAY_MORNING = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
ZONES = {
    "ada": "Europe/Berlin",
    "bob": "Pacific/Honolulu",
    "cleo": "Europe/Berlin",
    "eve": "Europe/Berlin",
    "mia": "Asia/Kathmandu",
}
KINDS = ("started", "attempted", "attempted", "attempted", "completed", "mastered")
# a few of the curriculum, and enough others that something is new every week
CONCEPTS = (*(concept.concept_id for concept in CURRICULUM), *(f"free-{n:02}" for n in range(60)))
ADULTS = ("kim", "pat", "tess", "theo")


def made_up(days: int, chance: random.Random) -> Iterator[ReceivedEvent]:
    """What they did; Mia in the last six days only."""
    for student, zone in ZONES.items():
        minutes = (6 if student == "mia" else days) * 24 * 60
        for _ in range(40 if student == "mia" else 200):
            at = MONDAY_MORNING - timedelta(minutes=chance.randrange(minutes))
            kind = chance.choice(KINDS)
            score = None if kind == "started" else chance.randrange(11) / 10
            concept = chance.choice(CONCEPTS)
            spent = chance.randrange(900)
            yield received(student, kind, concept, at, zone=zone, score=score, time_spent=spent)


def publish_families(settings: Settings, *, seed: int = 7) -> None:
    """Tell the store who there is, land what they did, build on Monday morning."""
    with open_store(settings, clock=lambda: MONDAY_MORNING - timedelta(days=100)) as store:
        store.curriculum.merge(CURRICULUM)
        people = [
            Person(s, s.title(), f"{s}@example.com", ZONES.get(s), None, active=True)
            for s in (*ZONES, "dan", *ADULTS)
        ]
        store.people.put(
            people=people,
            roles=[("kim", "parent"), ("pat", "parent"), ("tess", "educator")],
            classes=[
                SchoolClass(c, f"Class {c}", None, "Europe/Berlin", True, active=c != "9z")
                for c in ("7a", "7/b", "8c", "9z")
            ],
            enrolments=[
                *(Enrolment("7a", one, "student", None, None) for one in ("ada", "cleo", "dan")),
                Enrolment("7/b", "bob", "student", None, None),
                *(Enrolment(c, "tess", "educator", None, None) for c in ("7a", "7/b", "8c")),
                Enrolment("8c", "theo", "educator", None, None),
            ],
            guardians=[
                *(guardian(one, "kim") for one in ("ada", "bob", "dan", "mia")),
                guardian("eve", "kim", valid_until=MONDAY_MORNING - timedelta(days=1)),
                guardian("cleo", "pat"),
            ],
            source="tests",
        )
        last_week = (MONDAY_MORNING - timedelta(days=7)).date()
        store.goals.set(
            "ada", last_week, concepts=1, minutes=30, set_by="kim", set_by_role="parent"
        )
        events = list(made_up(80, random.Random(seed)))
        Lake(settings.lake_dir).write(new_batch(MONDAY_MORNING), events)
        run_build(settings, store, now=MONDAY_MORNING)
