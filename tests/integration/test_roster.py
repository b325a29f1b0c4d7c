"""Rosters: exports come in whole, and admins have the last word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.oneroster import (
    NOW,
    everything,
    imported,
    package,
    school,
    user,
    written,
    zipped,
)
from warehouse.roster.report import InvalidRoster
from warehouse.store.people import Guardian, Person
from warehouse.store.schema import PEOPLE
from warehouse.store.transactions import reading

BOTH = pytest.mark.parametrize("version", ["1.1", "1.2"])


@BOTH
def test_a_school_of_two_thousand_comes_in_and_the_second_time_changes_nothing(
    store, tmp_path, version
):
    path = zipped(tmp_path / "export.zip", school(version, students=1_000), folder="export/")

    first = imported(store, path)
    before = everything(store)
    again = imported(store, path, NOW + timedelta(days=1))

    assert first.changed["people added"] == 1_000 + 1_000 + 40 + 1
    assert first.changed["guardians added"] == 2_000
    assert first.changed["enrolments added"] == 1_040
    assert not any(again.changed.values())
    assert everything(store) == before
    assert store.people.children_of("mother0", NOW) == ["s0", "s1"]
    assert store.people.teaches("teacher0", "s0", NOW)
    assert not store.people.teaches("teacher1", "s0", NOW)
    assert not store.people.teaches("teacher0", "s0", NOW + timedelta(days=365))


@BOTH
def test_a_bulk_ends_what_is_not_in_it(store, tmp_path, version):
    imported(store, written(tmp_path / "a", school(version, students=4)))
    report = imported(store, written(tmp_path / "b", school(version, students=2)))

    assert report.changed["people left"] == 4
    assert store.people.children_of("mother1", NOW) == []
    assert store.people.students_of("class0", NOW) == ["s0", "s1"]
    person = store.people.person("s3")
    assert person is not None
    assert person.active is False
    back = imported(store, written(tmp_path / "c", school(version, students=4)))
    assert back.changed["people corrected"] == 4
    assert store.people.children_of("mother1", NOW) == ["s2", "s3"]


@BOTH
def test_a_delta_changes_what_it_names_and_nothing_else(store, tmp_path, version):
    imported(store, written(tmp_path / "a", school(version, students=4)))
    changed = {"status": "active", "dateLastModified": "2026-03-01T00:00:00.000Z"}
    delta = package(
        version,
        [
            user("s0", "student", familyName="Newname", agentSourcedIds="mother0", **changed),
            user("s3", "student", **changed | {"status": "tobedeleted"}),
        ],
        [],
        [
            {
                "sourcedId": "class0-s2",
                "classSourcedId": "class0",
                "userSourcedId": "s2",
                "role": "student",
                **changed,
                "status": "tobedeleted",
            }
        ],
        mode="delta",
    )
    imported(store, written(tmp_path / "b", delta))

    assert store.people.names(["s0"]) == {"s0": "S0 Newname"}
    assert [p for p in ("s0", "s1", "s3") if store.people.person(p).active] == ["s0", "s1"]
    assert store.people.students_of("class0", NOW) == ["s0", "s1", "s3"]
    assert store.people.children_of("father0", NOW) == ["s1"], "the school took s0 from him"


CHANGED = {"status": "active", "dateLastModified": "2026-03-01T00:00:00.000Z"}
GONE = CHANGED | {"status": "tobedeleted"}
SEAT = {"classSourcedId": "class0", "userSourcedId": "s0", "role": "student"}


def test_a_delta_without_a_persons_roles_leaves_them(store, tmp_path):
    imported(store, written(tmp_path / "a", school("1.2")))
    delta = package("1.2", [user("s0", "", familyName="New", **CHANGED)], [], [], mode="delta")
    imported(store, written(tmp_path / "b", delta))
    assert ("s0", "student") in {tuple(row) for row in store.people.tables()["roles"]}


def test_a_delta_that_replaces_an_enrolment_keeps_the_seat(store, tmp_path):
    imported(store, written(tmp_path / "a", school("1.1")))
    seats = [SEAT | {"sourcedId": "old"} | GONE, SEAT | {"sourcedId": "new"} | CHANGED]
    imported(store, written(tmp_path / "b", package("1.1", [], [], seats, mode="delta")))
    assert store.people.students_of("class0", NOW) == ["s0", "s1"]


def test_an_enrolment_taken_away_must_say_whose(store, tmp_path):
    imported(store, written(tmp_path / "a", school("1.1")))
    seats = [{"sourcedId": "class0-s0", **GONE}]
    with pytest.raises(InvalidRoster, match=r"enrollments.csv line 2: takes an enrolment away"):
        imported(store, written(tmp_path / "b", package("1.1", [], [], seats, mode="delta")))


def test_what_an_admin_decided_stays(store, tmp_path):
    path = written(tmp_path / "a", school("1.2"))
    imported(store, path)
    store.people.put(
        [Person("s0", "Chosen Name", None, None, None, active=True)],
        guardians=[Guardian("s0", "father0", "guardian", False, None, None)],
        source="admin",
    )

    imported(store, path, NOW + timedelta(days=1))

    assert store.people.names(["s0"]) == {"s0": "Chosen Name"}
    assert store.people.children_of("father0", NOW) == ["s1"]


def test_zone_language_and_leaderboard_are_none_of_the_rosters_business(store, tmp_path):
    store.students.change("s0", alias="Owl", opt_in=True, time_zone="Asia/Tokyo", locale="ja")
    imported(store, written(tmp_path / "a", school("1.1")))
    person = store.people.person("s0")
    assert (person.name, person.time_zone, person.locale) == ("S0 Example", "Asia/Tokyo", "ja")
    assert store.students.of("s0").alias == "Owl"


def test_a_relative_sees_a_child_only_when_an_admin_says_so(store, tmp_path):
    users = [user("kid", "student", agentSourcedIds="aunt"), user("aunt", "relative")]
    imported(store, written(tmp_path / "a", package("1.1", users, [], [])))
    assert store.people.children_of("aunt", NOW) == []


def test_a_parent_may_name_the_child_instead(store, tmp_path):
    users = [user("kid", "student"), user("mum", "parent", agentSourcedIds="kid")]
    imported(store, written(tmp_path / "a", package("1.2", users, [], [])))
    assert store.people.children_of("mum", NOW) == ["kid"]


def test_passwords_and_demographics_are_never_kept(store, tmp_path):
    files = package("1.1", [user("kid", "student", password="hunter2")], [], [])
    files["demographics.csv"] = "sourcedId,birthDate\nkid,2015-01-01\n"
    report = imported(store, written(tmp_path / "a", files))
    with reading(store.engine) as connection:
        kept = [tuple(row) for row in connection.execute(select(PEOPLE))]
    assert "hunter2" not in str(kept)
    assert any("never read" in str(remark) for remark in report.remarks)


def test_what_does_not_fit_is_left_out_and_said(store, tmp_path):
    users = [
        user("kid", "student", agentSourcedIds="nobody,ms"),
        user("ms", "teacher", middleName='of "7a"'),
        user("aide", "aide"),
    ]
    classes = [{"sourcedId": "7a", "title": "7a", "schoolSourcedId": "elsewhere"}]
    enrolments = [
        {"sourcedId": "1", "classSourcedId": "7a", "userSourcedId": "ghost", "role": "student"},
        {"sourcedId": "2", "classSourcedId": "9z", "userSourcedId": "kid", "role": "student"},
        {"sourcedId": "3", "classSourcedId": "7a", "userSourcedId": "aide", "role": "aide"},
        {"sourcedId": "4", "classSourcedId": "7a", "userSourcedId": "kid", "role": "student"},
    ]
    files = package("1.1", users, classes, enrolments)
    files["users.csv"] = "\ufeff" + files["users.csv"].replace("password", "password,shoeSize", 1)
    files["users.csv"] = (
        files["users.csv"].replace("\r\n", ",\r\n").replace("shoeSize,", "shoeSize")
    )
    report = imported(store, written(tmp_path / "a", files))

    said = "\n".join(str(remark) for remark in report.remarks)
    for words in (
        "users.csv line 2: the agent 'nobody'",
        "'ms' is an agent but no parent",
        "enrollments.csv line 2: the user 'ghost'",
        "enrollments.csv line 3: the class '9z'",
        "classes.csv line 2: the school 'elsewhere'",
        "'shoeSize' is not of OneRoster",
    ):
        assert words in said
    assert store.people.students_of("7a", NOW) == ["kid"]
