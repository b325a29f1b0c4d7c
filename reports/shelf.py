"""Class reports that are made by themselves each week, kept as files for a while.

`reports/<Monday>/<class>.pdf` and `.csv` lie beside `<class>.json`, which says who is in them and
what each file must be. It is written last: a file that it does not know is never handed out, so
who is in a file is always known.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reports.exporting.bundling import safe_name
from warehouse.durable import write_file

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class FileNote:
    """A file as it was written."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Sheet:
    """What is known of a class's report of a week."""

    class_id: str
    week_start: date
    language: str
    snapshot_id: str | None
    as_of: datetime | None
    student_ids: list[str]
    files: dict[str, FileNote]


_SHEETS = TypeAdapter(Sheet)


class Shelf:
    """The reports below one directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, sheet: Sheet, contents: Mapping[str, bytes]) -> Sheet:
        """Keep the files of a report, each by its ending, in place of those of the same week."""
        notes = {
            ending: FileNote(len(content), hashlib.sha256(content).hexdigest())
            for ending, content in contents.items()
        }
        noted = replace(sheet, files=notes)
        for ending, content in contents.items():
            write_file(self._file(sheet.week_start, sheet.class_id, ending), content)
        known = _SHEETS.dump_json(noted, indent=1)
        write_file(self._file(sheet.week_start, sheet.class_id, "json"), known)
        return noted

    def of_class(self, class_id: str) -> list[Sheet]:
        """The reports of a class, newest week first."""
        found = (self._sheet(week, class_id) for week in sorted(self.weeks(), reverse=True))
        return [sheet for sheet in found if sheet is not None]

    def content(self, sheet: Sheet, ending: str) -> bytes | None:
        """A file of a report; None where it is gone or not the one that was written."""
        with suppress(FileNotFoundError):
            content = self._file(sheet.week_start, sheet.class_id, ending).read_bytes()
            if hashlib.sha256(content).hexdigest() == sheet.files[ending].sha256:
                return content
        return None

    def weeks(self) -> list[date]:
        """The weeks with reports; what else lies there is none of ours."""
        if not self._root.is_dir():
            return []
        days = (_day(path.name) for path in self._root.iterdir() if path.is_dir())
        return [day for day in days if day is not None]

    def clear(self, oldest: date) -> list[date]:
        """Remove the weeks before one; says which."""
        gone = sorted(week for week in self.weeks() if week < oldest)
        for week in gone:
            shutil.rmtree(self._root / week.isoformat())
        return gone

    def _sheet(self, week: date, class_id: str) -> Sheet | None:
        try:
            sheet = _SHEETS.validate_json(self._file(week, class_id, "json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None  # one that is damaged names nobody, and so nothing of it is handed out
        return sheet if (sheet.class_id, sheet.week_start) == (class_id, week) else None

    def _file(self, week: date, class_id: str, ending: str) -> Path:
        return self._root / week.isoformat() / f"{stem(class_id)}.{ending}"


def stem(class_id: str) -> str:
    """A file name that any system can keep, and that no other class has."""
    if _PLAIN.fullmatch(class_id):
        return class_id
    # no plain name has a tilde
    return f"{safe_name(class_id)}~{hashlib.sha256(class_id.encode()).hexdigest()[:16]}"


def _day(name: str) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(name)
        return day if day.isoformat() == name else None
    return None
