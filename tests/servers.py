"""Real servers for whole suites: Redis, started from its binary, and PostgreSQL (`stores.py`).

Tests of the API run over files alone, and a selection again over both servers; `make test-servers`
(SPOOL_SERVERS=1) and `make test-deep` run all of them twice.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.stores import new_database

START_SECONDS = 30
ALL_ON_SERVERS = bool(os.environ.get("SPOOL_SERVERS") or os.environ.get("SPOOL_DEEP"))
ON_SERVERS_ALWAYS = ("test_api_tracking", "test_api_reading", "test_api_permissions")


class RedisServer:
    """One server, without persistence: what it forgets when killed is part of the test."""

    def __init__(self, directory: Path) -> None:
        self._socket = directory / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{self._socket}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        binary = shutil.which("redis-server")
        if binary is None:
            pytest.fail("redis-server is missing; `make test` installs Debian's redis-server.")
        self._process = subprocess.Popen(
            [
                binary,
                "--port",
                "0",
                "--unixsocket",
                self._socket,
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            stdout=subprocess.DEVNULL,
            cwd=self._socket.parent,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended"
            assert time.monotonic() < deadline, "redis-server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """As by a power cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def backings(module: str) -> list[str]:
    """Over what the tests of a module run."""
    twice = ALL_ON_SERVERS or module.rpartition(".")[2] in ON_SERVERS_ALWAYS
    return ["files", "servers"] if twice else ["files"]


@contextmanager
def addresses(request: pytest.FixtureRequest, backing: str) -> Iterator[dict[str, str]]:
    """The settings that put a home on these servers; none for files."""
    if backing == "files":
        yield {}
        return
    redis_url = request.getfixturevalue("redis_server").url
    with new_database(request.getfixturevalue("postgresql_server")) as database_url:
        yield {"database_url": database_url, "redis_url": redis_url}


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A running Redis."""
    directory = Path(tempfile.mkdtemp(prefix="spool-redis-", dir="/tmp"))
    server = RedisServer(directory)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(directory, ignore_errors=True)
