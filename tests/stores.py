"""Stores for tests: SQLite in the test's home, and PostgreSQL from a server of our own.

The server is started once a session from its binaries, on a socket in a temporary directory; it
refuses to run as root, so root lends it another user. Durability is off: its power is never cut.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import Clock
from warehouse.settings import Settings, load_settings
from warehouse.store.database import Store, open_store

SUPERUSER = "spool"
START_SECONDS = 60
_DATABASES = count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """The directory of the socket of a running server."""
    # Not in pytest's directories: those are closed to the user that the server runs as.
    directory = Path(tempfile.mkdtemp(prefix="spool-pg-", dir="/tmp"))
    try:
        with _running_server(directory):
            yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """Settings with an empty store of each kind."""
    if request.param == "sqlite":
        yield settings
        return
    with new_database(request.getfixturevalue("postgresql_server")) as url:
        yield load_settings(home=settings.home, database_url=url)


@pytest.fixture
def store(store_settings: Settings, clock: Clock) -> Iterator[Store]:
    """An open store, once on SQLite and once on PostgreSQL."""
    with open_store(store_settings, clock=clock) as store:
        yield store


@contextmanager
def new_database(server: Path) -> Iterator[str]:
    """The address of an empty database of its own."""
    name = f"test_{next(_DATABASES)}"
    with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    yield f"postgresql://{SUPERUSER}@/{name}?host={server}"
    with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@contextmanager
def _running_server(directory: Path) -> Iterator[None]:
    binaries, user = _binaries(), _server_user()
    data = directory / "data"
    if user:
        shutil.chown(directory, user["user"], user["group"])
    subprocess.run(
        [binaries / "initdb", "--pgdata", data, "--username", SUPERUSER, "--auth", "trust",
         "--encoding", "UTF8", "--locale", "C", "--no-sync"],
        check=True, capture_output=True, cwd=directory, **user,
    )  # fmt: skip
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", directory, "-c", "listen_addresses=",
             "-c", "fsync=off", "-c", "max_connections=200"],
            stdout=log, stderr=log, cwd=directory, **user,
        )  # fmt: skip
    try:
        _wait_for(server, directory)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: sessions are ended
        server.wait(timeout=30)


def _wait_for(server: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_dsn(directory, "postgres")).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(directory / 'log').read_text()}")
            time.sleep(0.05)
        else:
            return


def _binaries() -> Path:
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not versions:
        pytest.fail("PostgreSQL's server is missing; `make test` installs Debian's postgresql.")
    return versions[-1].parent


def _server_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _dsn(server: Path, database: str) -> str:
    return f"host={server} user={SUPERUSER} dbname={database}"
