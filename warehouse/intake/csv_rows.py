"""CSV: commas, quotes, a first line of names, UTF-8; an empty value is no value."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from warehouse.errors import InvalidEvent, UnreadableFile
from warehouse.intake.rows import FIELDS, Ignored, Row, broken, check_columns
from warehouse.intake.text_lines import bounded_lines, not_utf8, too_long

NUMBERS = frozenset({"score", "time_spent"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


class _Text:
    """Decoded lines for the csv module; it can only be told of trouble beside the text."""

    def __init__(self, lines: Iterator[bytes | None]) -> None:
        self._lines = lines
        self.current = ""
        self.trouble: InvalidEvent | None = None

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if line is None:
                self.trouble, self.current = too_long(), "\n"
            else:
                self.current = self._decoded(line)
            yield self.current

    def _decoded(self, line: bytes) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.trouble = not_utf8()
            return line.decode(errors="backslashreplace")

    def take_trouble(self) -> InvalidEvent | None:
        trouble, self.trouble = self.trouble, None
        return trouble


def csv_table(
    file: IO[bytes], path: Path
) -> tuple[list[str], Iterator[tuple[int, list[str] | InvalidEvent, object]]]:
    """The names of the columns, and each record with the line it began on."""
    text = _Text(bounded_lines(file, path))
    reader = csv.reader(text, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise UnreadableFile(f"{path}: the first line is broken: {error}.") from error
    if not header or text.take_trouble() is not None:
        raise UnreadableFile(
            f"{path} has no first line with the names of its columns.",
            cure="Save it as CSV in UTF-8 with the column names on the first line.",
        )
    return header, _records(reader, text, len(header))


def _records(
    reader: Iterator[list[str]], text: _Text, width: int
) -> Iterator[tuple[int, list[str] | InvalidEvent, object]]:
    line_number = reader.line_num  # type: ignore[attr-defined]  # the csv module's reader has it
    while True:
        start = line_number + 1
        try:
            values = next(reader, None)
        except csv.Error as error:
            values = []
            text.trouble = text.trouble or broken(
                f"The line is no CSV: {error}.", "Close each quote, and double quotes inside one."
            )
        line_number = reader.line_num  # type: ignore[attr-defined]
        if values is None:
            return
        trouble = text.take_trouble()
        if trouble is not None:
            yield start, trouble, text.current
        elif len(values) == width:
            yield start, values, values
        elif values:
            yield start, _wrong_width(len(values), width), values


def _wrong_width(found: int, expected: int) -> InvalidEvent:
    return broken(
        f"The line has {found} values for {expected} columns.",
        "Put values that hold a comma in quotes, and leave none out.",
    )


def csv_rows(file: IO[bytes], path: Path, ignored: Ignored) -> Iterator[Row]:
    """Event rows of a CSV file, numbered by the line each began on."""
    header, records = csv_table(file, path)
    check_columns(path, header)
    ignored.note(header)
    wanted = [(index, name, name in NUMBERS) for index, name in enumerate(header) if name in FIELDS]
    for number, values, raw in records:
        if isinstance(values, InvalidEvent):
            yield Row(number, values, raw)
        else:
            yield Row(number, _fields(values, wanted), raw)


def _fields(values: Sequence[str], wanted: Sequence[tuple[int, str, bool]]) -> dict[str, object]:
    return {
        name: _number(values[index]) if is_number else values[index]
        for index, name, is_number in wanted
        if values[index]
    }


def _number(text: str) -> float | str:
    """A number where the text is one; Python itself would also take "1_0", " 1" and "nan"."""
    return float(text) if _NUMBER.fullmatch(text) else text
