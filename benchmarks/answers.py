"""Answers in this process, on a world kept by `benchmarks.builds --home DIR`.

`python -m benchmarks.answers --home DIR`
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.main import prepare_process
from benchmarks.world import identity
from warehouse.events import parse_event, receive
from warehouse.reader import Reader
from warehouse.settings import load_settings
from warehouse.store.database import Store, open_store

ASKED = {
    "progress of a student": ("student_progress",),
    "streak": ("student_streak",),
    "points": ("student_points",),
    "badges": ("student_badges", "student_badge_progress"),
}


def main() -> None:
    """Time the first live answer for students with one new event each, and published ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=200, help="students asked for each figure")
    given = parser.parse_args()
    settings = load_settings(home=given.home)
    chosen = random.Random(7).sample(range(given.students), given.asked)
    students = [identity(f"student{number}") for number in chosen]
    with open_store(settings) as store:
        reader = Reader(settings, store)
        prepare_process()  # as a server does
        for name, queries in ASKED.items():
            show(f"published {name}", [timed(reader, s, queries) for s in students])
        send_one_each(store, students)
        for name, queries in ASKED.items():
            show(f"live {name}", [timed(reader, s, queries) for s in students])


def send_one_each(store: Store, students: Sequence[str]) -> None:
    """Put one new event of each student into the inbox."""
    now = datetime.now(UTC)
    events = [
        receive(
            parse_event(
                {"student_id": s, "concept_id": identity("concept1"), "event_type": "attempted"},
                now=now,
            ),
            received_at=now,
            actor="bench",
            source="bench",
            profile_zone=None,
            default_zone="UTC",
        )
        for s in students
    ]
    store.inbox.append([events])


def timed(reader: Reader, student_id: str, queries: Sequence[str]) -> float:
    """Milliseconds for one state of one student and the questions about it."""
    started = time.perf_counter()
    student = reader.student(student_id)
    student.ask_together(queries, limit=100, offset=0)
    return (time.perf_counter() - started) * 1e3


def show(name: str, milliseconds: Sequence[float]) -> None:
    """Print median and 99th percentile."""
    p99 = statistics.quantiles(milliseconds, n=100)[98]
    print(f"{name:32} median {statistics.median(milliseconds):6.1f} ms  p99 {p99:6.1f} ms")


if __name__ == "__main__":
    main()
