"""CSV (RFC 4180) that a spreadsheet opens as what it says, whoever wrote the texts in it.

UTF-8 with a byte order mark, since Excel takes a file without one for the code page of the machine
and spoils every umlaut. Lines end in CRLF. Numbers stand bare with a point, days and instants in
ISO 8601, yes and no as true and false, nothing as an empty cell; every text is quoted and guarded
against being a formula (`warehouse/spreadsheets.py`). Control characters become blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from warehouse.spreadsheets import guarded

BOM = "\ufeff"
MEDIA_TYPE = "text/csv; charset=utf-8"
Cell = str | int | float | bool | date | None
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def header(names: Sequence[str]) -> str:
    """The mark and the first line."""
    return BOM + line(names)


def whole(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table that is small enough to be held."""
    return header(names) + "".join(lines(rows))


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """One line after another, so that a long table is never held as a whole."""
    return map(line, rows)


def line(cells: Iterable[Cell]) -> str:
    """One row with its end."""
    return ",".join(map(cell, cells)) + "\r\n"


def cell(value: Cell) -> str:
    """One value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return f'"{text(value).replace(chr(34), chr(34) * 2)}"'


def text(value: str) -> str:
    """A text of which no part begins a formula."""
    return guarded(_CONTROL.sub(" ", value))
