"""Makes the exports that wait, one after the other, in a process of its own.

It may be killed at any moment. What it has finished stays: the part of each student is a file that
was written aside and renamed, and whoever takes the job over makes only those that are missing. A
new snapshot in between would mix two states, so parts are kept by the version of their figures.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import uuid_utils

from reports.exporting import bundling
from reports.exporting.bundling import Form, Part
from reports.press import Press
from reports.views.cover import Cover
from reports.views.reading import Group
from warehouse.durable import make_directory, publish_file, write_file
from warehouse.errors import SpoolError
from warehouse.metrics import load_metrics
from warehouse.reader import Reader
from warehouse.store.exports import ATTEMPTS_MAX, Export

_logger = logging.getLogger(__name__)


class Lost(Exception):
    """The job was cancelled or taken over meanwhile."""


class Worker:
    """Takes jobs from the store and leaves files in the home."""

    def __init__(self, reader: Reader, press: Press) -> None:
        self.name = f"{os.getpid()}-{uuid_utils.uuid4()}"
        self._reader, self._press = reader, press
        self._store, self._home = reader.store, reader.settings.exports_dir
        self._metrics = load_metrics(reader.catalog)

    def drain(self) -> int:
        """Do what there is to do and clear away what is over; says how many jobs were taken."""
        self.clear()
        taken = 0
        while job := self._store.exports.take(self.name):
            taken += 1
            self._do(job)
        return taken

    def clear(self) -> None:
        """Remove expired jobs, and files that belong to none."""
        self._store.exports.remove_expired()
        if not self._home.exists():
            return
        kept = self._store.exports.with_files()
        for path in self._home.iterdir():
            if path.name.partition(".")[0] not in kept:
                _remove(path)

    def _do(self, job: Export) -> None:
        try:
            _check_attempts(job)
            size = self._make(job)
            self._store.exports.finish(job.export_id, self.name, size)
        except Lost:
            _remove(self._home / job.export_id)
        except Exception as error:  # whatever it is, the next job must not wait for this one
            _logger.exception("The export %s failed.", job.export_id)
            said = error.detail if isinstance(error, SpoolError) else "The cause has been logged."
            self._store.exports.fail(job.export_id, self.name, said)
            _remove(self._home / job.export_id)

    def _make(self, job: Export) -> int:
        group = bundling.group_of(self._reader, self._metrics, job.wanted)
        directory = self._home / job.export_id / group.version
        make_directory(directory)
        parts = list(self._parts(job, group, directory))
        target = file_of(self._home, job)
        aside = target.with_suffix(".new")
        with aside.open("wb") as file:
            bundling.write(file, _form(job), parts, self._cover(job, parts))
            file.flush()
            os.fsync(file.fileno())
        if not self._store.exports.report(job.export_id, self.name, job.total):
            aside.unlink()
            raise Lost
        publish_file(aside, target)
        _remove(self._home / job.export_id)
        return target.stat().st_size

    def _parts(self, job: Export, group: Group, directory: Path) -> Iterator[Part]:
        """Each student's part as a file; at most a few are being made at a time."""
        waiting: deque[tuple[str, Path, Future[bytes] | None]] = deque()
        done = 0

        def next_part() -> Part:
            nonlocal done
            student_id, file, made = waiting.popleft()
            if made is not None:
                write_file(file, made.result())
            done += 1
            if not self._store.exports.report(job.export_id, self.name, done):
                raise Lost
            return Part(student_id, group.names.get(student_id), file)

        for place, student_id in enumerate(job.wanted.student_ids):
            file = directory / f"{place:06}"
            made = None
            if not file.exists():
                made = bundling.begun(_form(job), group.makers[student_id](), self._press)
            waiting.append((student_id, file, made))
            if len(waiting) > bundling.AHEAD:
                yield next_part()
        while waiting:
            yield next_part()

    def _cover(self, job: Export, parts: list[Part]) -> bytes:
        if job.wanted.form != "pdf":
            return b""
        info = self._reader.snapshot_info()
        wanted = job.wanted
        return self._press.pdf(
            Cover(
                wanted.language,
                wanted.first_day,
                wanted.end_day,
                info.as_of if info else None,
                bundling.listed(parts),
            )
        )


def file_of(home: Path, job: Export) -> Path:
    """Where the finished file of a job lies."""
    return home / f"{job.export_id}.{bundling.ENDINGS[job.wanted.form]}"


def _check_attempts(job: Export) -> None:
    """A job that ends every process that takes it must not be taken for ever."""
    if job.attempts > ATTEMPTS_MAX:
        raise SpoolError(f"It was begun {ATTEMPTS_MAX} times and never ended.")


def _form(job: Export) -> Form:
    form: Form = job.wanted.form  # type: ignore[assignment]  # the API takes no other
    return form


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()
