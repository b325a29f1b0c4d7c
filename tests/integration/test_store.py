"""The store on SQLite and on PostgreSQL: curriculum, students, goals, and trouble."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from warehouse.errors import InvalidEvent, StoreUnavailable
from warehouse.settings import load_settings
from warehouse.store.curriculum import Concept, InvalidCurriculum
from warehouse.store.database import open_store
from warehouse.store.people import Person
from warehouse.store.transactions import reading, writing

MONDAY = date(2026, 3, 2)


def test_a_curriculum_is_read_again_as_it_was_given(store, clock):
    store.curriculum.merge(
        [
            Concept("fractions", "maths", "Fractions", ("division", "counting")),
            Concept("division", "maths", "Division ÷"),
            Concept("counting", "maths", "Counting"),
        ]
    )
    assert store.curriculum.all() == [
        Concept("counting", "maths", "Counting", (), clock.now),
        Concept("division", "maths", "Division ÷", (), clock.now),
        Concept("fractions", "maths", "Fractions", ("division", "counting"), clock.now),
    ]


def test_a_second_curriculum_adds_and_replaces_but_keeps_when_a_concept_came(store, clock):
    first = clock.now
    store.curriculum.merge([Concept("a", "s", "A"), Concept("b", "s", "B", ("a",))])
    clock.advance(days=1)
    assert store.curriculum.merge([Concept("b", "t", "B 2"), Concept("c", "s", "C", ("b",))]) == 2
    assert store.curriculum.all() == [
        Concept("a", "s", "A", (), first),
        Concept("b", "t", "B 2", (), first),
        Concept("c", "s", "C", ("b",), clock.now),
    ]


@pytest.mark.parametrize(
    ("concepts", "sentence"),
    [
        ([Concept("b", "s", "B", ("nowhere",))], "'nowhere', which is no concept"),
        ([Concept("a", "s", "A", ("b",)), Concept("b", "s", "B", ("a",))], "nobody could begin"),
        ([Concept("b", "s", "B", ("b",))], "'b' needs 'b'"),
        ([Concept("b", "s", "B", ("a", "a"))], "'a' twice"),
        ([Concept(" b", "s", "B")], "concept_id is ' b'"),
        ([Concept("b", "s\n", "B")], "subject_id"),
        ([Concept("b", "s", "")], "name is ''"),
    ],
)
def test_a_curriculum_that_contradicts_itself_changes_nothing(store, concepts, sentence):
    store.curriculum.merge([Concept("a", "s", "A")])
    before = store.curriculum.all()
    with pytest.raises(InvalidCurriculum, match=sentence):
        store.curriculum.merge([*concepts, Concept("good", "s", "Good")])
    assert store.curriculum.all() == before


def test_every_problem_of_a_curriculum_is_named_at_once(store):
    problems = store.curriculum.problems(
        [Concept("a", "s", "", ("x",)), Concept("b", "", "B", ("y",))]
    )
    assert [concept_id for concept_id, _ in problems] == ["a", "b", "a", "b"]


def test_a_large_curriculum_fits(store):
    concepts = [
        Concept(f"c{n:05}", f"s{n % 7}", f"Concept {n}", (f"c{n - 1:05}",) if n else ())
        for n in range(12_000)
    ]
    assert store.curriculum.merge(concepts) == 12_000
    assert store.curriculum.merge(concepts[:5]) == 5
    assert len(store.curriculum.all()) == 12_000


def test_a_student_s_zone_is_the_last_one_set(store):
    store.students.set_zone("ada", "Europe/Berlin")
    store.students.set_zone("ben", "Asia/Kathmandu")
    store.students.set_zone("ada", "Asia/Tokyo")
    assert store.students.zones(["ada", "cleo"]) == {"ada": "Asia/Tokyo"}
    assert store.students.zones(f"s{n}" for n in range(40_000)) == {}
    assert [(s.student_id, s.time_zone) for s in store.students.all()] == [
        ("ada", "Asia/Tokyo"),
        ("ben", "Asia/Kathmandu"),
    ]


@pytest.mark.parametrize(("student", "zone"), [("ada", "Mars/Base"), ("", "UTC"), ("a\x00", "UTC")])
def test_a_wrong_profile_is_refused(store, student, zone):
    with pytest.raises(InvalidEvent):
        store.students.set_zone(student, zone)


def test_goals_are_kept_with_the_week_from_which_they_hold(store):
    later = date(2026, 3, 9)
    store.goals.set("ada", later, minutes=90, set_by="parent")
    store.goals.set("ada", MONDAY, concepts=2, set_by="ada")
    store.goals.set("ada", MONDAY, concepts=3, minutes=60, set_by="ada")
    store.goals.set("ben", MONDAY, concepts=1, set_by="ben")
    found = [(g.from_week, g.concepts, g.minutes, g.set_by) for g in store.goals.of("ada")]
    assert found == [(MONDAY, 3, 60, "ada"), (later, None, 90, "parent")]
    assert len(store.goals.all()) == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from_week": date(2026, 3, 3)}, "from_week"),
        ({"concepts": None}, "concepts"),
        ({"concepts": 0}, "concepts"),
        ({"minutes": 10_081}, "minutes"),
        ({"student_id": ""}, "student_id"),
    ],
)
def test_a_wrong_goal_is_refused(store, change, field):
    goal = {"student_id": "ada", "from_week": MONDAY, "concepts": 2, "set_by": "ada"} | change
    with pytest.raises(InvalidEvent) as refused:
        store.goals.set(**goal)
    assert refused.value.field == field


def test_instants_come_back_in_utc_and_to_the_microsecond(store, clock):
    clock.now = datetime(2026, 3, 4, 12, 0, 0, 1, tzinfo=UTC)
    store.students.set_zone("ada", "UTC")
    (ada,) = store.students.all()
    assert ada.recorded_at == clock.now
    assert ada.recorded_at.utcoffset() == clock.now.utcoffset()


def test_what_another_process_holds_is_waited_for(store, store_settings):
    """Two programs share the store (API and builds): writers queue, readers do not wait."""
    store.students.set_zone("ada", "UTC")
    other = open_store(store_settings)
    waiting = threading.Thread(target=other.students.set_zone, args=("ada", "Asia/Tokyo"))
    with writing(store.engine) as connection:
        connection.execute(text("update people set time_zone = 'Europe/Berlin'"))
        waiting.start()
        assert other.students.zones(["ada"]) == {"ada": "UTC"}
    waiting.join(timeout=20)
    assert store.students.zones(["ada"]) == {"ada": "Asia/Tokyo"}
    other.close()


def test_a_sqlite_store_is_set_up_to_survive_a_power_cut(settings):
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    with open_store(settings) as store, reading(store.engine) as connection:
        found = {name: connection.exec_driver_sql(f"pragma {name}").scalar() for name in wanted}
    assert found == wanted
    assert (settings.home / "store.db").is_file()


def test_a_server_set_to_acknowledge_early_is_told_to_wait(postgresql_server, own_home):
    url = (
        f"postgresql://spool@/postgres?host={postgresql_server}&options=-csynchronous_commit%3Doff"
    )
    settings = load_settings(home=own_home, database_url=url)
    with open_store(settings, migrate=False) as store, reading(store.engine) as connection:
        assert connection.execute(text("show synchronous_commit")).scalar() == "on"


def test_a_store_that_cannot_be_reached_is_named_without_its_password(own_home):
    url = "postgresql://me:hunter2@127.0.0.1:1/spool"
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/spool") as refused:
        open_store(load_settings(home=own_home, database_url=url))
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_store_is_named(settings):
    settings.home.mkdir()
    (settings.home / "store.db").write_bytes(b"my diary, not a database " * 100)
    with pytest.raises(StoreUnavailable, match=r"store\.db"):
        open_store(settings)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        open_store(load_settings(home=tmp_path / "file" / "home"))


def test_an_idle_connection_cut_by_the_server_is_replaced(postgresql_server, own_home):
    url = f"postgresql://spool@/postgres?host={postgresql_server}"
    with open_store(load_settings(home=own_home, database_url=url), migrate=False) as store:
        with reading(store.engine) as connection:
            pid = connection.execute(text("select pg_backend_pid()")).scalar()
        other = open_store(load_settings(database_url=url), migrate=False)
        with other, writing(other.engine) as connection:
            connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        with reading(store.engine) as connection:
            assert connection.execute(text("select 1")).scalar() == 1


def test_of_all_people_only_the_inactive_are_read_to_know_them(store):
    """The list is looked up while a request waits, in a store of a hundred thousand people too."""
    people = [Person(who, who, None, None, None, active=who != "eve") for who in ("ada", "eve")]
    store.people.put(people, source="tests")
    assert store.people.inactive() == {"eve"}
    sqlite = store.engine.dialect.name == "sqlite"
    asked = "select person_id from people where " + ("active = 0" if sqlite else "not active")
    with reading(store.engine) as connection:
        if not sqlite:  # so few rows it would read one by one
            connection.execute(text("set local enable_seqscan = off"))
        explain = "explain query plan " if sqlite else "explain "
        plan = connection.execute(text(explain + asked)).all()
    assert "ix_people_inactive" in str(plan)
