"""What every format gives: rows of event fields, or for a broken row the reason."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa

from warehouse.errors import InvalidEvent, UnreadableFile
from warehouse.event_fields import EventBody

FIELDS = frozenset(EventBody.model_fields)
REQUIRED = ("student_id", "event_type")
MOST_IGNORED_NAMES = 20
_CHUNK = 1 << 20

# What databases and data frames write instead of RFC 3339; each names one instant all the same.
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ Tt](?P<time>\d\d:\d\d:\d\d(?:\.\d+)?)"
    r" ?(?P<zone>[Zz]|UTC|[+-]\d\d(?::?\d\d)?)",
    re.ASCII,
)


class Row(NamedTuple):
    """One row: its fields, or why it has none; `raw` is what to show of it if it is refused."""

    number: int
    fields: dict[str, object] | InvalidEvent
    raw: object


class Position:
    """How far the reading of a file is, in its bytes on disk."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done: Callable[[], int] = lambda: 0

    def finish(self) -> None:
        self.done = lambda: self.total


class Ignored:
    """Names of columns that are no event fields, a few of them remembered."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def note(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in FIELDS and len(self.names) < MOST_IGNORED_NAMES:
                self.names[name[:60]] = None


class EventFile(NamedTuple):
    """A file that was opened: its rows are read once, in order."""

    path: Path
    rows: Iterator[Row]
    position: Position
    ignored: Ignored


def broken(problem: str, cure: str) -> InvalidEvent:
    """A row that could not even be read as fields."""
    return InvalidEvent(problem, cure=cure)


def file_instant(written: object) -> object:
    """An instant in RFC 3339 where a file spells the same one otherwise; else as it is."""
    if not isinstance(written, str) or (written[10:11] == "T" and written.endswith("Z")):
        return written
    match = _INSTANT.fullmatch(written)
    if match is None:
        return written
    zone = match["zone"]
    if zone in {"UTC", "z", "Z"}:
        offset = "Z"
    else:
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return f"{match['day']}T{match['time']}{offset}"


def check_columns(path: Path, names: Sequence[str]) -> None:
    """Refuse a table in which no row could be an event, or a name would be ambiguous."""
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        found = ", ".join(name[:60] for name in names[:MOST_IGNORED_NAMES])
        raise UnreadableFile(
            f"{path} has no column {' and no column '.join(missing)}; it has: {found or 'none'}.",
            cure="Name the columns as the event's fields; in CSV on the first line, with commas.",
        )
    twice = [name for name, count in Counter(names).items() if count > 1 and name in FIELDS]
    if twice:
        raise UnreadableFile(
            f"{path} has more than one column {twice[0]}.", cure="Keep one column of each name."
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the libraries say of a broken file into a sentence that names it."""
    try:
        yield
    except FileNotFoundError:
        raise UnreadableFile(f"{path} does not exist.", cure="Check the path.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(
            f"{path} is cut off or damaged: {error}. Nothing of it was imported.",
            cure="Copy or make the file again.",
        ) from error
    except (pa.ArrowException, OSError) as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise UnreadableFile(
            f"{path} cannot be read: {reason}. Nothing of it was imported.",
            cure="Check that the file is complete, is what its name says, and may be read by us.",
        ) from error


@contextmanager
def opened(path: Path, position: Position) -> Iterator[IO[bytes]]:
    """The file's content, unpacked if it is a .gz; `position` follows the bytes on disk."""
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        position.done = file.tell
        stack.callback(position.finish)  # a closed file does not tell any more
        if path.suffix == ".gz":
            packed = stack.enter_context(gzip.GzipFile(fileobj=file))
            yield packed  # type: ignore[misc]  # a binary file in all but its declared type
        else:
            yield file


def content_digest(path: Path) -> str:
    """32 hexadecimal digits of the content, the same packed and unpacked."""
    digest = hashlib.blake2b(digest_size=16)
    with reading(path), opened(path, Position(0)) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
