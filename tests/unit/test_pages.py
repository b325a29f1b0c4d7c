"""Pages of neighbouring students: the rows of each, whatever stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pytest

from warehouse.asking import Asking
from warehouse.pages import STUDENTS_A_PAGE, Pages, as_rows, by_range, in_pages

PLENTY = 1_000_000
ROWS = """
select * from notes where student_id between $first_student and $last_student
"""
LIST = """
select student_id, number, {'number': number, 'word': word} as both_of_them
from notes where student_id in (select unnest($student_ids))
order by number desc
"""
STUDENTS = [f"student-{n:04}" for n in range(2 * STUDENTS_A_PAGE + 3)]


@pytest.fixture
def asking() -> Iterator[Asking]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("create schema progress")
        con.execute("create table progress.students as select unnest(?) as student_id", [STUDENTS])
        con.execute(
            """create table notes as
            select
                student_id,
                n as number,
                case when n % 3 = 0 then null else n / 7 end as score,
                case when n % 2 = 0 then null else 'word ' || n % 5 end as word,
                case when n % 5 = 1 then null
                    else timestamptz '2026-03-01 08:00:00.000001+00' + n * interval 1 hour
                end as at,
                case when n % 4 = 0 then null else n end as sometimes
            from progress.students cross join range(4) as r(n)
            where student_id != 'student-0002'
            order by hash(student_id || n)"""
        )
        yield Asking(con)


def test_a_page_tells_each_student_what_the_question_about_them_alone_would(
    asking: Asking,
) -> None:
    pages = Pages(asking.arrow, PLENTY)
    for student in STUDENTS[:5] + STUDENTS[STUDENTS_A_PAGE - 2 : STUDENTS_A_PAGE + 2]:
        alone = asking.rows(ROWS, {"first_student": student, "last_student": student})
        found = pages.rows(ROWS, student)
        assert sorted(found, key=str) == sorted(alone, key=str)
        assert len(found) == (0 if student == "student-0002" else 4)


@pytest.mark.parametrize("nobody", ["", "a", "student-0001x", "zzz", "\U0010fffd"])
def test_who_is_in_no_table_has_no_rows(asking: Asking, nobody: str) -> None:
    assert Pages(asking.arrow, PLENTY).rows(ROWS, nobody) == []


def test_neighbours_are_at_hand_after_the_first_question(asking: Asking) -> None:
    pages = Pages(asking.arrow, PLENTY)
    assert not pages.has(ROWS, STUDENTS[0])
    pages.rows(ROWS, STUDENTS[0])
    assert pages.has(ROWS, STUDENTS[STUDENTS_A_PAGE - 1])
    assert not pages.has(ROWS, STUDENTS[STUDENTS_A_PAGE])


def test_pages_beyond_the_bound_make_room_and_are_read_again(asking: Asking) -> None:
    pages = Pages(asking.arrow, bytes_max=1)
    first, second = STUDENTS[0], STUDENTS[-1]
    before = pages.rows(ROWS, first)
    pages.rows(ROWS, second)
    assert not pages.has(ROWS, first)
    assert pages.rows(ROWS, first) == before


def test_pages_are_read_ahead_one_question_after_the_other(asking: Asking) -> None:
    pages = Pages(asking.arrow, PLENTY)
    pages.rows(ROWS, STUDENTS[0])
    assert pages.at_hand(ROWS, STUDENTS[-1]) is None
    listed = by_range(LIST)
    steps = 0
    while pages.read_ahead([ROWS, listed]):
        steps += 1
        assert steps < 3 or pages.has(ROWS, STUDENTS[-1])
    assert steps == 3 + 3 - 1
    for student in (STUDENTS[0], STUDENTS[2], STUDENTS[-1]):
        columns = pages.at_hand(listed, student)
        assert columns is not None
        assert as_rows(columns) == asking.rows(LIST, {"student_ids": [student]})


def test_reading_ahead_ends_where_there_is_no_more_room(asking: Asking) -> None:
    pages = Pages(asking.arrow, bytes_max=1)
    assert pages.read_ahead([ROWS])
    assert not pages.read_ahead([ROWS])
    assert pages.has(ROWS, STUDENTS[0])


def test_instants_are_in_utc(asking: Asking) -> None:
    instants = {row["at"] for row in Pages(asking.arrow, PLENTY).rows(ROWS, STUDENTS[7])}
    assert datetime(2026, 3, 1, 8, 0, 0, 1, tzinfo=UTC) in instants
    assert all(at is None or at.tzinfo is UTC for at in instants)


def test_before_anybody_is_known_there_are_no_rows(asking: Asking) -> None:
    asking.con.execute("delete from progress.students")
    asking.con.execute("delete from notes")
    assert Pages(asking.arrow, PLENTY).rows(ROWS, STUDENTS[0]) == []


def test_only_questions_by_range_are_asked_in_pages() -> None:
    assert in_pages(ROWS)
    assert not in_pages("select 1 where student_id = $student_id")
