"""Pages over HTTP: how long each takes once warm, and how many bytes it and its files are.

`python -m benchmarks.pages [--students 120] [--requests 200]` invents a school, builds, serves, and
asks for each page of each role over one connection, as a browser does; then for some pages again
while the reports of the whole school are exported as PDFs beside it.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx

from benchmarks.http import PORT, served
from pipelines.sample.load import load_sample
from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.settings import Settings, load_settings
from warehouse.store.database import open_store
from warehouse.tokens import Role, make_token

DAYS = 120
WARM_REQUESTS = 5
STUDENT, CLASS = "/student/s0001", "/educator/teacher-0001/class/class-01"
PAGES = {
    ("student", "s0001"): [
        STUDENT,
        *(
            f"{STUDENT}/{rest}"
            for rest in ("path", "badges", "points", "report", "goals", "leaderboard")
        ),
        "/notifications",
        "/preferences",
    ],
    ("parent", "parent-0001"): ["/parent/parent-0001", f"{STUDENT}/privacy"],
    ("educator", "teacher-0001"): [
        CLASS,
        f"{CLASS}/concepts",
        f"{CLASS}/roster",
        f"{CLASS}/report",
    ],
    ("admin", "admin-0001"): [
        "/admin/admin-0001",
        "/admin/admin-0001/people",
        "/admin/admin-0001/audit",
    ],
}


def main() -> None:
    """Invent, build, serve, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=120)
    parser.add_argument("--requests", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spool-bench-") as home:
        secret = secrets.token_hex(32)
        settings = load_settings(home=Path(home), jwt_secret=secret)
        with open_store(settings) as store:
            now = utc_now()
            load_sample(settings, store, students=given.students, days=DAYS, seed=7, until=now)
            run_build(settings, store, now=now)
        os.environ["RATE_LIMITS"] = "off"  # one person alone asks more here than a class
        with served(Path(home), secret):
            measure(settings, given.requests)
            beside_an_export(settings, given.students, given.requests)


def measure(settings: Settings, requests: int) -> None:
    """Each page, then the files that pages load."""
    files: set[str] = set()
    print(f"{'page':46} median    p99     HTML packed")
    for (role, person), paths in PAGES.items():
        token = make_token(settings, Role(role), person, timedelta(hours=1), now=utc_now())
        with httpx.Client(
            base_url=f"http://127.0.0.1:{PORT}", cookies={"spool_session": token}, timeout=60
        ) as client:
            for path in paths:
                text = one(client, path, requests)
                files |= set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    sizes(sorted(files))


def beside_an_export(settings: Settings, students: int, requests: int) -> None:
    """Pages while the worker makes everybody's PDF, in turns with the same pages in peace."""
    token = make_token(settings, Role.STUDENT, "s0001", timedelta(hours=1), now=utc_now())
    admin = make_token(settings, Role.ADMIN, "admin-0001", timedelta(hours=1), now=utc_now())
    body = {
        "student_ids": [f"s{number:04}" for number in range(1, students + 1)],
        "date_range": {"start": "2026-01-01", "end": str(utc_now().date())},
        "format": "pdf",
    }
    base = f"http://127.0.0.1:{PORT}"
    with (
        httpx.Client(base_url=base, cookies={"spool_session": token}, timeout=60) as student,
        httpx.Client(base_url=base, headers={"Authorization": f"Bearer {admin}"}) as head,
    ):
        print("in peace")
        one(student, STUDENT, requests)
        one(student, f"{STUDENT}/points", requests)
        job = head.post("/api/analytics/export", json=body).raise_for_status().headers["location"]
        while head.get(job).json()["done"] < 2:  # its processes take seconds to start
            time.sleep(0.1)
        print("beside an export")
        one(student, STUDENT, requests)
        one(student, f"{STUDENT}/points", requests)
        state = head.get(job).json()
        print(f"the export: {state['state']}, {state['done']} of {state['total']}")
        head.delete(job)


def one(client: httpx.Client, path: str, requests: int) -> str:
    """Ask for a page until it is warm, then again and again."""
    for _ in range(WARM_REQUESTS):
        text = client.get(path).raise_for_status().text
    took = []
    for _ in range(requests):
        started = time.perf_counter()
        client.get(path)
        took.append(1000 * (time.perf_counter() - started))
    body = text.encode()
    packed = len(gzip.compress(body, 5))
    print(
        f"{path:46} {statistics.median(took):5.1f} ms {p99(took):5.1f} ms"
        f" {len(body) / 1000:6.1f} kB {packed / 1000:5.1f} kB"
    )
    return text


def p99(values: Sequence[float]) -> float:
    return sorted(values)[max(0, int(0.99 * len(values)) - 1)]


def sizes(files: Sequence[str]) -> None:
    """What a browser loads once and keeps."""
    scripts = 0
    for address in files:
        answer = httpx.get(f"http://127.0.0.1:{PORT}{address}", headers={"Accept-Encoding": "gzip"})
        size = int(answer.headers["content-length"])
        scripts += size * (".js" in address)
        print(f"{address.partition('?')[0]:46} {size / 1000:29.1f} kB as sent")
    print(f"{'scripts together':46} {scripts / 1000:29.1f} kB as sent")


if __name__ == "__main__":
    main()
