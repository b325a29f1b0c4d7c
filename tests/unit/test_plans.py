"""Kept plans: every answer is of the inputs at hand, whoever was asked about before."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest

from warehouse import live, plans
from warehouse.catalog import load_catalog
from warehouse.live import OF_STUDENT
from warehouse.plans import Plan, Plans
from warehouse.told import RELATIONS

SQL = """with sums as (select who, sum(points) as points from ledger group by who)
select who, points from sums where points >= $least -- at least $least
order by points desc limit $limit"""
TYPES = pa.schema([("who", pa.string()), ("points", pa.int64())])


def ledger(*rows: tuple[str, int]) -> dict[str, pa.Table]:
    return {
        "ledger": pa.Table.from_pylist([{"who": w, "points": p} for w, p in rows], schema=TYPES)
    }


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were planned."""
    planned: list[str] = []

    class Counted(Plan):
        def __init__(self, sql: str, given: Mapping[str, pa.Table]) -> None:
            planned.append(sql)
            super().__init__(sql, given)

    monkeypatch.setattr(plans, "Plan", Counted)
    return planned


def test_one_plan_answers_from_whatever_it_is_given(made: list[str]) -> None:
    asked = Plans()
    ada = ledger(("ada", 3), ("ada", 4), ("ben", 2))
    assert asked.rows(SQL, {"least": 0, "limit": 5}, ada) == [
        {"who": "ada", "points": 7},
        {"who": "ben", "points": 2},
    ]
    assert asked.rows(SQL, {"least": 3, "limit": 5}, ada) == [{"who": "ada", "points": 7}]
    assert asked.rows(SQL, {"least": 0, "limit": 1}, ledger(("cy", 1), ("di", 2))) == [
        {"who": "di", "points": 2}
    ]
    assert asked.rows(SQL, {"least": 0, "limit": 5}, ledger()) == []
    many = ledger(*((f"s{n % 10}", n) for n in range(10_000)))
    assert asked.rows(SQL, {"least": 0, "limit": 1}, many) == [{"who": "s9", "points": 5_004_000}]
    assert made == [SQL]


def test_rows_in_several_pieces_are_all_read() -> None:
    first, second = ledger(("ada", 1))["ledger"], ledger(("ada", 2), ("ben", 9))["ledger"]
    both = {"ledger": pa.concat_tables([first, second])}
    rows = Plans().rows(SQL, {"least": 0, "limit": 9}, both)
    assert rows == [{"who": "ben", "points": 9}, {"who": "ada", "points": 3}]


def test_inputs_of_other_types_get_a_plan_of_their_own(made: list[str]) -> None:
    asked, sql = Plans(), "select $before as before, count(*) as n from ledger"
    for value in (None, date(2026, 3, 29), None, "text", datetime(2026, 3, 29, 1, tzinfo=UTC)):
        assert asked.rows(sql, {"before": value}, ledger(("ada", 1))) == [{"before": value, "n": 1}]
    assert len(made) == 4


def test_nothing_of_a_student_is_held_after_the_answer() -> None:
    asked = Plans()
    asked.rows(SQL, {"least": 0, "limit": 5}, ledger(("ada", 3)))
    (plan,) = asked._idle
    assert [handed.table for handed in plan._inputs.values()] == [None, None]


def test_a_question_that_fails_is_not_kept_and_the_next_is_answered() -> None:
    asked, sql = Plans(), "select cast(who as integer) as n from ledger"
    with pytest.raises(duckdb.Error):
        asked.rows(sql, {}, ledger(("ada", 1)))
    assert asked._idle == []
    assert asked.rows(sql, {}, ledger(("12", 1))) == [{"n": 12}]


def test_no_more_plans_are_kept_than_are_allowed() -> None:
    asked = Plans()
    for number in range(plans.KEPT_PLANS + 3):
        asked.rows(f"select {number} as n from ledger", {}, ledger(("ada", 1)))
    assert len(asked._idle) == plans.KEPT_PLANS


def test_threads_never_see_the_rows_of_another() -> None:
    asked = Plans()

    def ask(number: int) -> bool:
        mine = ledger((f"s{number}", number), (f"s{number}", 1))
        rows = asked.rows(SQL, {"least": 0, "limit": 5}, mine)
        return rows == [{"who": f"s{number}", "points": number + 1}]

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(400)))


def test_every_relation_about_people_is_restricted_to_the_student() -> None:
    """Else a live answer would read everybody's rows: slowly, and others' beside one's own."""
    catalog = load_catalog()
    about_people = {
        f"source.{name}"
        for name, columns in RELATIONS.items()
        if {"student_id", "person_id"} & columns.keys()
    }
    asked = [
        query
        for query in catalog.queries.values()
        if "$student_id" in query.sql
        and not live.foretells(query)
        and all(table.scope == "student" for table in catalog.upstream(query.reads))
    ]
    assert len(asked) > 20
    read = {name for query in asked for name in live.question(catalog, [query.name]).sources}
    assert read & about_people == OF_STUDENT.keys()
