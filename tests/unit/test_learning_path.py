"""The curriculum as a student sees it."""

from __future__ import annotations

from reports.learning_path import lay_over


def concept(concept_id: str, *prerequisites: str, subject: str = "maths") -> dict[str, object]:
    return {
        "concept_id": concept_id,
        "name": concept_id.title(),
        "subject_id": subject,
        "prerequisites": list(prerequisites),
    }


def test_a_concept_opens_when_all_its_prerequisites_are_completed_or_mastered():
    path = lay_over(
        [concept("a"), concept("b"), concept("c", "a", "b"), concept("d", "a"), concept("e", "f")],
        {"a": "mastered", "b": "in_progress"},
    )

    assert {node.concept_id for node in path.nodes if node.unlocked} == {"a", "b", "d"}


def test_next_is_up_to_three_open_concepts_begun_ones_first():
    path = lay_over(
        [concept(name) for name in "edcba"] + [concept("z", "a")],
        {"d": "in_progress", "b": "completed"},
    )

    assert path.next == ["d", "a", "c"]


def test_a_concept_begun_before_it_opened_is_not_next():
    path = lay_over([concept("a"), concept("b", "a")], {"b": "in_progress"})

    assert path.next == ["a"]


def test_a_subject_is_done_by_mastering():
    path = lay_over(
        [concept("a"), concept("b"), concept("c"), concept("x", subject="art")],
        {"a": "mastered", "b": "completed"},
    )

    assert [(s.subject_id, s.percent) for s in path.subjects] == [("art", 0.0), ("maths", 33.33)]


def test_without_a_curriculum_there_is_no_path():
    assert lay_over([], {"a": "mastered"}) == ([], [], [], [])
