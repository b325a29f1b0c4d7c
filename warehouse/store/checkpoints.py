"""Moving what was written from SQLite's log into its file, beside the writers.

By itself SQLite does this inside whichever commit finds the log long: once in some seventy looks at
a class that took 36 ms, for which somebody waited. A passive checkpoint waits for nobody, and a
commit waits for it only at the disk. Programs that are not servers leave it to their commits.
"""

from __future__ import annotations

import sqlite3
import threading

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

SECONDS_BETWEEN = 0.1  # the more at once, the longer a commit beside it waits for the disk
PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """A thread that does it every moment until closed; none for another database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        if engine.dialect.name == "sqlite":
            self._thread = threading.Thread(target=self._work, name="checkpoints", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop after the checkpoint at hand."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._closed.wait(SECONDS_BETWEEN):
            try:
                self._move()
            except (sqlite3.Error, SQLAlchemyError):
                continue  # nothing is lost in the log, and whoever writes is told of a broken disk

    def _move(self) -> None:
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute(PASSIVE).fetchone()
        finally:
            connection.close()
