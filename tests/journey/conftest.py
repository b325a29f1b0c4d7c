"""Real programs for journeys: the server and the build as processes with a home of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import httpx
import pytest

from warehouse.settings import Settings
from warehouse.tokens import Role, make_token

ROOT = Path(__file__).parents[2]
SPOOL = Path(sys.executable).with_name("spool")
START_SECONDS = 60


class Programs:
    """Starts our programs as a user would, in one home; what still runs at the end is killed."""

    def __init__(self, settings: Settings) -> None:
        assert settings.jwt_secret is not None
        self.settings = settings
        # Elsewhere than the project, so that no developer's .env is read.
        self._directory = settings.home.parent
        self._environment = os.environ | {
            "SPOOL_HOME": str(settings.home),
            "JWT_SECRET": settings.jwt_secret.get_secret_value(),
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": settings.redis_url or "",
        }
        self._started: list[subprocess.Popen[str]] = []

    def set(self, **variables: str) -> None:
        """Set variables of the environment for the programs started from now on."""
        self._environment |= variables

    def start(
        self, *command: str | Path, talks: bool = False, log: IO[str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a program; one that talks reads what we write to its input.

        What it prints is for us to read, else goes into `log`: a pipe that nobody reads fills up
        and then stops whoever writes to it.
        """
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=self._directory,
            env=self._environment,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(process)
        return process

    def run(self, *command: str | Path) -> str:
        """What the program printed; it has to succeed."""
        process = self.start(*command)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        return output

    def token(self, role: Role, sub: str) -> str:
        day = timedelta(days=1)
        return make_token(self.settings, role, sub, day, now=datetime.now(UTC))

    def close(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


class Server:
    """The API as a process of its own, which may be killed and started again."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._process: subprocess.Popen[str] | None = None
        self.log = programs.settings.home.parent / "server.log"
        self.port = str(free_port())
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it can take events."""
        self._begin()
        deadline = time.monotonic() + START_SECONDS
        while not self._takes_events():
            assert self._runs(), self.log.read_text()
            assert time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.05)

    def client(self, role: Role, sub: str) -> httpx.Client:
        bearer = f"Bearer {self._programs.token(role, sub)}"
        return httpx.Client(base_url=self.url, headers={"Authorization": bearer}, timeout=30)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _begin(self) -> None:
        with self.log.open("a") as log:
            self._process = self._programs.start(SPOOL, "serve", "--port", self.port, log=log)

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(timeout=30)
            self._process = None

    def _takes_events(self) -> bool:
        # 503 is an answer too: before the first build there is nothing to show.
        # To read certificates for each question would take longer than the answer.
        try:
            answer = httpx.get(f"{self.url}/health", timeout=5, verify=False)
            return bool(answer.json()["store"] == "ok")
        except httpx.TransportError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def programs(settings: Settings) -> Iterator[Programs]:
    started = Programs(settings)
    yield started
    started.close()
