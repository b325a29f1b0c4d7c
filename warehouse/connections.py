"""How DuckDB is opened: one way to build, one way to read.

A DuckDB file is opened under the name it was published with, never through the `current` link: one
process gets the same old instance for the same path, whatever the file has become since.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

ROW_GROUP_ROWS = 8_192  # one student's rows lie in one group: what else is in it is read in vain
BUILD_MEMORY_SHARE = 0.25
BUILD_MEMORY_CAP_MB = 5_000


def open_workspace(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a private file for writing, with bounded memory and time in UTC."""
    con = duckdb.connect(":memory:", config={"memory_limit": f"{_build_memory_mb()}MB"})
    # A build that dies is begun again, never recovered: a log of it would be written for nothing.
    options = f"row_group_size {ROW_GROUP_ROWS}, recovery_mode no_wal_writes"
    con.execute(f"attach {quoted(path)} as workspace ({options})")
    con.execute("set enable_progress_bar = false")  # it would be drawn into the logs of processes
    con.execute("set preserve_insertion_order = false")
    con.execute("set checkpoint_threshold = '1TB'")
    return _in_workspace(con)


def beside(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A second connection to an open workspace, for another thread; it sees no temporary tables."""
    return _in_workspace(con.cursor())


def _in_workspace(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    con.execute("use workspace")
    con.execute("set TimeZone = 'UTC'")
    # Few students are looked for by id while row groups are read; of a thousand, to compare each
    # with each group takes longer than to read the group's ids.
    con.execute("set dynamic_or_filter_threshold = 500")
    return con


def open_snapshot(path: Path, readable: Iterable[Path]) -> duckdb.DuckDBPyConnection:
    """Open a published file for reading; beside it only the directories `readable` can be read."""
    return locked(duckdb.connect(str(path), read_only=True), readable)


@contextmanager
def peeking(path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Ask a finished file questions, beside whoever else in this process has it open."""
    with duckdb.connect(":memory:") as con:
        con.execute(f"attach {quoted(path)} as peeked (read_only)")
        con.execute("use peeked")
        yield lambda sql: con.execute(sql).fetchall()


def peek(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask a finished file one question; opening it costs far more (50 to 90 ms) than the answer."""
    with peeking(path) as ask:
        return ask(sql)


def quoted(path: Path) -> str:
    """A path as a SQL text literal."""
    return quoted_text(str(path))


def quoted_text(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def locked(con: duckdb.DuckDBPyConnection, readable: Iterable[Path]) -> duckdb.DuckDBPyConnection:
    """Close a connection to everything outside but the directories `readable`, for good."""
    closed = con.execute("select current_setting('lock_configuration')").fetchone()
    if closed == (True,):
        # The same file is open in this process already, as when a reader falls back to it.
        return con
    allowed = ", ".join(quoted(p.resolve()) for p in readable)
    con.execute("set global TimeZone = 'UTC'")
    # Questions are small: each runs in the thread that asks, and waits for no other.
    con.execute("set threads = 1")
    con.execute("set parquet_metadata_cache = true")
    # A class is asked about by its students: so many ids still skip the row groups without them.
    con.execute("set dynamic_or_filter_threshold = 500")
    con.execute(f"set allowed_directories = [{allowed}]")
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return con


def _build_memory_mb() -> int:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return max(500, min(BUILD_MEMORY_CAP_MB, int(total * BUILD_MEMORY_SHARE)))
