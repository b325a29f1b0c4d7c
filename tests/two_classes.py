"""A published school of two classes and two families, for the tests of dashboards.

Ada is well under way; Bob tries light again and again; Cleo learned long ago and left; Dan has not
begun. Kim may see Ada and Bob; Lee teaches both classes, May the second.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.api_school import ADA, CURRICULUM, NOW
from tests.factories import received
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass

EARLIER = NOW - timedelta(days=1)
OTHERS = (
    *(
        received("bob", "attempted", "light", f"2026-03-0{day} 08:{n}0", score=0.2, time_spent=600)
        for day in (2, 3)
        for n in range(3)
    ),
    received("cleo", "mastered", "counting", "2026-02-10 08:00", time_spent=300),
)


def publish_two_classes(settings: Settings) -> None:
    """Tell the store who there is, land what they did, build."""
    with open_store(settings, clock=lambda: NOW - timedelta(days=30)) as store:
        store.curriculum.merge(CURRICULUM)
        names = ("ada", "bob", "cleo", "dan", "kim", "lee", "may", "pat")
        store.people.put(
            people=[Person(n, n.title(), None, None, None, active=True) for n in names],
            roles=[("lee", "educator"), ("may", "educator"), ("kim", "parent"), ("pat", "parent")],
            classes=[
                SchoolClass(c, f"Class {c}", None, None, leaderboard_enabled=True, active=True)
                for c in ("7a", "7b")
            ],
            enrolments=[
                Enrolment("7a", "lee", "educator", None, None),
                Enrolment("7b", "lee", "educator", None, None),
                Enrolment("7b", "may", "educator", None, None),
                Enrolment("7a", "ada", "student", None, None),
                Enrolment("7a", "cleo", "student", None, EARLIER),
                Enrolment("7b", "bob", "student", None, None),
                Enrolment("7b", "dan", "student", None, None),
            ],
            guardians=[
                guardian("ada", "kim"),
                guardian("bob", "kim"),
                guardian("cleo", "kim", valid_until=EARLIER),
                guardian("dan", "kim", consent=False),
                guardian("dan", "pat"),
            ],
            source="tests",
        )
        store.goals.set(
            "ada", (NOW - timedelta(days=2)).date(), concepts=3, set_by="kim", set_by_role="parent"
        )
        store.breaks.plan(
            NOW.date() - timedelta(days=4),
            NOW.date() - timedelta(days=3),
            student_id="ada",
            set_by="kim",
            set_by_role="parent",
        )
        Lake(settings.lake_dir).write(new_batch(NOW), [*ADA, *OTHERS])
        run_build(settings, store, now=NOW)


def guardian(
    student: str, parent: str, *, consent: bool = True, valid_until: datetime | None = None
) -> Guardian:
    """A parent, with consent unless told otherwise."""
    return Guardian(student, parent, "parent", consent, None, valid_until)
