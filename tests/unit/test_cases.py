"""The pages of tests/cases, executed as they stand: by the SQL of the tables and by the oracle."""

from __future__ import annotations

import pytest

from tests.builds import Tables, asked, home
from tests.case_files import Case, cases
from tests.oracle.tables import COHORT, oracle

PAGES = dict(cases())


def check(case: Case, tables: Tables) -> None:
    for expectation in case.expected:
        found = expectation.shown(tables[expectation.table])
        assert sorted(found, key=str) == sorted(expectation.rows, key=str), expectation.table


@pytest.mark.parametrize("name", PAGES)
def test_the_oracle_says_what_the_page_says(name):
    case = PAGES[name]
    check(case, oracle(case.events, case.world, case.as_of))


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_say_what_the_page_says(name):
    case = PAGES[name]
    with home(case.world) as school:
        school.land(case.events)
        school.build(case.as_of)
        with school.reading(case.as_of) as reader:
            of_students = asked(reader, {event.student_id for event in case.events})
        stored = school.stored()
        check(case, of_students | {table: stored[table] for table in COHORT})
