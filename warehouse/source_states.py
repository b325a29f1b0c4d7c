"""What the store told each build of people, plans and curriculum, kept so that it can be repeated.

The store changes in place and forgets what it said before. Each build that is told something new
keeps it as a directory `sources/<instant>-<hash>/` of one Parquet file for each relation; a build
of the past reads the newest that is not younger. See docs/decisions/0004.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.durable import make_directory, sync_directory

Tables = Mapping[str, pa.Table]
INSTANT = "%Y%m%dT%H%M%S%f"
DIGEST_LENGTH = 16


class SourceStates:
    """The states below a directory, each named by the build that was told it first."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def note(self, tables: Tables, now: datetime) -> bool:
        """Keep what a build was told, unless the state before it says the same; durable."""
        digest = _digest(tables)
        before = self._newest(now)
        if before is not None and before.name.endswith(digest):
            return False
        make_directory(self.root)
        aside = self.root / f".{digest}.incoming"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for name, table in tables.items():
            file = aside / f"{name}.parquet"
            pq.write_table(table, file, compression="zstd")
            with file.open("rb") as written:
                os.fsync(written.fileno())
        sync_directory(aside)
        target = self.root / f"{now.astimezone(UTC).strftime(INSTANT)}-{digest}"
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(target)
        sync_directory(self.root)
        return True

    def at(self, instant: datetime) -> dict[str, pa.Table] | None:
        """What a build at an instant was told; None when nothing so old is kept."""
        held = self._newest(instant)
        if held is None:
            return None
        return {file.stem: pq.read_table(file) for file in sorted(held.glob("*.parquet"))}

    def _newest(self, instant: datetime) -> Path | None:
        if not self.root.is_dir():
            return None
        last = instant.astimezone(UTC).strftime(INSTANT)
        names = [
            path
            for path in self.root.iterdir()
            if not path.name.startswith(".") and path.name.partition("-")[0] <= last
        ]
        return max(names, default=None)


def _digest(tables: Tables) -> str:
    digest = hashlib.sha256()
    for name in sorted(tables):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, tables[name].schema) as stream:
            stream.write_table(tables[name].combine_chunks())
        digest.update(name.encode() + b"\0" + sink.getvalue().to_pybytes())
    return digest.hexdigest()[:DIGEST_LENGTH]
