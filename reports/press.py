"""Documents set in processes of their own, so that who asks for one slows nobody who does not.

To set a student's report takes most of a second of work, in which this process would answer nobody.
A process of the press starts with the first document, or before it, and stays warm: fonts and style
are read.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeVar

from reports.cleaning import printable
from reports.views.cover import Cover
from reports.views.school_class import ClassReport
from reports.views.student import StudentReport
from reports.views.weekly import WeeklySummary
from warehouse.errors import SpoolError

if TYPE_CHECKING:
    from reports.figures.drawing import Figures

Made = TypeVar("Made")
Printed = StudentReport | ClassReport | WeeklySummary | Cover
SECONDS_MAX = 120
NICE = 5
ORPHAN_SECONDS = 2


class DocumentFailed(SpoolError):
    """A document could not be set in time, or its process ended."""

    title = "The document could not be made"


class Press:
    """Sets documents; threads may share it."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def pdf(self, view: Printed) -> bytes:
        """A report as PDF.

        Raises:
            DocumentFailed: not in time, or twice the process ended meanwhile.
        """
        return self._made(_set, view)

    def figures(self, view: StudentReport | ClassReport | WeeklySummary) -> Figures:
        """The figures of a report, drawn for a page.

        Raises:
            DocumentFailed: as for a document.
        """
        return self._made(_draw, view)

    def _made(self, make: Callable[[Printed], Made], view: Printed) -> Made:
        for _ in range(2):
            pool = self._started()
            try:
                return pool.submit(make, view).result(SECONDS_MAX)
            except BrokenProcessPool:
                self._let_go(pool)
            except TimeoutError as error:
                self._let_go(pool)
                raise _failed() from error
        raise _failed()

    def soon(self, view: Printed) -> Future[bytes]:
        """The same, to be waited for."""
        return self._started().submit(_set, view)

    def get_ready(self) -> None:
        """Start a process now, so that the first who asks need not wait seconds for it."""
        self._started().submit(_nothing)

    def close(self) -> None:
        """End the processes, whatever they are at."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            _end(pool)

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self._processes,
                    # a fork would copy the locks of threads that do not exist in it
                    multiprocessing.get_context("spawn"),
                    initializer=_warm,
                    initargs=(os.getpid(),),
                )
            return self._pool

    def _let_go(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        _end(pool)


def _failed() -> DocumentFailed:
    return DocumentFailed("The document could not be made.", cure="Ask for it again.")


def _end(pool: ProcessPoolExecutor) -> None:
    processes = list((pool._processes or {}).values())  # noqa: SLF001  # it offers no way to end them
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(ORPHAN_SECONDS)


def _warm(parent: int) -> None:
    os.nice(NICE)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    from reports import documents

    documents.typesetter()
    # A document makes circles by the thousand and dies soon: a fifth of its time went into looking
    # for them while it is made.
    gc.collect()
    gc.freeze()
    gc.disable()


def _end_with(parent: int) -> None:
    """A process whose parent was killed would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)


def _nothing() -> None:
    """Work for a process that is only to be there."""


def _set(view: Printed) -> bytes:
    from reports import documents

    made = documents.typesetter().pdf(documents.html_of(view))
    gc.collect()
    return made


def _draw(view: Printed) -> Figures:
    from reports import documents

    return documents.figures_of(printable(view))
