"""A school with families and classes, built and served, for the tests of who may see whom.

Class 7a: ada, bea, cem, dan, eva, taught by tess. Class 7b: ada and fay, taught by theo. Pat guards
ada and bea; quin guards nobody any more, or not yet, or without consent.
"""

from __future__ import annotations

from datetime import timedelta

from tests.api_school import ADA, CURRICULUM, NOW
from tests.factories import received
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import Store, open_store
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass

DAY = timedelta(days=1)
RANKED = {"ada": "Owl", "bea": "Fox", "cem": "Bat", "dan": "Elk", "eva": "Emu"}
PERSONS = {
    **dict.fromkeys((*RANKED, "fay"), "student"),
    **dict.fromkeys(("pat", "quin"), "parent"),
    **dict.fromkeys(("tess", "theo"), "educator"),
    "head": "admin",
}
ENROLMENTS = [
    *(Enrolment("7a", student, "student", None, None) for student in RANKED),
    Enrolment("7a", "tess", "educator", None, None),
    Enrolment("7b", "ada", "student", None, None),
    Enrolment("7b", "fay", "student", None, None),
    Enrolment("7b", "theo", "educator", None, None),
    # tess taught 7b once, and will teach 7c some day
    Enrolment("7b", "tess", "educator", NOW - 90 * DAY, NOW - 60 * DAY),
    Enrolment("7c", "tess", "educator", NOW + 30 * DAY, None),
    Enrolment("7c", "gus", "student", None, None),
]
GUARDIANS = [
    Guardian("ada", "pat", "parent", consent=True, valid_from=None, valid_until=None),
    Guardian("bea", "pat", "parent", consent=True, valid_from=None, valid_until=None),
    Guardian("ada", "quin", "parent", consent=False, valid_from=None, valid_until=None),
    Guardian("bea", "quin", "parent", consent=True, valid_from=None, valid_until=NOW - DAY),
    Guardian("cem", "quin", "parent", consent=True, valid_from=NOW + DAY, valid_until=None),
]
EVENTS = [
    *ADA,
    *(
        received(student, "mastered", "light", f"2026-03-03 0{n}:00", score=1.0)
        for n, student in enumerate(("bea", "cem", "fay"), start=1)
    ),
]


def tell(store: Store) -> None:
    """Everybody, their classes and families."""
    store.people.put(
        [Person(p, p.title(), f"{p}@example.org", None, None, active=True) for p in PERSONS],
        roles=PERSONS.items(),
        classes=[SchoolClass(c, c, None, None, True, True) for c in ("7a", "7b", "7c")],
        enrolments=ENROLMENTS,
        guardians=GUARDIANS,
        source="tests",
    )
    for student, alias in RANKED.items():
        store.students.set_leaderboard(student, alias=alias, opt_in=True)


def publish_people(settings: Settings) -> str:
    """Tell the store, land the events, build; the id of the snapshot."""
    with open_store(settings, clock=lambda: NOW - 30 * DAY) as store:
        store.curriculum.merge(CURRICULUM)
        tell(store)
        Lake(settings.lake_dir).write(new_batch(NOW), EVENTS)
        return run_build(settings, store, now=NOW).snapshot_id
