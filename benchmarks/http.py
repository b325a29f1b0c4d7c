"""The API over HTTP, on a world kept by `benchmarks.builds --home DIR`.

`python -m benchmarks.http --home DIR`
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.load import Result, request, run
from benchmarks.world import identity
from warehouse.clock import utc_now
from warehouse.settings import load_settings
from warehouse.tokens import Role, make_token

PORT = 8104


def main() -> None:
    """Published answers cold and hot, at full speed and half; tracking, single and in batches.

    Students read their own; of what an admin reads each answer waits for its row in the audit log.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--wait", type=float, default=0, help="seconds for reading ahead")
    given = parser.parse_args()
    secret = secrets.token_hex(32)
    settings = load_settings(home=given.home, jwt_secret=secret)
    now = utc_now()

    def token(role: Role, sub: str) -> str:
        return make_token(settings, role, sub, timedelta(hours=1), now=now)

    def own(number: int) -> bytes:
        return asked(number, token(Role.STUDENT, identity(f"student{number}")))

    admin, service = token(Role.ADMIN, "bench"), token(Role.SERVICE, "bench")
    order = random.Random(1).sample(range(given.students), given.students)
    mine = [own(number) for number in order[: given.students // 2]]
    with served(given.home, secret):
        time.sleep(given.wait)
        for name, cold in (
            ("published, every student for the first time", iter(mine)),
            (
                "the same of others, read by an admin",
                (asked(n, admin) for n in order[given.students // 2 :]),
            ),
        ):
            show(name, run(PORT, lambda: cold, connections=8, seconds=given.seconds))  # noqa: B023
        known = [own(number) for number in range(500)]
        hot = lambda: itertools.cycle(known)  # noqa: E731
        run(PORT, hot, connections=8, seconds=3)
        full = run(PORT, hot, connections=8, seconds=given.seconds)
        show("published, 500 students again and again", full)
        half = run(PORT, hot, connections=8, seconds=given.seconds, rate=full.per_second / 2)
        show("the same at half of that", half)
        show(
            "track, single events, 64 connections",
            run(PORT, lambda: singles(service), connections=64, seconds=given.seconds),
        )
        batches = run(PORT, lambda: many(service), connections=4, seconds=given.seconds)
        show("track, batches of 500", batches)
        print(f"  {batches.per_second * 500:.0f} events/s")


def asked(number: int, token: str) -> bytes:
    """One student's progress."""
    return request("GET", f"/api/progress/student/{identity(f'student{number}')}", token)


def singles(token: str) -> Iterator[bytes]:
    """Single events of many students."""
    for number in itertools.count():
        yield request("POST", "/api/progress/track", token, json.dumps(event(number)).encode())


def many(token: str) -> Iterator[bytes]:
    """Batches of 500 events; ids are given by the server, so that bodies may repeat."""
    bodies = [
        json.dumps({"events": [event(i * 500 + n) for n in range(500)]}).encode() for i in range(20)
    ]
    for body in itertools.cycle(bodies):
        yield request("POST", "/api/progress/track/batch", token, body)


def event(number: int) -> dict[str, object]:
    """An event as a client sends it."""
    return {
        "student_id": f"tracked-{number % 5000}",
        "concept_id": identity(f"concept{number % 500}"),
        "event_type": "attempted",
        "score": 0.75,
        "time_spent": 42,
    }


@contextmanager
def served(home: Path, secret: str) -> Iterator[None]:
    """The real API in its own process."""
    env = {**os.environ, "SPOOL_HOME": str(home), "JWT_SECRET": secret}
    command = [sys.executable, "-m", "api", "--port", str(PORT)]
    with (home / "api.log").open("a") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            wait_until_healthy()
            yield
        finally:
            server.terminate()
            server.wait(20)


def wait_until_healthy() -> None:
    """Until /health answers; at most half a minute."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the API did not start")


def show(name: str, result: Result) -> None:
    """Print rate, median, 99th percentile and statuses."""
    print(
        f"{name:44} {result.per_second:7.0f}/s  median {result.percentile(0.5):6.2f} ms"
        f"  p99 {result.percentile(0.99):6.2f} ms  {result.statuses}"
    )


if __name__ == "__main__":
    main()
