"""The worker of exports: what it leaves behind when it ends well, is killed, or comes too late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reports.exporting.worker import Worker
from reports.press import Press
from tests.api_school import ADA, CURRICULUM, NOW, settings_of
from tests.factories import received
from warehouse.build import run_build
from warehouse.clock import Clock, utc_now
from warehouse.lake import Lake, new_batch
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.store.database import Store, open_store
from warehouse.store.exports import SILENT, Export, Wanted


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


def test_what_has_expired_is_gone_with_its_file(tmp_path, press):
    with home(tmp_path) as (settings, store, reader):
        job = store.exports.add(wanted_of(["ada"], "json"))
        Worker(reader, press).drain()
        assert files(settings) == [f"{job.export_id}.ndjson"]
    with open_store(settings, clock=lambda: utc_now() + timedelta(hours=25)) as store:
        later = Reader(settings, store)
        assert store.exports.one(job.export_id) is None
        Worker(later, press).drain()
        assert files(settings) == []
        later.close()


def test_a_killed_worker_loses_nothing_and_the_next_goes_on(tmp_path, press):
    ids = [f"student-{n:02}" for n in range(7)]
    with home(tmp_path) as (settings, store, _reader):
        job = store.exports.add(wanted_of(ids, "pdf"))
        process = subprocess.Popen(
            [sys.executable, "-m", "reports.exporting"],
            env={**os.environ, "SPOOL_HOME": str(settings.home), "DATABASE_URL": ""},
            start_new_session=True,
        )
        until(lambda: known(store, job.export_id).done >= 2)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed = known(store, job.export_id)
        made = {p: p.stat().st_mtime_ns for p in parts_of(settings, job.export_id)}
    with open_store(settings, clock=lambda: utc_now() + 2 * SILENT) as store:
        reader = Reader(settings, store)
        assert Worker(reader, press).drain() == 1
        finished = known(store, job.export_id)
        reader.close()

    assert killed.state == "running"
    assert 2 <= len(made) < len(ids)
    assert (finished.state, finished.done, finished.attempts) == ("done", len(ids), 2)
    bundle = zipfile.ZipFile(settings.exports_dir / f"{job.export_id}.zip")
    assert bundle.testzip() is None
    assert len(bundle.namelist()) == 1 + len(ids)
    assert files(settings) == [f"{job.export_id}.zip"]


def test_a_job_that_ends_every_worker_fails_at_last(tmp_path, press):
    with home(tmp_path) as (settings, store, _reader):
        job = store.exports.add(wanted_of(["ada"], "json"))
        assert store.exports.take("w0") is not None
        assert store.exports.take("w1") is None
    for n in range(1, 6):
        later = utc_now() + n * 2 * SILENT
        with open_store(settings, clock=standing_still(later)) as store:
            reader = Reader(settings, store)
            if n < 5:
                assert store.exports.take(f"w{n}") is not None
            else:
                Worker(reader, press).drain()
            failed = known(store, job.export_id)
            reader.close()
    assert failed.state == "failed"
    assert failed.problem == "It was begun 5 times and never ended."


def test_who_was_silent_for_too_long_writes_nothing_any_more(tmp_path):
    with home(tmp_path) as (settings, store, _reader):
        job = store.exports.add(wanted_of(["ada"], "json"))
        store.exports.take("slow")
    with open_store(settings, clock=lambda: utc_now() + 2 * SILENT) as store:
        store.exports.take("fast")
        assert not store.exports.report(job.export_id, "slow", 1)
        assert not store.exports.finish(job.export_id, "slow", 1)
        assert store.exports.report(job.export_id, "fast", 1)


def standing_still(at: datetime) -> Clock:
    return lambda: at


def known(store: Store, export_id: str) -> Export:
    job = store.exports.one(export_id)
    assert job is not None
    return job


def wanted_of(ids: list[str], form: str) -> Wanted:
    return Wanted(
        "head", "admin", form, "en", foresees=False, first_day=None, end_day=None,
        student_ids=tuple(ids),
    )  # fmt: skip


@contextmanager
def home(path: Path) -> Iterator[tuple[Settings, Store, Reader]]:
    """A published school with students who all learned what Ada did."""
    settings = settings_of(path)
    with open_store(settings) as store:
        store.curriculum.merge(CURRICULUM)
        events = [
            received(f"student-{n:02}", e.event_type, e.concept_id, e.occurred_at, score=e.score)
            for n in range(7)
            for e in ADA
            if e.concept_id
        ]
        Lake(settings.lake_dir).write(new_batch(NOW), events)
        run_build(settings, store, now=NOW)
        reader = Reader(settings, store)
        yield settings, store, reader
        reader.close()


def files(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.exports_dir.glob("*"))


def parts_of(settings: Settings, export_id: str) -> list[Path]:
    return sorted((settings.exports_dir / export_id).glob("*/[0-9]*"))


def until(condition: Any, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)
