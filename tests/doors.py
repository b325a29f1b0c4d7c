"""The door for files: one home, files made for the test, and what came of importing them."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Clock
from warehouse.errors import UnreadableFile
from warehouse.importer import ImportReport, import_events
from warehouse.lake import Lake
from warehouse.settings import Settings
from warehouse.store.database import Store

HEADER = "event_id,student_id,concept_id,event_type,score,time_spent,occurred_at\n"
GOOD = "e1,ada,fractions,attempted,0.5,30,2026-03-04T10:00:00Z\n"
EVENT = {
    "event_id": "e1", "student_id": "ada", "concept_id": "fractions", "event_type": "attempted",
    "score": 0.5, "time_spent": 30, "occurred_at": "2026-03-04T10:00:00Z",
}  # fmt: skip


class Door:
    """One home into which files are imported."""

    def __init__(self, settings: Settings, store: Store, directory: Path, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.directory = directory
        self.clock = clock
        self.lake = Lake(settings.lake_dir)

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def table(self, name: str, /, **columns: Any) -> Path:
        path = self.directory / name
        pq.write_table(pa.table(columns), path)
        return path

    def bring(self, path: Path, **more: Any) -> ImportReport:
        return import_events(self.settings, self.store, path, clock=self.clock, **more)

    def refuse(self, path: Path) -> str:
        """Import a file that cannot be read; nothing of it may land."""
        before = self.lake.files()
        with pytest.raises(UnreadableFile) as refused:
            self.bring(path)
        assert self.lake.files() == before
        assert not list(self.lake.incoming.glob("*"))
        assert not list(path.parent.glob("*rejects*"))
        assert str(path) in refused.value.detail
        assert refused.value.cure
        return str(refused.value)

    def landed(self) -> list[dict[str, Any]]:
        files = [self.lake.root / name for name in self.lake.files()]
        tables = [pq.read_table(file, partitioning=None) for file in files]
        rows = [row for table in tables for row in table.to_pylist()]
        return sorted(rows, key=lambda row: row["event_id"])


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.accepted, report.duplicates, report.rejected


def rejects(report: ImportReport) -> list[dict[str, str]]:
    assert report.rejects_path
    with report.rejects_path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def the_same_event_in(door: Door, form: str) -> Path:
    at = datetime(2026, 3, 4, 10, tzinfo=UTC)
    if form == "parquet":
        return door.table("a.parquet", **{k: [v] for k, v in (EVENT | {"occurred_at": at}).items()})
    if form == "csv.gz":
        return door.file("a.csv.gz", gzip.compress((HEADER + GOOD).encode()))
    if form == "csv":
        return door.file("a.csv", "\ufeff" + (HEADER + GOOD).replace("\n", "\r\n"))
    return door.file(f"a.{form}", json.dumps(EVENT) + "\n\n")
