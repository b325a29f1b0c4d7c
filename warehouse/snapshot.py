"""Snapshots on disk: where they lie, which one is current, how one becomes so, which ones stay.

A snapshot is one finished DuckDB file that nobody writes any more. `current.duckdb` is a link
swapped atomically; the last few stay, so that a reader who cannot open the newest has one to fall
back to.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uuid_utils

from warehouse.connections import peek
from warehouse.durable import make_directory, publish_file, sync_directory
from warehouse.errors import BuildFailed

KEPT = 3
CURRENT = "current.duckdb"


@dataclass(frozen=True)
class SnapshotInfo:
    """What a published snapshot says of itself."""

    snapshot_id: str
    as_of: datetime
    built_at: datetime
    rules_version: str
    event_count: int


class Snapshots:
    """The directory of published snapshots and of the one being made."""

    def __init__(self, directory: Path) -> None:
        self.root = directory
        self.work = directory / ".work"
        self.history = directory / "history"
        self._link = str(directory / CURRENT)
        self._seen: tuple[str, Path] | None = None

    def path(self, snapshot_id: str) -> Path:
        """Where a published snapshot lies."""
        return self.root / f"{snapshot_id}.duckdb"

    def history_of(self, snapshot_id: str) -> Path:
        """Where the history written by a full build lies."""
        return self.history / snapshot_id

    def current(self) -> Path | None:
        """The file that `current.duckdb` names, or None before the first publish."""
        try:
            target = os.readlink(self._link)  # noqa: PTH115  # each request asks
        except FileNotFoundError:
            return None
        if self._seen is None or self._seen[0] != target:
            self._seen = target, self.root / Path(target).name
        return self._seen[1]

    def newest_first(self) -> list[Path]:
        """Published files: the current one, then the others from new to old."""
        current = self.current()
        others = sorted(
            (p for p in self.root.glob("*.duckdb") if p.name != CURRENT and p != current),
            reverse=True,
        )
        return [current, *others] if current else others

    def publish(self, workspace: Path, snapshot_id: str) -> Path:
        """Make a closed workspace file durable, give it its name and make it current."""
        with workspace.open("rb") as file:
            os.fsync(file.fileno())
        target = self.path(snapshot_id)
        publish_file(workspace, target)
        link = self.work / f"{snapshot_id}.link"
        link.unlink(missing_ok=True)
        link.symlink_to(target.name)
        link.replace(self.root / CURRENT)
        sync_directory(self.root)
        return target

    def prune(self, coming: str) -> None:
        """Make room for one more file: remove all but the newest, and histories that none reads.

        The history of the coming snapshot stays: it is there before the file that reads it.
        """
        files = self.newest_first()
        kept, superfluous = files[: KEPT - 1], files[KEPT - 1 :]
        for path in superfluous:
            path.unlink(missing_ok=True)
        unused = {path.name for path in self.history.iterdir()} if self.history.is_dir() else set()
        unused.discard(coming)
        for path in kept:
            if not unused:
                break  # most often all read the same one
            unused -= histories(path)
        for name in unused:
            shutil.rmtree(self.history / name, ignore_errors=True)

    @contextmanager
    def building(self) -> Iterator[None]:
        """Hold the one place where a build may be; what a killed build left behind is removed.

        Raises:
            BuildFailed: another build is running.
        """
        make_directory(self.work)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BuildFailed(
                    "Another build is running.", cure="Wait for it to end, then start again."
                ) from error
            shutil.rmtree(self.work)
            make_directory(self.work)
            yield


def new_snapshot_id(now: datetime) -> str:
    """Ids sort by the time of their build."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{str(uuid_utils.uuid4())[:6]}"


def histories(snapshot: Path) -> set[str]:
    """The names of the history directories that a published file reads."""
    rows = peek(snapshot, "select distinct split_part(file, '/', 1) from source.history")
    return {row[0] for row in rows}


def built_at(snapshot: Path) -> datetime:
    """When a published file was built."""
    ((built,),) = peek(snapshot, "select built_at from meta.snapshot")
    return datetime.fromisoformat(str(built))
