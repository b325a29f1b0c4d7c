"""The school of the access matrix: every way to be related to somebody, and not to be any more.

Beside the people of `people_school`: past, future and dormant relations, and people who have left.
What each may reach is said here a second time, in plain sets, for the matrix to compare with.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.api_school import ADA, CURRICULUM, NOW
from tests.people_school import DAY, tell
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.interventions import Actor, Flag
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass

STUDENTS = ("ada", "bea", "cem", "fay", "hal", "joy", "zed", "ivy", "nobody")
CLASSES = ("7a", "7b", "7c", "7x", "nowhere")
PERSONS = ("ada", "pat", "quin", "tess", "theo", "head", "nobody")
INACTIVE = {"ivy": "student", "ilse": "parent", "ian": "educator", "ira": "admin"}

# Pat's children are ada and bea, Pia's is fay; Quin has nobody yet, any more, or with consent.
CHILDREN: Mapping[str, set[str]] = {"pat": {"ada", "bea", "ivy"}, "pia": {"fay"}, "quin": set()}
# Hal has left 7a and Joy comes next month; 7x is closed; Olga taught 7a, Nora will.
TAUGHT: Mapping[str, set[str]] = {
    "tess": {"ada", "bea", "cem", "dan", "eva", "ivy"},
    "theo": {"ada", "fay"},
    "olga": set(),
    "nora": set(),
    "xena": set(),
}
TEACHES: Mapping[str, set[str]] = {
    "tess": {"7a"},
    "theo": {"7b"},
    "olga": set(),
    "nora": set(),
    "xena": set(),
}
ATTENDS: Mapping[str, set[str]] = {
    "ada": {"7a", "7b"},
    "fay": {"7b"},
    "hal": set(),
    "joy": set(),
    "zed": set(),
    "new": set(),
}

_ENROLMENTS = [
    Enrolment("7a", "hal", "student", None, NOW - DAY),
    Enrolment("7a", "joy", "student", NOW + 30 * DAY, None),
    Enrolment("7x", "zed", "student", None, None),
    Enrolment("7a", "ivy", "student", None, None),
    Enrolment("7a", "olga", "educator", NOW - 90 * DAY, NOW - DAY),
    Enrolment("7a", "nora", "educator", NOW + DAY, None),
    Enrolment("7x", "xena", "educator", None, None),
    Enrolment("7a", "ian", "educator", None, None),
]
_GUARDIANS = [
    Guardian("fay", "pia", "parent", consent=True, valid_from=None, valid_until=None),
    Guardian("ivy", "pat", "parent", consent=True, valid_from=None, valid_until=None),
    Guardian("ada", "ilse", "parent", consent=True, valid_from=None, valid_until=None),
    # taken back in the middle of its time
    Guardian("fay", "quin", "parent", consent=False, valid_from=None, valid_until=NOW + DAY),
]


def publish_everybody(settings: Settings) -> dict[str, str]:
    """Tell the store of all of them, land Ada's events, build; an intervention of each student."""
    with open_store(settings, clock=lambda: NOW - 30 * DAY) as store:
        store.curriculum.merge(CURRICULUM)
        tell(store)
        store.people.put(
            [Person(p, p.title(), None, None, None, active=False) for p in INACTIVE],
            roles=INACTIVE.items(),
            classes=[SchoolClass("7x", "7x", None, None, True, active=False)],
            enrolments=_ENROLMENTS,
            guardians=_GUARDIANS,
            source="tests",
        )
        Lake(settings.lake_dir).write(new_batch(NOW), ADA)
        run_build(settings, store, now=NOW)
        by = Actor("head", "admin")
        return {
            student: store.interventions.open(Flag(student, "inactive", ""), by, None)[0][0]
            for student in STUDENTS
            if student != "nobody"
        }
