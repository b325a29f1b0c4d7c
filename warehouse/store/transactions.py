"""Transactions of the store: reads see one moment, writes are durable when the block has ended.

SQLite's driver would begin transactions late and read-only ones as writers; we begin them
ourselves, a write at once as a writer so that two processes queue instead of failing half-way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    String,
    any_,
    bindparam,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from warehouse.errors import StoreUnavailable

_WRITES = "spool_writes"
IDS_A_QUERY = 10_000  # SQLite takes 32,766 parameters a statement
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout = 15000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an acknowledged event survives a power cut
    "PRAGMA secure_delete = ON",  # an erased student's rows are overwritten, not just unlinked
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 20000",  # pages; a server has `Checkpoints` long before
)


def batched(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Parts of a list that fit into one statement's parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def among(column: Column[str], values: str, engine: Engine) -> ColumnElement[bool]:
    """Whether a column is one of the texts of the list parameter `values`.

    A list is one parameter here, so a statement is compiled once, whatever the list's length.
    """
    if engine.dialect.name == "postgresql":
        return column == any_(bindparam(values, type_=ARRAY(String)))
    listed = func.json_each(bindparam(values, type_=JSON)).table_valued("value")
    return column.in_(select(listed.c.value))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the store."""
    with _failures(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One short write transaction; committed and fsynced when the block ends without error."""
    with (
        _failures(engine),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def _failures(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        # After a failed fsync the kernel may have dropped pages that this descriptor wrote:
        # nothing that was open then is used again.
        engine.dispose()
        cause = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        raise StoreUnavailable(
            f"The store ({engine.url.render_as_string(hide_password=True)}) failed: {cause}.",
            cure="Check that it runs, is reachable and has free disk space; then try again.",
        ) from error


POSTGRESQL_SETTINGS = {
    "TimeZone": "UTC",
    "lock_timeout": "15s",
    # A plan kept from when the inbox was empty scans all of it for each event once it is full.
    "plan_cache_mode": "force_custom_plan",
}


def prepare_sqlite(engine: Engine) -> None:
    """Durability settings for every connection, and transactions that begin when we say."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def prepare_postgresql(engine: Engine) -> None:
    """Settings for every connection; a server set to acknowledge early is told to wait for us."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for name, value in POSTGRESQL_SETTINGS.items():
            cursor.execute("select set_config(%s, %s, false)", (name, value))
        cursor.execute(
            "select set_config('synchronous_commit', 'on', false)"
            " where current_setting('synchronous_commit') = 'off'"
        )
        cursor.close()
        connection.commit()
