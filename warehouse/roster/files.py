"""The files of OneRoster CSV that we read: their columns, and how a row of each is judged.

Versions 1.1 and 1.2 differ here in one thing: 1.1 gives a user one role in users.csv, 1.2 gives
roles in roles.csv. Sources: the CSV bindings of the 1EdTech OneRoster specifications 1.1 and 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from warehouse.errors import InvalidEvent, UnreadableFile
from warehouse.event_fields import is_name
from warehouse.intake.csv_rows import csv_table
from warehouse.roster.package import Package
from warehouse.roster.report import RosterReport

MANIFEST = "manifest.csv"
VERSIONS = ("1.1", "1.2")
MODES = ("absent", "bulk", "delta")
STATUSES = ("active", "tobedeleted")
IGNORED = {
    "academicSessions.csv": "terms are not kept",
    "courses.csv": "courses are not kept",
    "demographics.csv": "demographics are never read",
    "userProfiles.csv": "profiles of other systems are not kept",
}
STUDENT, EDUCATOR, PARENT, ADMIN = "student", "educator", "parent", "admin"
NO_ROLE = ""
USER_ROLES = {
    "student": STUDENT,
    "teacher": EDUCATOR,
    **dict.fromkeys(("guardian", "parent", "relative"), PARENT),
    **dict.fromkeys(
        (
            "administrator",
            "districtAdministrator",
            "principal",
            "siteAdministrator",
            "systemAdministrator",
        ),
        ADMIN,
    ),
    **dict.fromkeys(("aide", "counselor", "proctor"), NO_ROLE),
}
CLASS_ROLES = {
    "student": STUDENT,
    "teacher": EDUCATOR,
    **dict.fromkeys(("administrator", "aide", "proctor"), NO_ROLE),
}
_MAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,189}")
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file, by column; `gone` when a delta takes it away."""

    number: int
    values: Mapping[str, str]
    gone: bool

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


class Layout(NamedTuple):
    """A file, the columns it must have, those it may have, and the check of a row."""

    name: str
    needed: frozenset[str]
    known: frozenset[str]
    check: Callable[[Line], Iterator[str]]


def _check_user(line: Line) -> Iterator[str]:
    if line["enabledUser"] not in {"true", "false", "1", "0"}:
        yield f"enabledUser is {line['enabledUser']!r}; it must be true or false"
    if line["role"] and line["role"] not in USER_ROLES:
        yield f"role is {line['role']!r}; it must be one of {', '.join(USER_ROLES)}"
    for person in listed(line["agentSourcedIds"]):
        if not is_name(person):
            yield f"agentSourcedIds names {person[:60]!r}, which is no id"
    if line["email"] and not _MAIL.fullmatch(line["email"]):
        yield f"email is {line['email'][:60]!r}, which is no address"


def _check_role(line: Line) -> Iterator[str]:
    if line["role"] not in USER_ROLES:
        yield f"role is {line['role']!r}; it must be one of {', '.join(USER_ROLES)}"
    yield from _check_days(line)


def _check_enrolment(line: Line) -> Iterator[str]:
    if line["role"] not in CLASS_ROLES:
        yield f"role is {line['role']!r}; it must be one of {', '.join(CLASS_ROLES)}"
    yield from _check_days(line)


def _check_class(line: Line) -> Iterator[str]:
    if not line["title"].strip():
        yield "title is empty"


def _check_days(line: Line) -> Iterator[str]:
    days: dict[str, date | None] = {}
    for column in ("beginDate", "endDate"):
        try:
            days[column] = day(line[column])
        except ValueError:
            yield f"{column} is {line[column][:30]!r}; it must be a date such as 2026-03-02"
    first, last = days.get("beginDate"), days.get("endDate")
    if first is not None and last is not None and last < first:
        yield f"it ends on {last}, before it begins on {first}"


def _check_nothing(_line: Line) -> Iterator[str]:
    yield from ()


def _columns(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BASE = "sourcedId status dateLastModified "
ORGS = Layout(
    "orgs.csv",
    _columns(_BASE + "name type"),
    _columns(_BASE + "name type identifier parentSourcedId"),
    _check_nothing,
)
USERS = Layout(
    "users.csv",
    _columns(_BASE + "enabledUser username givenName familyName"),
    _columns(
        _BASE + "enabledUser orgSourcedIds role username userIds givenName familyName middleName "
        "identifier email sms phone agentSourcedIds grades password userMasterIdentifier "
        "resourceSourcedIds preferredGivenName preferredMiddleName preferredFamilyName "
        "primaryOrgSourcedId pronouns"
    ),
    _check_user,
)
ROLES = Layout(
    "roles.csv",
    _columns(_BASE + "userSourcedId role orgSourcedId"),
    _columns(
        _BASE + "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId"
    ),
    _check_role,
)
CLASSES = Layout(
    "classes.csv",
    _columns(_BASE + "title schoolSourcedId"),
    _columns(
        _BASE + "title grades courseSourcedId classCode classType location schoolSourcedId "
        "termSourcedIds subjects subjectCodes periods resourceSourcedIds"
    ),
    _check_class,
)
ENROLMENTS = Layout(
    "enrollments.csv",
    _columns(_BASE + "classSourcedId userSourcedId role"),
    _columns(_BASE + "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate"),
    _check_enrolment,
)
NEEDED = {
    "1.1": (ORGS, USERS, CLASSES, ENROLMENTS),
    "1.2": (ORGS, USERS, ROLES, CLASSES, ENROLMENTS),
}


class Manifest(NamedTuple):
    """Which version a package has, and how each file is meant: absent, bulk or delta."""

    version: str
    modes: Mapping[str, str]

    def mode(self, layout: Layout) -> str:
        return self.modes.get(layout.name.removesuffix(".csv"), "absent")


def read_manifest(package: Package, report: RosterReport) -> Manifest:
    """The manifest; what is wrong with it is in the report."""
    if MANIFEST not in package.names:
        report.problem(MANIFEST, None, "is missing: every OneRoster package has one")
        return Manifest("", {})
    said: dict[str, str] = {}
    for number, row in _rows(package, MANIFEST, ("propertyName", "value"), report):
        if row["propertyName"] in said:
            report.problem(MANIFEST, number, f"{row['propertyName']} stands twice")
        said[row["propertyName"]] = row["value"]
    version = said.get("oneroster.version", "")
    if version not in VERSIONS and not report.problems:
        known = " or ".join(VERSIONS)
        report.problem(MANIFEST, None, f"oneroster.version is {version!r}; we read {known}")
    modes = {
        name.removeprefix("file."): mode for name, mode in said.items() if name.startswith("file.")
    }
    for name, mode in modes.items():
        if mode not in MODES:
            report.problem(
                MANIFEST, None, f"file.{name} is {mode!r}; it must be {', '.join(MODES)}"
            )
        elif mode != "absent" and f"{name}.csv" not in package.names:
            report.problem(MANIFEST, None, f"names {name}.csv as {mode}, but it is not there")
    return Manifest(version, modes)


def read_file(package: Package, layout: Layout, mode: str, report: RosterReport) -> dict[str, Line]:
    """The rows of a file by sourcedId; every wrong one is in the report."""
    found: dict[str, Line] = {}
    for number, values in _rows(package, layout.name, layout.needed, report, layout.known):
        line = Line(number, values, mode == "delta" and values.get("status") == "tobedeleted")
        for text in _check_base(line, mode):
            report.problem(layout.name, number, text)
        for text in () if line.gone else layout.check(line):
            report.problem(layout.name, number, text)
        earlier = found.get(line["sourcedId"])
        if earlier is not None:
            report.problem(
                layout.name,
                number,
                f"sourcedId {line['sourcedId'][:60]!r} is on line {earlier.number} already",
            )
        found[line["sourcedId"]] = line
    report.read[layout.name.removesuffix(".csv")] = len(found)
    return found


def listed(text: str) -> list[str]:
    """The ids of a column that holds several."""
    return [part.strip() for part in text.split(",") if part.strip()]


def day(text: str) -> date | None:
    """A date, or none; a time behind it, as some systems write, is left out."""
    return date.fromisoformat(text[:10]) if text else None


def _check_base(line: Line, mode: str) -> Iterator[str]:
    if not is_name(line["sourcedId"]):
        yield f"sourcedId is {line['sourcedId'][:60]!r}, which is no id"
    if mode == "delta" and line["status"] not in STATUSES:
        yield f"status is {line['status'][:30]!r}; in a delta it is active or tobedeleted"


def _rows(
    package: Package,
    name: str,
    needed: frozenset[str] | tuple[str, ...],
    report: RosterReport,
    known: frozenset[str] = frozenset(),
) -> Iterator[tuple[int, dict[str, str]]]:
    with package.open(name) as file:
        try:
            header, records = csv_table(file, package.path / name)
        except UnreadableFile as error:
            report.problem(name, 1, str(error))
            return
        if not _check_header(name, header, needed, known, report):
            return
        for number, values, _raw in records:
            if isinstance(values, InvalidEvent):
                report.problem(name, number, str(values))
            else:
                yield number, dict(zip(header, values, strict=True))


def _check_header(
    name: str,
    header: list[str],
    needed: frozenset[str] | tuple[str, ...],
    known: frozenset[str],
    report: RosterReport,
) -> bool:
    missing = sorted(set(needed) - set(header))
    doubled = sorted({column for column in header if header.count(column) > 1})
    for column in missing:
        report.problem(name, 1, f"the column {column} is missing")
    for column in doubled:
        report.problem(name, 1, f"the column {column[:60]} stands twice")
    for column in header:
        if known and column not in known and not column.startswith("metadata."):
            report.remark(name, 1, f"the column {column[:60]!r} is not of OneRoster and not read")
    return not missing and not doubled
