"""Dashboards over HTTP, on a world kept by `benchmarks.builds --home DIR`.

`python -m benchmarks.dashboards --home DIR`. Classes of 40 and families of 3, each asked for the
first time since the snapshot and then again, beside a trivial route as a floor. One connection asks
after the other: what a person waits for.
"""

from __future__ import annotations

import argparse
import secrets
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.http import PORT, served, show
from benchmarks.load import Result, request, run
from benchmarks.world import CLASS_SIZE, FIRST_DAY
from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.settings import Settings, load_settings
from warehouse.store.database import open_store
from warehouse.tokens import Role, make_token

LAST_DAY = timedelta(days=22, hours=12)  # while most students of the world still learn


def main() -> None:
    """Build, serve, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=400, help="classes, and families")
    parser.add_argument("--wait", type=float, default=0, help="seconds for reading ahead")
    parser.add_argument("--no-build", action="store_true", help="the snapshot there is will do")
    given = parser.parse_args()
    secret = secrets.token_hex(32)
    settings = load_settings(home=given.home, jwt_secret=secret)
    asked = min(given.asked, given.students // CLASS_SIZE)
    with open_store(settings) as store:
        if not given.no_build:
            run_build(settings, store, now=FIRST_DAY + LAST_DAY, full=True)
    with served(given.home, secret):
        time.sleep(given.wait)
        measure(settings, asked)


def measure(settings: Settings, asked: int) -> None:
    """Each dashboard first and again, between two looks at the floor."""
    now = utc_now()
    tokens = {
        (role, n): make_token(settings, role, f"{role.value}-{n}", timedelta(hours=1), now=now)
        for role in (Role.PARENT, Role.EDUCATOR)
        for n in range(asked)
    }
    floor(asked)
    for role, what in ((Role.PARENT, "3 children"), (Role.EDUCATOR, "a class of 40")):
        prepared = [
            request("GET", f"/api/dashboard/{role.value}/{role.value}-{n}", tokens[role, n])
            for n in range(asked)
        ]
        show(f"{role.value}, {what}, first time", one_by_one(prepared))
        show(f"{role.value}, {what}, again", one_by_one(prepared))
    floor(asked)


def floor(asked: int) -> None:
    """What any answer costs here."""
    show("floor: /openapi.json", one_by_one([request("GET", "/openapi.json", "none")] * asked))
    show("floor: /health", one_by_one([request("GET", "/health", "none")] * asked))


def one_by_one(prepared: list[bytes]) -> Result:
    """Ask each once, one after the other."""
    return run(PORT, lambda: iter(prepared), connections=1, seconds=120)


if __name__ == "__main__":
    main()
