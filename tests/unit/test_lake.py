"""The lake: files appear whole or not at all, and writing again changes nothing."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from tests.factories import received
from warehouse.errors import StoreUnavailable
from warehouse.events import LAKE_SCHEMA
from warehouse.lake import Lake, events_table, new_batch

NOW = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "lake")


def test_a_batch_is_named_by_the_day_it_was_made():
    assert new_batch(NOW).startswith("received_date=2026-03-04/")
    assert new_batch(NOW) != new_batch(NOW)


def test_what_was_written_is_read_again_in_order_of_student_and_time(lake):
    events = [
        received("ben", at="2026-03-01 10:00", score=0.5),
        received("ada", at="2026-03-02 10:00"),
        received("ada", "helped", None, at="2026-03-01 10:00"),
    ]
    batch = lake.new_batch(NOW)
    path = lake.write(batch, events)
    table = pq.read_table(path, partitioning=None)
    assert table.schema.equals(LAKE_SCHEMA)
    assert table.to_pylist() == [events[i]._asdict() for i in (2, 1, 0)]
    assert lake.files() == [f"{batch}.parquet"]
    assert lake.has(batch)


def test_writing_a_batch_again_leaves_one_file_with_the_same_content(lake):
    batch = lake.new_batch(NOW)
    first = lake.write(batch, [received()]).read_bytes()
    assert lake.write(batch, events_table([received()])).read_bytes() == first
    assert len(lake.files()) == 1
    assert list(lake.incoming.iterdir()) == []


@pytest.mark.parametrize("batch", ["../../x", "received_date=2026-03-04/../x", "/tmp/x", "x", ""])
def test_a_batch_name_cannot_leave_the_lake(lake, batch):
    with pytest.raises(ValueError, match="no batch name"):
        lake.path(batch)


def test_an_empty_lake_has_no_files(lake):
    assert lake.files() == []
    assert not lake.has(lake.new_batch(NOW))
    assert lake.clean() == 0


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_no_batch_and_says_so(lake, monkeypatch, failing):
    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    batch = lake.new_batch(NOW)
    lake.write(lake.new_batch(NOW), [])
    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(StoreUnavailable, match="No space left on device"):
        lake.write(batch, [received()])
    monkeypatch.undo()
    assert not lake.has(batch)
    assert list(lake.incoming.iterdir()) == []


def test_staged_files_land_together(lake):
    with lake.staging() as staging:
        staging.add(events_table([received("ada")]))
        staging.add(events_table([received("ben")]))
        assert lake.files() == []
        batches = staging.land(NOW)
    assert [f"{batch}.parquet" for batch in sorted(batches)] == lake.files()
    assert list(lake.incoming.iterdir()) == []


def test_staged_files_that_were_not_landed_vanish(lake):
    def failing() -> None:
        with lake.staging() as staging:
            staging.add(events_table([received()]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing()
    assert lake.files() == []
    assert list(lake.incoming.iterdir()) == []


def test_cleaning_takes_what_the_dead_left_and_not_what_the_living_hold(lake):
    with lake.staging() as staging:
        staging.add(events_table([received()]))
        dead = lake.incoming / "0190-dead"
        dead.mkdir()
        (dead / "lock").touch()
        (dead / "000000.parquet").write_bytes(b"half a file")
        (lake.incoming / "0191-dead.parquet").write_bytes(b"half a file")
        assert lake.clean() == 2
        assert list(lake.incoming.iterdir()) == [staging.directory]
        staging.land(NOW)
    assert len(lake.files()) == 1
