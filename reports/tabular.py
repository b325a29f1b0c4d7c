"""CSV (RFC 4180) that a spreadsheet opens as what it says, whoever wrote the texts in it.

UTF-8 with a byte order mark, since Excel takes a file without one for the code page of the machine
and spoils every umlaut. Lines end in CRLF. Numbers stand bare with a point, days and instants in
ISO 8601, yes and no as true and false, nothing as an empty cell; every text is quoted.

A spreadsheet takes a text that begins with = + - @ (full-width ones too, and after blanks, quotes
or invisible characters) for a formula, and where it cuts lines at semicolons or tabs, also one that
follows these inside a cell. Such a text gets an apostrophe before the sign, which Excel and
LibreOffice show as part of the text. Control characters become blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

BOM = "\ufeff"
MEDIA_TYPE = "text/csv; charset=utf-8"
Cell = str | int | float | bool | date | None
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
# Blanks, quotes and what is not seen: a program may drop them before it looks at the sign.
_UNSEEN = (
    "\\s\"'`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
_FORMULA = re.compile(f"(^|;|\uff1b)([{_UNSEEN}]*)(?=[{_SIGNS}])")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def header(names: Sequence[str]) -> str:
    """The mark and the first line."""
    return BOM + line(names)


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
    return _FORMULA.sub(r"\1\2'", _CONTROL.sub(" ", value))
