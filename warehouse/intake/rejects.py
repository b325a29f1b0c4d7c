"""The file of refused rows: what was wrong with which, for a person with a spreadsheet to mend."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from warehouse.errors import InvalidEvent
from warehouse.spreadsheets import guarded

COLUMNS = ("row", "event_id", "field", "problem", "cure", "raw")
LONGEST_RAW = 2_000
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


class Rejects:
    """Counts refused rows and writes them down; without any, no file is left."""

    def __init__(self, source: Path, fallback_directory: Path) -> None:
        self._name = f"{source.name}.rejects.csv"
        self._directories = [source.absolute().parent, fallback_directory]
        self._file: IO[str] | None = None
        self.path: Path | None = None
        self.count = 0

    def add(self, number: int, event_id: object, error: InvalidEvent, raw: object) -> None:
        if self._file is None:
            self._file = self._open()
            self._writer = csv.writer(self._file)
            self._writer.writerow(COLUMNS)
        self.count += 1
        shown = (str(event_id or "")[:128], error.field or "", error.detail, error.cure, _raw(raw))
        self._writer.writerow([number, *map(safe_cell, shown)])

    def finish(self) -> Path | None:
        """Give the file its name, or take away that of an earlier import without successor."""
        if self._file is None or self.path is None:
            for directory in self._directories:
                (directory / self._name).unlink(missing_ok=True)
            return None
        self._file.close()
        self._aside(self.path).replace(self.path)
        return self.path

    def drop(self) -> None:
        """Leave nothing of an import that failed."""
        if self._file is not None and self.path is not None:
            self._file.close()
            self._aside(self.path).unlink(missing_ok=True)

    def _open(self) -> IO[str]:
        """Beside the source, or where that cannot be written, in our own directory."""
        for directory in self._directories:
            path = directory / self._name
            try:
                directory.mkdir(parents=True, exist_ok=True)
                file = self._aside(path).open("x", newline="", encoding="utf-8")
            except OSError:
                if directory == self._directories[-1]:
                    raise
            else:
                self.path = path
                return file
        raise AssertionError

    @staticmethod
    def _aside(path: Path) -> Path:
        return path.with_name(f".{path.name}.{os.getpid()}")


@contextmanager
def rejects_of(source: Path, fallback_directory: Path) -> Iterator[Rejects]:
    """The rejects of one import; dropped unless `finish` was reached."""
    rejects = Rejects(source, fallback_directory)
    try:
        yield rejects
    finally:
        rejects.drop()


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula and no terminal for a command."""
    plain = text.translate(_CONTROLS).encode("utf-8", "backslashreplace").decode()
    return guarded(plain)


def _raw(raw: object) -> str:
    if isinstance(raw, bytes):
        return raw[:LONGEST_RAW].decode(errors="backslashreplace").rstrip("\r\n")
    if isinstance(raw, str):
        return raw[:LONGEST_RAW].rstrip("\r\n")
    return json.dumps(raw, ensure_ascii=False, default=str)[:LONGEST_RAW]
