"""The curriculum from a file: all of it or nothing, each problem with its line."""

from __future__ import annotations

import pytest

from warehouse.errors import UnreadableFile
from warehouse.importer import import_curriculum
from warehouse.store.curriculum import InvalidCurriculum

HEADER = "concept_id,name,subject_id,prerequisites\n"


def test_a_curriculum_is_read_with_its_prerequisites(door):
    path = door.file(
        "c.csv",
        "\ufeff"
        + HEADER
        + 'c,"Fractions, and more",maths, a ; b;\r\na,Counting,maths,\nb,B,maths,a\n',
    )
    assert import_curriculum(door.store, path) == 3
    found = [(c.concept_id, c.name, c.prerequisites) for c in door.store.curriculum.all()]
    assert found == [
        ("a", "Counting", ()),
        ("b", "B", ("a",)),
        ("c", "Fractions, and more", ("a", "b")),
    ]


def test_prerequisites_and_the_order_of_columns_are_free(door):
    path = door.file("c.csv", "subject_id,teacher,concept_id,name\nmaths,Ms T,a,Counting\n")
    assert import_curriculum(door.store, path) == 1


def test_importing_again_updates(door):
    import_curriculum(door.store, door.file("c.csv", HEADER + "a,A,s,\nb,B,s,a\n"))
    import_curriculum(door.store, door.file("c.csv", HEADER + "a,A 2,t,\n"))
    found = [(c.concept_id, c.name, c.subject_id) for c in door.store.curriculum.all()]
    assert found == [("a", "A 2", "t"), ("b", "B", "s")]


def test_every_problem_is_listed_with_its_line_and_nothing_is_taken(door):
    lines = ["good,Good,s,", "a,A,s,nowhere", "b,,s,", "a,A,s,", "x,y", "d,D,s,e", "e,E,s,d"]
    with pytest.raises(InvalidCurriculum) as refused:
        import_curriculum(door.store, door.file("c.csv", HEADER + "\n".join(lines) + "\n"))
    assert [line for line, _ in refused.value.problems] == [
        "line 3", "line 4", "line 5", "line 6", "line 7",
    ]  # fmt: skip
    sentences = [sentence for _, sentence in refused.value.problems]
    assert "'nowhere', which is no concept" in sentences[0]
    assert "name is ''" in sentences[1]
    assert "on line 3 already" in sentences[2]
    assert "2 values for 4 columns" in sentences[3]
    assert "nobody could begin" in sentences[4]
    assert door.store.curriculum.all() == []


@pytest.mark.parametrize("content", ["", "a,A,s\n", "concept_id,name\na,A\n", "\x00\n"])
def test_a_file_that_is_no_curriculum_is_refused(door, content):
    path = door.file("c.csv", content)
    with pytest.raises(UnreadableFile, match=str(path)):
        import_curriculum(door.store, path)


def test_a_missing_file_is_named(door):
    with pytest.raises(UnreadableFile, match="does not exist"):
        import_curriculum(door.store, door.directory / "c.csv")
