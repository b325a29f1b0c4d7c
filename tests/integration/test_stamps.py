"""Stamps of the store: whoever changes what builds read, the next build asks for it again."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from sqlalchemy import text

from tests.factories import instant
from warehouse.rules import load_rules
from warehouse.settings import load_settings
from warehouse.sources import load_sources
from warehouse.store.curriculum import Concept
from warehouse.store.database import Store, migrate_to_head
from warehouse.store.stamps import STAMPED
from warehouse.store.transactions import reading, writing
from warehouse.told import RELATIONS, behind, store_tables, told_by

SET = (
    "insert into goals (student_id, from_week, concepts, set_by, recorded_at)"
    " values ('ada', '2024-03-04', 3, 'head', '2024-03-04 00:00:00+00:00')"
)
CHANGES = (SET, "update goals set concepts = 4", "delete from goals")


@pytest.fixture
def peopled(store: Store) -> Store:
    store.students.set_zone("ada", "Asia/Kolkata")
    store.goals.set("bob", date(2024, 3, 4), minutes=30, set_by="head")
    store.curriculum.merge([Concept("c1", "s1", "Light"), Concept("c2", "s1", "Dark", ("c1",))])
    return store


@pytest.fixture
def snapshot(peopled: Store):
    """What a build of now leaves in schema `source`."""
    with duckdb.connect() as con:
        rules, now = load_rules(load_settings().rules), instant("2024-03-05 12:00")
        load_sources(con, told_by(peopled).all, rules, as_of=now, zone="UTC")
        yield con


def test_what_nobody_changed_stays_and_only_the_curriculum_is_looked_at(peopled, snapshot):
    told = told_by(peopled, snapshot)
    assert told.unchanged == set(RELATIONS)
    assert set(told.new) == {"stamps"}
    assert told.relations == store_tables(peopled, {"curriculum"})


@pytest.mark.parametrize("change", range(len(CHANGES)), ids=["insert", "update", "delete"])
def test_a_change_by_hand_is_asked_for_again(peopled, snapshot, change):
    with writing(peopled.engine) as connection:
        for sql in CHANGES[: change + 1]:
            connection.execute(text(sql))
    told = told_by(peopled, snapshot)
    assert set(RELATIONS) - told.unchanged == {"goals"}
    assert told.relations == store_tables(peopled)


def test_a_zone_is_of_people_and_of_students(peopled, snapshot):
    peopled.students.set_zone("ada", "UTC")
    assert set(RELATIONS) - told_by(peopled, snapshot).unchanged >= {"people", "students"}


def test_a_full_build_asks_for_everything(peopled):
    assert told_by(peopled).unchanged == frozenset()


def test_every_table_that_is_read_has_a_stamp(store):
    assert {t.name for t in STAMPED} == {name for r in RELATIONS for name in behind(r)}
    assert set(store.stamps.all()) == {t.name for t in STAMPED}


def test_triggers_that_a_rebuilt_table_lost_come_back_with_another_stamp(store):
    before = store.stamps.all()
    postgresql = store.engine.dialect.name == "postgresql"
    with writing(store.engine) as connection:
        lost = "stamp_goals on goals" if postgresql else "stamp_goals_insert"
        connection.execute(text(f"drop trigger {lost}"))
    migrate_to_head(store.engine)
    with reading(store.engine) as connection:
        catalog = "pg_trigger where tgname" if postgresql else "sqlite_master where name"
        found = connection.execute(text(f"select count(*) from {catalog} like 'stamp_goals%'"))
        assert found.scalar() == (1 if postgresql else 3)
    after = store.stamps.all()
    assert {name for name in after if after[name] != before[name]} == {"goals"}


def test_each_transaction_sets_another_stamp_however_often_it_writes(peopled):
    stamps = [peopled.stamps.all()["goals"]]
    for concepts in (1, 2, 3):
        change = text(f"update goals set concepts = {concepts}")
        with writing(peopled.engine) as connection:
            with connection.begin_nested() as given_up:
                connection.execute(change)
                given_up.rollback()
            connection.execute(change)
            connection.execute(change)
        stamps.append(peopled.stamps.all()["goals"])
    assert len(set(stamps)) == len(stamps)
