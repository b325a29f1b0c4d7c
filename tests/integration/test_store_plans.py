"""Breaks, profiles and switches in the store, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from warehouse.errors import InvalidEvent
from warehouse.store.breaks import MOST_BREAKS, MOST_DAYS
from warehouse.store.people import Person, SchoolClass

FIRST = date(2026, 3, 2)
BY = {"set_by": "pat", "set_by_role": "parent"}


def test_breaks_come_back_by_day_to_whom_they_concern(store, clock):
    later = store.breaks.plan(FIRST + timedelta(9), FIRST + timedelta(9), student_id="ada", **BY)
    holiday = store.breaks.plan(FIRST, FIRST, class_id="7a", name="Ÿ", **BY)
    store.breaks.plan(FIRST, FIRST, student_id="bob", **BY)
    store.breaks.plan(FIRST, FIRST, class_id="7b", **BY)

    assert store.breaks.of_student("ada", ["7a"]) == [holiday, later]
    assert store.breaks.of_class("7a") == [holiday]
    assert (holiday.student_id, holiday.class_id, holiday.name) == (None, "7a", "Ÿ")
    assert holiday.recorded_at == clock.now
    assert store.breaks.remove(later.break_id)
    assert not store.breaks.remove(later.break_id)
    assert store.breaks.one(later.break_id) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": FIRST - timedelta(1)}, "last_day"),
        ({"last_day": FIRST + timedelta(MOST_DAYS)}, "last_day"),
        ({"student_id": ""}, "student_id"),
        ({"student_id": None}, "class_id"),
        ({"student_id": None, "class_id": "7\x00"}, "class_id"),
    ],
)
def test_a_wrong_break_is_refused(store, change, field):
    wanted = {"first_day": FIRST, "last_day": FIRST, "student_id": "ada"} | change
    with pytest.raises(InvalidEvent) as refused:
        store.breaks.plan(**wanted, **BY)
    assert refused.value.field == field
    assert store.people.tables()["breaks"] == []


def test_the_longest_break_fits_and_the_same_again_is_the_same(store):
    last = FIRST + timedelta(MOST_DAYS - 1)
    first = store.breaks.plan(FIRST, last, student_id="ada", name="journey", **BY)
    assert store.breaks.plan(FIRST, last, student_id="ada", name="journey", **BY) == first
    assert store.breaks.plan(FIRST, last, student_id="ada", name="other", **BY) != first
    assert len(store.breaks.of_student("ada", [])) == 2


def test_breaks_of_one_owner_are_bounded(store):
    for n in range(MOST_BREAKS):
        store.breaks.plan(FIRST + timedelta(n), FIRST + timedelta(n), student_id="ada", **BY)
    with pytest.raises(InvalidEvent, match=f"{MOST_BREAKS} breaks"):
        store.breaks.plan(FIRST, FIRST + timedelta(1), student_id="ada", **BY)
    store.breaks.plan(FIRST, FIRST, student_id="bob", **BY)


@pytest.mark.parametrize("alias", ["Night Owl", "Łoś 7", "J. R.", "O'Neil", "a_b-c", "नीला"])
def test_an_alias_is_kept_as_it_is_shown(store, alias):
    store.students.set_leaderboard("ada", alias=alias, opt_in=True)
    assert store.students.aliases(["ada"]) == {"ada": alias}


@pytest.mark.parametrize(
    "alias", ["", " ", "x", "Owl ", "a\nb", "a\u202eb", "\U0001f989!", "o" * 41]
)
@pytest.mark.parametrize("door", ["set_leaderboard", "change"])
def test_an_alias_that_cannot_be_shown_is_refused_at_the_door(store, door, alias):
    with pytest.raises(InvalidEvent) as refused:
        getattr(store.students, door)("ada", alias=alias, opt_in=True)
    assert refused.value.field == "alias"
    assert store.students.of("ada") is None


def test_an_alias_has_one_form_however_it_was_typed(store):
    store.students.change("ada", alias="Jose\u0301", opt_in=True)
    assert store.students.aliases(["ada"]) == {"ada": "Jos\u00e9"}


def test_nobody_is_ranked_without_an_alias(store):
    for door in (store.students.change, store.students.set_leaderboard):
        with pytest.raises(InvalidEvent, match="needs an alias"):
            door("ada", alias=None, opt_in=True)
    assert store.students.all() == []


def test_a_change_leaves_alone_what_it_does_not_name(store):
    store.students.change("ada", alias="Owl", opt_in=True, time_zone="Asia/Tokyo", locale="ja")
    store.students.change("ada", alias="Bat")
    store.students.change("ada", locale="en")
    found = store.students.of("ada")
    assert (found.alias, found.leaderboard_opt_in, found.time_zone) == ("Bat", True, "Asia/Tokyo")
    store.students.change("ada", opt_in=False)
    assert store.students.aliases(["ada"]) == {}
    assert store.people.person("ada").locale == "en"


def test_an_alias_changed_meanwhile_does_not_undo_opting_out(store):
    store.students.change("ada", alias="Owl", opt_in=True)
    out = [threading.Thread(target=store.students.change, args=("ada",), kwargs={"opt_in": False})]
    out += [
        threading.Thread(target=store.students.change, args=("ada",), kwargs={"alias": f"Owl {n}"})
        for n in range(5)
    ]
    for one in out:
        one.start()
    for one in out:
        one.join(timeout=20)
    assert not store.students.of("ada").leaderboard_opt_in


def test_who_has_left_is_ranked_no_more(store):
    store.students.set_leaderboard("ada", alias="Owl", opt_in=True)
    assert store.students.aliases(["ada"]) == {"ada": "Owl"}
    store.people.put([Person("ada", "Ada", None, None, None, active=False)], source="tests")
    assert store.students.aliases(["ada"]) == {}


def test_the_switch_of_a_class_is_its_own(store):
    store.people.put(
        classes=[SchoolClass(c, c, None, None, True, True) for c in ("7a", "7b")], source="tests"
    )
    store.people.switch_leaderboard("7a", enabled=False)
    assert not store.people.school_class("7a").leaderboard_enabled
    assert store.people.school_class("7b").leaderboard_enabled
    store.people.switch_leaderboard("7a", enabled=True)
    assert store.people.school_class("7a").leaderboard_enabled
