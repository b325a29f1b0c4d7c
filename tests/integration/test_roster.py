"""Rosters: exports come in whole, broken ones not at all, and admins have the last word."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.oneroster import Files, manifest, package, school, user, written, zipped
from warehouse.errors import SpoolError, UnreadableFile
from warehouse.roster.importing import import_roster
from warehouse.roster.report import InvalidRoster, RosterReport
from warehouse.store.database import Store
from warehouse.store.people import Guardian, Person
from warehouse.store.schema import PEOPLE
from warehouse.store.transactions import reading

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOTH = pytest.mark.parametrize("version", ["1.1", "1.2"])


def imported(store: Store, path: Path, at: datetime = NOW) -> RosterReport:
    return import_roster(store, path, clock=lambda: at)


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(row) for row in rows] for name, rows in store.people.tables().items()}


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


def edit(name: str, old: str, new: str) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        assert old in files[name]
        return files | {name: files[name].replace(old, new, 1)}

    return change


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {n: text for n, text in files.items() if n != name}


def said(**modes: str) -> Callable[[Files], Files]:
    return lambda files: files | {"manifest.csv": manifest("1.2", **modes)}


BROKEN: dict[str, tuple[Callable[[Files], Files], str]] = {
    "no manifest": (without("manifest.csv"), "manifest.csv: is missing"),
    "an old version": (edit("manifest.csv", "version,1.2", "version,1.0"), "'1.0'; we read"),
    "no version": (edit("manifest.csv", "oneroster.version", "other.version"), "we read 1.1"),
    "an unknown mode": (said(users="some"), "file.users is 'some'"),
    "a property twice": (
        edit("manifest.csv", "file.users,bulk\n", "file.users,bulk\nfile.users,delta\n"),
        "stands twice",
    ),
    "a manifest without its header": (
        edit("manifest.csv", "propertyName,value\n", ""),
        "propertyName is missing",
    ),
    "no users": (without("users.csv"), "names users.csv as bulk"),
    "no roles": (without("roles.csv"), "names roles.csv as bulk"),
    "no enrolments": (without("enrollments.csv"), "names enrollments.csv"),
    "an empty file": (lambda files: files | {"users.csv": ""}, "users.csv line 1"),
    "a missing column": (
        edit("users.csv", "givenName", "firstName"),
        "column givenName is missing",
    ),
    "a column twice": (edit("users.csv", "sms", "email"), "column email stands twice"),
    "semicolons": (
        lambda files: files | {"orgs.csv": files["orgs.csv"].replace(",", ";")},
        "orgs.csv line 1",
    ),
    "a row too short": (edit("users.csv", ",s0,", ","), "values for"),
    "a row too long": (edit("users.csv", ",s0,", ",s0,x,"), "values for"),
    "an open quote": (edit("orgs.csv", "School", '"School'), "orgs.csv line 2"),
    "no UTF-8": (edit("users.csv", "S0", "S\udce40"), "users.csv line 3"),
    "an id twice": (edit("users.csv", "\r\ns1,", "\r\ns0,"), "line 4: sourcedId 's0' is on line 3"),
    "an empty id": (edit("users.csv", "\r\ns1,", "\r\n,"), "sourcedId is ''"),
    "an id with a control character": (edit("users.csv", "\r\ns1,", "\r\ns\x011,"), "no id"),
    "an id of 200 characters": (
        edit("users.csv", "\r\ns1,", f"\r\n{'x' * 200},"),
        "which is no id",
    ),
    "an unknown role": (edit("roles.csv", ",student,", ",pupil,"), "role is 'pupil'"),
    "an unknown place in a class": (edit("enrollments.csv", ",student,", ",pupil,"), "role is"),
    "enabledUser maybe": (edit("users.csv", ",true,", ",maybe,"), "enabledUser is 'maybe'"),
    "no address": (edit("users.csv", "s0@example.org", "s0 at home"), "email is 's0 at home'"),
    "no date": (edit("enrollments.csv", "2025-09-01", "1 Sept"), "beginDate is '1 Sept'"),
    "an end before its beginning": (
        edit("enrollments.csv", "2026-07-31", "2024-07-31"),
        "it ends on 2024-07-31",
    ),
    "a class without a title": (edit("classes.csv", ",class0,", ",,"), "title is empty"),
    "an agent that is no id": (edit("users.csv", "mother0,", f"{'y' * 130},"), "agentSourcedIds"),
    "a delta without a status": (said(users="delta"), "in a delta it is active or tobedeleted"),
    "a delta with another status": (
        lambda files: edit("users.csv", "s0,,", "s0,gone,")(said(users="delta")(files)),
        "status is 'gone'",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_package_is_refused_with_the_place_and_changes_nothing(store, tmp_path, name):
    change, words = BROKEN[name]
    imported(store, written(tmp_path / "good", school("1.2", students=1)))
    before = everything(store)
    files = change(school("1.2", students=2))
    directory = tmp_path / "broken"
    directory.mkdir()
    for file, text in files.items():
        (directory / file).write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(InvalidRoster) as refused:
        imported(store, directory)

    assert words in str(refused.value)
    assert everything(store) == before


def bomb(path: Path) -> Path:
    return zipped(path, {"manifest.csv": "0" * 5_000_000})


def climbing(path: Path) -> Path:
    return zipped(path, {"../manifest.csv": manifest("1.1")})


def absolute(path: Path) -> Path:
    return zipped(path, {"/etc/manifest.csv": manifest("1.1")})


def drive(path: Path) -> Path:
    return zipped(path, {"c:\\manifest.csv": manifest("1.1")})


def crowded(path: Path) -> Path:
    return zipped(path, {f"{n}.csv": "" for n in range(100)})


def two_folders(path: Path) -> Path:
    return zipped(path, {"a/manifest.csv": "", "b/users.csv": ""})


def linked(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        entry = zipfile.ZipInfo("manifest.csv")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    return path


def truncated(path: Path) -> Path:
    whole = zipped(path, school("1.1")).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def text(path: Path) -> Path:
    path.write_text("hello")
    return path


@pytest.mark.parametrize(
    "make", [bomb, climbing, absolute, drive, crowded, two_folders, linked, truncated, text]
)
def test_a_package_made_to_do_harm_is_refused(store, tmp_path, make):
    with pytest.raises(UnreadableFile):
        imported(store, make(tmp_path / "export.zip"))
    assert everything(store)["people"] == []


def test_a_folder_with_a_link_out_of_it_is_refused(store, tmp_path):
    directory = written(tmp_path / "a", school("1.1"))
    (directory / "orgs.csv").unlink()
    (directory / "orgs.csv").symlink_to("/etc/hostname")
    with pytest.raises(UnreadableFile, match="plain file"):
        imported(store, directory)


def test_nothing_stays_of_an_import_that_fails_while_it_is_written(store, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("the power is gone")

    path = written(tmp_path / "a", school("1.2"))
    with monkeypatch.context() as broken:
        broken.setattr("warehouse.store.roster._Writer._end", fail)
        with pytest.raises((RuntimeError, SpoolError)):
            imported(store, path)
    assert everything(store)["people"] == []
    imported(store, path)
    assert len(everything(store)["guardians"]) == 4
