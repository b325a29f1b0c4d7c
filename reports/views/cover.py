"""The first sheet of a file with the reports of many students: who is in it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """What the sheet says; `students` are names and the files of their reports."""

    language: str
    first_day: date | None
    end_day: date | None
    as_of: datetime | None
    students: list[tuple[str, str]]
