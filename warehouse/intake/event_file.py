"""Opening a file of events by what its name says it is."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from warehouse.errors import UnreadableFile
from warehouse.intake.csv_rows import csv_rows
from warehouse.intake.ndjson_rows import ndjson_rows
from warehouse.intake.parquet_rows import parquet_rows
from warehouse.intake.rows import EventFile, Ignored, Position, Row, opened, reading

_TextRows = Callable[[IO[bytes], Path, Ignored], Iterator[Row]]
TEXT_FORMATS: dict[str, _TextRows] = {
    ".csv": csv_rows,
    ".csv.gz": csv_rows,
    ".ndjson": ndjson_rows,
    ".ndjson.gz": ndjson_rows,
    ".jsonl": ndjson_rows,
}


@contextmanager
def open_event_file(path: Path) -> Iterator[EventFile]:
    """The file's rows; any trouble of reading it, whenever it shows, is an UnreadableFile."""
    with reading(path):
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableFile(f"{path} is no file.", cure="Name a file of events.")
    position, ignored = Position(size), Ignored()
    with closing(_rows(path, position, ignored)) as rows:
        yield EventFile(path, rows, position, ignored)


def _rows(path: Path, position: Position, ignored: Ignored) -> Generator[Row]:
    with reading(path):
        if path.suffix == ".parquet":
            yield from parquet_rows(path, ignored, position)
            return
        text_rows = _text_format(path)
        with opened(path, position) as file:
            yield from text_rows(file, path, ignored)


def _text_format(path: Path) -> _TextRows:
    for ending, text_rows in TEXT_FORMATS.items():
        if path.name.endswith(ending):
            return text_rows
    raise UnreadableFile(
        f"{path} has no ending that we know.",
        cure="Name it .parquet, .csv, .csv.gz or .ndjson, whichever it is.",
    )
