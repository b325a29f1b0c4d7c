"""Rosters broken or made to do harm: refused whole, with the place, and nothing changed."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.oneroster import Files, everything, imported, manifest, school, written, zipped
from warehouse.errors import SpoolError, UnreadableFile
from warehouse.roster.report import InvalidRoster


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
