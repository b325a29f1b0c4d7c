"""The people of the sample school: names, families, classes, teachers; all invented.

Who can be tried out at once: student s0001, parent-0001 with two children, teacher-0001 with two
classes, admin-0001.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from pipelines.sample.school import Student
from warehouse.store.database import Store
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass

SOURCE = "sample"
CLASS_SIZE = 24
OPTED_IN_PERCENT = 70
CLASSES_A_TEACHER = 2
HOLIDAYS_LONG_AGO = timedelta(days=40)
HOLIDAYS_LAST = timedelta(days=11)
FIRST_NAMES = (
    "Ada", "Alma", "Amir", "Anouk", "Aylin", "Ben", "Bruno", "Carla", "Chidi", "Clara", "Dario",
    "Elif", "Emil", "Enzo", "Esra", "Farah", "Finn", "Greta", "Hana", "Ida", "Ilias", "Ines",
    "Jakob", "Jana", "Jin", "Kaya", "Kofi", "Lale", "Leo", "Lina", "Luis", "Mala", "Mateo", "Mia",
    "Milan", "Nadia", "Nils", "Noor", "Olga", "Oskar", "Pia", "Quentin", "Rafi", "Romy", "Sami",
    "Selma", "Sven", "Tara", "Theo", "Uma", "Vera", "Yara", "Zoe",
)  # fmt: skip
INITIALS = "ABCDEFGHKLMNOPRSTVWZ"
COLOURS = ("Amber", "Blue", "Coral", "Golden", "Green", "Jade", "Quiet", "Silver", "Swift", "Wild")
ANIMALS = ("Badger", "Crane", "Fox", "Heron", "Lynx", "Otter", "Owl", "Raven", "Seal", "Wren")


def enrol_people(store: Store, students: Sequence[Student], *, today: date) -> int:
    """Tell the store of everybody around these students; returns how many people there are."""
    ids = [student.student_id for student in students]
    classes = [ids[start : start + CLASS_SIZE] for start in range(0, len(ids), CLASS_SIZE)]
    people = _people(students) + _adults(classes, ids)
    store.people.put(
        [person for person, _ in people],
        roles=[(person.person_id, role) for person, role in people],
        classes=[
            SchoolClass(
                class_id(n),
                f"Class {n + 1}",
                "sample-school",
                None,
                leaderboard_enabled=True,
                active=True,
            )
            for n in range(len(classes))
        ],
        enrolments=_enrolments(classes),
        guardians=_guardians(ids),
        source=SOURCE,
    )
    for student_id in ids:
        store.students.set_leaderboard(
            student_id,
            alias=alias(student_id),
            opt_in=_draw(student_id, "opt-in", 100) < OPTED_IN_PERCENT,
        )
    _holidays(store, len(classes), today)
    return len(people)


def class_id(number: int) -> str:
    """The id of the n-th class, from 0."""
    return f"class-{number + 1:02}"


def alias(student_id: str) -> str:
    """An alias that says nothing of who is behind it."""
    colour = COLOURS[_draw(student_id, "colour", len(COLOURS))]
    animal = ANIMALS[_draw(student_id, "animal", len(ANIMALS))]
    return f"{colour} {animal} {_draw(student_id, 'number', 90) + 10}"


def _people(students: Sequence[Student]) -> list[tuple[Person, str]]:
    return [
        (_person(student.student_id, student.site.time_zone), "student") for student in students
    ]


def _adults(classes: Sequence[Sequence[str]], ids: Sequence[str]) -> list[tuple[Person, str]]:
    teachers = sorted({_teacher(n) for n in range(len(classes))})
    parents = sorted({_parent(n) for n in range(len(ids))})
    named = [*((t, "educator") for t in teachers), *((p, "parent") for p in parents)]
    return [(_person(who, None), role) for who, role in [*named, ("admin-0001", "admin")]]


def _person(person_id: str, time_zone: str | None) -> Person:
    first = FIRST_NAMES[_draw(person_id, "first", len(FIRST_NAMES))]
    initial = INITIALS[_draw(person_id, "last", len(INITIALS))]
    mail = f"{person_id}@example.org"
    return Person(person_id, f"{first} {initial}.", mail, time_zone, "en", active=True)


def _teacher(class_number: int) -> str:
    return f"teacher-{class_number // CLASSES_A_TEACHER + 1:04}"


def _parent(student_number: int) -> str:
    """The first two students are sister and brother, everybody else is an only child."""
    return f"parent-{max(1, student_number):04}"


def _enrolments(classes: Sequence[Sequence[str]]) -> list[Enrolment]:
    found = []
    for number, members in enumerate(classes):
        found.append(Enrolment(class_id(number), _teacher(number), "educator", None, None))
        found += [Enrolment(class_id(number), one, "student", None, None) for one in members]
    return found


def _guardians(ids: Sequence[str]) -> list[Guardian]:
    return [
        Guardian(student, _parent(n), "parent", consent=True, valid_from=None, valid_until=None)
        for n, student in enumerate(ids)
    ]


def _holidays(store: Store, class_count: int, today: date) -> None:
    """One holiday of every class, planned once."""
    first = today - HOLIDAYS_LONG_AGO
    first -= timedelta(days=first.weekday())
    for number in range(class_count):
        known = store.breaks.of_class(class_id(number))
        if not known:
            store.breaks.plan(
                first,
                first + HOLIDAYS_LAST,
                class_id=class_id(number),
                name="Holidays",
                set_by="admin-0001",
                set_by_role="admin",
            )


def _draw(person_id: str, what: str, below: int) -> int:
    digest = hashlib.sha256(f"{person_id}|{what}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below
