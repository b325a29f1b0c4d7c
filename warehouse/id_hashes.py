"""The hashes of a history's event ids, sorted in one file: is this id known, whoever's it is?

A file of plain 8-byte numbers, little end first, that is mapped and not read: an answer touches a
few dozen of its pages, where a scan would decode many thousand numbers for each id.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

NAME = "ids.u64"
NUMBER = np.dtype("<u8")
HASHES_AT_ONCE = 1_000_000


def write_hashes(con: duckdb.DuckDBPyConnection, events: str, file: Path) -> None:
    """Write the hashes of the ids of a relation of events, durably."""
    hashes = con.sql(f"select hash(event_id) as hashed from {events} order by hashed")
    with file.open("wb") as written:
        for batch in hashes.to_arrow_reader(HASHES_AT_ONCE):
            written.write(batch.column(0).to_numpy().astype(NUMBER, copy=False).tobytes())
        written.flush()
        os.fsync(written.fileno())


def held(file: Path, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether each of some hashes is in the file."""
    if not file.stat().st_size:
        return np.zeros(len(hashes), dtype=bool)
    known = np.memmap(file, dtype=NUMBER, mode="r")
    places = np.searchsorted(known, hashes)
    found: NDArray[np.bool_] = known[np.minimum(places, len(known) - 1)] == hashes
    return found
