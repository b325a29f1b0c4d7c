"""The lake: acknowledged events as Parquet files, one per batch, never changed.

A file appears complete and durable, or not at all. Which events go into a batch and which of them
count (duplicates) is decided elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
import uuid_utils

from warehouse.durable import make_directory, publish_file, sync_directory
from warehouse.errors import StoreUnavailable
from warehouse.events import LAKE_SCHEMA, ReceivedEvent

BATCH_PATTERN = re.compile(r"received_date=[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9-]{1,64}")
ROW_GROUP_ROWS = 32_768  # small enough that a range of students reads little more than its own
SORT_ORDER = [("student_id", "ascending"), ("occurred_at", "ascending"), ("event_id", "ascending")]
# Ids are nearly all different: a dictionary of them would only make the file larger.
REPEATING_COLUMNS = [
    name for name in LAKE_SCHEMA.names if name not in {"event_id", "fingerprint", "occurred_at"}
]


def new_batch(now: datetime) -> str:
    """A fresh batch name; it is also the path in the lake, without the ending."""
    return f"received_date={now.astimezone(UTC):%Y-%m-%d}/{uuid_utils.uuid7()}"


def events_table(events: Sequence[ReceivedEvent]) -> pa.Table:
    """Events as an Arrow table with the columns of the lake."""
    if not events:
        return LAKE_SCHEMA.empty_table()
    columns = zip(*events, strict=True)
    arrays = [
        pa.array(values, type=field.type)
        for values, field in zip(columns, LAKE_SCHEMA, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=LAKE_SCHEMA)


class Lake:
    """The events' Parquet files under one directory."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "events"
        self.incoming = directory / ".incoming"

    def path(self, batch: str) -> Path:
        """Where a batch lies, or would lie."""
        if not BATCH_PATTERN.fullmatch(batch):
            raise ValueError(f"{batch!r} is no batch name; take one from new_batch()")
        return self.root / f"{batch}.parquet"

    def new_batch(self, now: datetime) -> str:
        return new_batch(now)

    def has(self, batch: str) -> bool:
        return self.path(batch).is_file()

    def files(self) -> list[str]:
        """Every landed file, relative to `root`, sorted."""
        found = self.root.glob("received_date=*/*.parquet")
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def write(self, batch: str, events: Sequence[ReceivedEvent] | pa.Table) -> Path:
        """Land a batch durably; writing the same batch again replaces it by the same content."""
        target = self.path(batch)
        aside = self.incoming / f"{uuid_utils.uuid7()}.parquet"
        with self.made_durable(), _locked(aside) as file:
            write_durably(file, events)
            publish_file(aside, target)
        return target

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """A place for files that land together or not at all; leaving without `land` drops them."""
        directory = self.incoming / str(uuid_utils.uuid7())
        try:
            with self.made_durable():
                make_directory(directory)
            with _locked(directory / "lock"):
                yield Staging(self, directory)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    @contextmanager
    def made_durable(self) -> Iterator[None]:
        """Say in our words that the disk failed; whoever waits must not take it for done."""
        try:
            make_directory(self.incoming)
            yield
        except OSError as error:
            raise StoreUnavailable(
                f"The lake {self.root} cannot be written: {error.strerror or error}.",
                cure="Check that the disk has room and that this user may write there.",
            ) from error

    def clean(self) -> int:
        """Remove what writers that died left aside; the work of living ones is locked."""
        if not self.incoming.is_dir():
            return 0
        return sum(_removed_if_abandoned(path) for path in sorted(self.incoming.iterdir()))


class Staging:
    """Files written aside, in order, to be landed by one call."""

    def __init__(self, lake: Lake, directory: Path) -> None:
        self._lake = lake
        self.directory = directory
        self.files: list[Path] = []

    def add(self, events: pa.Table) -> None:
        path = self.directory / f"{len(self.files):06}.parquet"
        with self._lake.made_durable(), path.open("xb") as file:
            write_durably(file, events)
        self.files.append(path)

    def land(self, now: datetime) -> list[str]:
        """Give every file its place in the lake; returns the batches."""
        batches = [self._lake.new_batch(now) for _ in self.files]
        with self._lake.made_durable():
            for path, batch in zip(self.files, batches, strict=True):
                publish_file(path, self._lake.path(batch))
        return batches


def write_durably(file: IO[bytes], events: Sequence[ReceivedEvent] | pa.Table) -> None:
    """Write sorted Parquet and fsync through the descriptor that wrote it."""
    table = events.cast(LAKE_SCHEMA) if isinstance(events, pa.Table) else events_table(events)
    pq.write_table(
        table.sort_by(SORT_ORDER),
        file,
        compression="zstd",
        row_group_size=ROW_GROUP_ROWS,
        use_dictionary=REPEATING_COLUMNS,
    )
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """A new file held by a lock for as long as its writer lives, which `clean` respects."""
    with path.open("xb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
        finally:
            path.unlink(missing_ok=True)


def _removed_if_abandoned(path: Path) -> bool:
    held = path / "lock" if path.is_dir() else path
    try:
        with held.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        pass  # its writer died before it made the lock, or has just finished
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    sync_directory(path.parent)
    return True
