"""The columns of a class: the order of concepts, what is said of each, who is counted where."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, cast

from reports.dashboards import educator
from reports.dashboards.making import Names
from reports.dashboards.parts import ViewMeta
from warehouse.pages import Columns
from warehouse.reader import SnapshotReader
from warehouse.rules import load_rules
from warehouse.store.rosters import Member

SHOWN = attrgetter(
    "concept_id", "name", "subject_id", "not_started", "started", "needs_help", "completed",
    "mastered", "difficulty", "student_count",
)  # fmt: skip
HARD = {"difficulty": 0.4, "median_attempts_to_mastery": 3.0, "stuck_share": 0.1}


class Told:
    """A snapshot that knows these concepts, and of one outside of the curriculum how hard it is."""

    curriculum = (
        {"concept_id": "zinc", "name": "Zinc", "subject_id": "chemistry"},
        {"concept_id": "adding", "name": "Adding", "subject_id": "maths"},
    )

    def once(self, _query_name: str) -> list[dict[str, Any]]:
        return [{"concept_id": name, **HARD, "student_count": 9} for name in ("abacus", "adding")]


def columns(*stood: tuple[str, str, str], stuck: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """The columns of a class in which students stand so with concepts."""
    told = cast(SnapshotReader, Told())
    students = sorted({student for student, _, _ in stood})
    statuses: dict[str, Columns] = {
        student: {
            "concept_id": [concept for who, concept, _ in stood if who == student],
            "status": [status for who, _, status in stood if who == student],
        }
        for student in students
    }
    at = datetime(2026, 3, 4, tzinfo=UTC)
    flags: dict[str, Columns] = {
        student: {
            "rule": ["stuck"],
            "concept_id": ["adding"],
            "have": [6],
            "need": [5],
            "last_event_at": [at],
        }
        for student in stuck
    }
    answers: dict[str, dict[str, Columns]] = {
        "students_week_days": {},
        "students_at_risk": flags,
        "students_statuses": statuses,
    }
    (of_class,) = educator.assemble(
        "tess",
        [Member("7a", "7a", student, student) for student in students],
        educator.Rows.of(answers, educator.concept_facts(told), []),
        Names.of(load_rules(), told.curriculum),
        ViewMeta(None, None, live=False, pending_events=0),
    ).classes
    return [SHOWN(column) for column in of_class.concepts]


def test_concepts_stand_by_subject_and_those_outside_of_the_curriculum_last():
    assert columns(
        ("ada", "abacus", "mastered"),
        ("ada", "adding", "in_progress"),
        ("ada", "unheard", "completed"),
        ("bob", "zinc", "in_progress"),
    ) == [
        ("zinc", "Zinc", "chemistry", 1, 1, 0, 0, 0, None, None),
        ("adding", "Adding", "maths", 1, 1, 0, 0, 0, 0.4, 9),
        ("abacus", "abacus", None, 1, 0, 0, 0, 1, 0.4, 9),
        ("unheard", "unheard", None, 1, 0, 0, 1, 0, None, None),
    ]


def test_who_is_stuck_needs_help_and_is_counted_nowhere_else():
    stood = [("ada", "adding", "in_progress"), ("bob", "adding", "completed")]
    (adding,) = columns(*stood, stuck=("ada",))
    assert adding[3:8] == (0, 0, 1, 1, 0)
