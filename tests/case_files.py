"""Reads the case pages of tests/cases; their format is told in the README there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.factories import instant, received
from tests.oracle.world import Break, Goal, Guardianship, Membership, Profile, Row, World
from warehouse.events import ReceivedEvent

ROOT = Path(__file__).parent / "cases"
GIVEN = re.compile(r"(Events|Curriculum|Goals|Profiles|Breaks|Classes|Aliases|Guardians):")
EXPECTED = re.compile(r"`(?P<table>[a-z_.]+)`(?: where (?P<column>\w+) is (?P<value>\w+))?:")
AS_OF = re.compile(r"As of (.+)\.")
COLUMNS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "id": ("event_id", str),
    "student": ("student_id", str),
    "at": ("at", str),
    "type": ("event_type", str),
    "concept": ("concept_id", str),
    "zone": ("zone", str),
    "score": ("score", float),
    "spent": ("time_spent", int),
    "points": ("points", int),
    "reason": ("reason", str),
    "actor": ("actor", str),
    "received": ("received_at", instant),
}
Cells = dict[str, str]


@dataclass
class Expectation:
    """The rows of one table, all of them or those where a column has a value."""

    table: str
    column: str | None
    value: str | None
    columns: list[str]
    rows: list[Cells] = field(default_factory=list)

    def shown(self, rows: list[Row]) -> list[Cells]:
        """What the table says, in the columns and the spelling of the page."""
        wanted = [r for r in rows if self.column is None or spelled(r[self.column]) == self.value]
        return [{column: spelled(row[column]) for column in self.columns} for row in wanted]


@dataclass
class Case:
    """One example: what is given, and what tables then say."""

    title: str
    as_of: datetime = field(default_factory=lambda: instant("2024-06-30"))
    given: dict[str, list[Cells]] = field(default_factory=dict)
    expected: list[Expectation] = field(default_factory=list)

    @property
    def world(self) -> World:
        return World(
            curriculum={c["concept"]: c["subject"] for c in self.given.get("Curriculum", ())},
            goals=[goal(cells) for cells in self.given.get("Goals", ())],
            zones={c["student"]: c["zone"] for c in self.given.get("Profiles", ())},
            profiles={
                c["student"]: Profile(c["alias"], c.get("wants") != "no")
                for c in self.given.get("Aliases", ())
            },
            classes={c["class"]: c.get("list") != "off" for c in self.given.get("Classes", ())},
            memberships=[membership(cells) for cells in self.given.get("Classes", ())],
            guardianships=[
                Guardianship(c["student"], c["guardian"]) for c in self.given.get("Guardians", ())
            ],
            breaks=[planned(cells, n) for n, cells in enumerate(self.given.get("Breaks", ()))],
        )

    @property
    def events(self) -> list[ReceivedEvent]:
        return [event(cells) for cells in self.given["Events"]]


def cases() -> Iterator[tuple[str, Case]]:
    """Every case of every page, by page and title."""
    for path in sorted(ROOT.glob("*/*.md")):
        page = path.relative_to(ROOT).with_suffix("").as_posix()
        for part in path.read_text(encoding="utf-8").split("\n## ")[1:]:
            case = read_case(part)
            yield f"{page}: {case.title}", case


def read_case(part: str) -> Case:
    """The text of one case, from its heading on."""
    lines = [line.strip() for line in part.splitlines()]
    case = Case(lines[0])
    for number, line in enumerate(lines):
        if match := AS_OF.fullmatch(line):
            case.as_of = instant(match[1])
        elif match := GIVEN.fullmatch(line):
            case.given[match[1]] = table_after(lines, number)[1]
        elif match := EXPECTED.fullmatch(line):
            columns, rows = table_after(lines, number)
            case.expected.append(
                Expectation(match["table"], match["column"], match["value"], columns, rows)
            )
    return case


def table_after(lines: list[str], number: int) -> tuple[list[str], list[Cells]]:
    """Header and rows of the table that follows a line and a blank one."""
    table = []
    for line in lines[number + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    header, _, *rows = table
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def event(cells: Cells) -> ReceivedEvent:
    """The event of one row."""
    more: dict[str, Any] = {}
    for heading, text in cells.items():
        name, kind = COLUMNS[heading]
        if text:
            more[name] = kind(text)
        elif heading == "concept":
            more[name] = None
    return received(**more)


def goal(cells: Cells) -> Goal:
    """The goal of one row."""
    concepts, minutes = (int(cells[c]) if cells[c] else None for c in ("concepts", "minutes"))
    return Goal(cells["student"], date.fromisoformat(cells["from_week"]), concepts, minutes)


def membership(cells: Cells) -> Membership:
    """The place of one person in a class; without a role they learn there."""
    begins, ends = (instant(cells[c]) if cells.get(c) else None for c in ("from", "until"))
    return Membership(cells["class"], cells["person"], cells.get("role") or "student", begins, ends)


def planned(cells: Cells, number: int) -> Break:
    """The break of one row, of a student or of a class."""
    return Break(
        f"break-{number}",
        date.fromisoformat(cells["first_day"]),
        date.fromisoformat(cells["last_day"]),
        student_id=cells.get("student") or None,
        class_id=cells.get("class") or None,
    )


def spelled(value: object) -> str:
    """A value as the pages write it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)
