"""OneRoster packages for tests: a whole school in 1.1 or 1.2, as files by name."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from warehouse.roster.importing import import_roster
from warehouse.roster.report import RosterReport
from warehouse.store.database import Store

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Files = dict[str, str]
BASE = ("sourcedId", "status", "dateLastModified")
TABLES = ("academicSessions", "classes", "courses", "enrollments", "orgs", "users")
USER_1_1 = (
    *BASE, "enabledUser", "orgSourcedIds", "role", "username", "userIds", "givenName",
    "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds",
    "grades", "password",
)  # fmt: skip
USER_1_2 = (
    *BASE, "enabledUser", "username", "userIds", "givenName", "familyName", "middleName",
    "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
    "userMasterIdentifier", "resourceSourcedIds", "preferredGivenName", "preferredMiddleName",
    "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
)  # fmt: skip
ROLE = (
    *BASE, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId",
    "userProfileSourcedId",
)  # fmt: skip
CLASS = (
    *BASE, "title", "grades", "courseSourcedId", "classCode", "classType", "location",
    "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
)  # fmt: skip
ENROLMENT = (
    *BASE, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate",
    "endDate",
)  # fmt: skip
ORG = (*BASE, "name", "type", "identifier", "parentSourcedId")


def table(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """A CSV file with every column, those not named empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def manifest(version: str, mode: str = "bulk", **modes: str) -> str:
    tables = (*TABLES, "roles") if version == "1.2" else TABLES
    said = {name: "absent" if name in {"academicSessions", "courses"} else mode for name in tables}
    lines = {"manifest.version": "1.0", "oneroster.version": version, "source.systemName": "SIS"}
    lines |= {f"file.{name}": value for name, value in (said | modes).items()}
    return "propertyName,value\n" + "".join(f"{k},{v}\n" for k, v in lines.items())


def user(person: str, role: str, **more: str) -> dict[str, str]:
    return {
        "sourcedId": person,
        "enabledUser": "true",
        "role": role,
        "username": person,
        "givenName": person.title(),
        "familyName": "Example",
        "email": f"{person}@example.org",
        **more,
    }


def package(
    version: str,
    users: Sequence[Mapping[str, str]],
    classes: Sequence[Mapping[str, str]],
    enrolments: Sequence[Mapping[str, str]],
    mode: str = "bulk",
) -> Files:
    """The files of an export."""
    files = {
        "manifest.csv": manifest(version, mode),
        "orgs.csv": table(ORG, [{"sourcedId": "school", "name": "School", "type": "school"}]),
        "classes.csv": table(CLASS, classes),
        "enrollments.csv": table(ENROLMENT, enrolments),
    }
    if mode == "delta":
        files["orgs.csv"] = files["orgs.csv"].replace("school,,", "school,active,2026-03-01")
    if version == "1.1":
        return files | {"users.csv": table(USER_1_1, users)}
    roles = [
        {
            "sourcedId": f"role-{u['sourcedId']}",
            "status": u.get("status", ""),
            "dateLastModified": u.get("dateLastModified", ""),
            "userSourcedId": u["sourcedId"],
            "roleType": "primary",
            "role": u["role"],
            "orgSourcedId": "school",
        }
        for u in users
        if u.get("role")
    ]
    plain = [{k: v for k, v in u.items() if k != "role"} for u in users]
    return files | {"users.csv": table(USER_1_2, plain), "roles.csv": table(ROLE, roles)}


def school(version: str, students: int = 2, class_size: int = 25) -> Files:
    """Students with two parents each (brothers and sisters share them), teachers, an office."""
    users = [user("office", "administrator" if version == "1.1" else "systemAdministrator")]
    classes, enrolments = [], []
    for n in range(students):
        family = n // 2
        users.append(
            user(
                f"s{n}",
                "student",
                agentSourcedIds=f"mother{family},father{family}",
                grades=str(n % 12 + 1),
            )
        )
    for family in range((students + 1) // 2):
        users += [user(f"mother{family}", "parent"), user(f"father{family}", "guardian")]
    for number in range(0, students, class_size):
        class_id, teacher = f"class{number // class_size}", f"teacher{number // class_size}"
        users.append(user(teacher, "teacher"))
        classes.append({"sourcedId": class_id, "title": class_id, "schoolSourcedId": "school"})
        members = [f"s{n}" for n in range(number, min(students, number + class_size))]
        enrolments += [
            {
                "sourcedId": f"{class_id}-{person}",
                "classSourcedId": class_id,
                "schoolSourcedId": "school",
                "userSourcedId": person,
                "role": "teacher" if person == teacher else "student",
                "beginDate": "2025-09-01",
                "endDate": "2026-07-31",
            }
            for person in (teacher, *members)
        ]
    return package(version, users, classes, enrolments)


def written(directory: Path, files: Files) -> Path:
    """The export as a folder."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_bytes(text.encode())
    return directory


def zipped(path: Path, files: Files, folder: str = "") -> Path:
    """The export as a ZIP."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(folder + name, text)
    return path


def imported(store: Store, path: Path, at: datetime = NOW) -> RosterReport:
    return import_roster(store, path, clock=lambda: at)


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(row) for row in rows] for name, rows in store.people.tables().items()}
