"""Lines of a text file, each bounded, so that a file without line ends cannot fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from warehouse.errors import InvalidEvent, UnreadableFile
from warehouse.intake.rows import broken

LINE_LIMIT = 1 << 20
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def too_long() -> InvalidEvent:
    return broken(
        f"The line is longer than {LINE_LIMIT} bytes.", "Check that each event has its own line."
    )


def not_utf8() -> InvalidEvent:
    return broken("The line is not UTF-8 text.", "Save the file as UTF-8.")


def bounded_lines(file: IO[bytes], path: Path) -> Iterator[bytes | None]:
    """Every line without a byte order mark; None for one that is too long."""
    first = True
    while line := file.readline(LINE_LIMIT + 1):
        if first:
            first = False
            if line.startswith(_UTF16_BOMS):
                raise UnreadableFile(f"{path} is UTF-16 text.", cure="Save the file as UTF-8.")
            line = line.removeprefix(_BOM)  # the line proper
        if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            _skip_line(file)
            yield None
        else:
            yield line


def _skip_line(file: IO[bytes]) -> None:
    while rest := file.readline(LINE_LIMIT):
        if rest.endswith(b"\n"):
            return
