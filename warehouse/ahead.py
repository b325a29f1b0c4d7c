"""Reading ahead: the pages of a new snapshot, brought into memory while nobody waits for them.

One thread with long pauses, so that requests keep the processor; it also opens a new snapshot
before the first request does. Like every reader of pages it keeps to their bound of bytes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import duckdb

from warehouse.errors import SpoolError
from warehouse.reader import Reader

REST = 3  # times as long as a page took: a quarter of one core at the most
IDLE_SECONDS = 1.0


class ReadAhead:
    """Reads pages of these queries ahead until closed, the first query's before the next one's."""

    def __init__(self, reader: Reader, query_names: Sequence[str]) -> None:
        self._reader, self._query_names = reader, query_names
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._read, name="read-ahead", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop after the page at hand."""
        self._closed.set()
        self._thread.join()

    def _read(self) -> None:
        pause = 0.0
        while not self._closed.wait(pause):
            started = time.perf_counter()
            try:
                found = self._reader.read_ahead(self._query_names)
            except (SpoolError, duckdb.Error):
                found = False  # whoever asks for it is told why; here there is time to try again
            pause = REST * (time.perf_counter() - started) if found else IDLE_SECONDS
