"""What docs/insights.md claims: false statements where nothing is true, power where something is.

`python -m benchmarks.insights --students 400`. Simulated students only (`tests/simulated.py`).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import polars as pl

from models.insights.finding import LEVEL
from models.insights.search import find
from tests.simulated import TODAY, Truth, student

NOTHING = Truth()
LONG = replace(NOTHING, tries_a_session=22)
QUIET = {
    "26 weeks": NOTHING,
    "long sessions": LONG,
    "restless weeks": replace(NOTHING, wobble=0.4),
    "longer sessions in good moods": replace(LONG, keen=0.5),
    "longer sessions in bad moods": replace(LONG, keen=-0.5),
    "sessions end after two wrong in a row": replace(LONG, despair=2),
    "sessions end after four wrong in a row": replace(LONG, despair=4),
    "left alone once right": replace(NOTHING, enough=1),
    "left alone after three right": replace(NOTHING, enough=3),
    "long sessions of restless weeks": replace(LONG, wobble=0.4),
}
PLANTED = {
    "evenings 10 points better": (replace(NOTHING, evening=0.10), "time_of_day"),
    "evenings 15 points better": (replace(NOTHING, evening=0.15), "time_of_day"),
    "10 points worse after 30 minutes": (replace(LONG, late=0.10), "session_length"),
    "15 points worse after 30 minutes": (replace(LONG, late=0.15), "session_length"),
    "the same, left alone after three right": (
        replace(LONG, late=0.15, enough=3),
        "session_length",
    ),
    "a subject 20 points better for 4 weeks": (replace(NOTHING, recent=0.20), "subject_trend"),
    "the same with long sessions": (replace(LONG, recent=0.20), "subject_trend"),
    "20 points worse after 3 breaks": (replace(NOTHING, after_break=0.20), "comeback"),
    "30 points worse after 3 breaks": (replace(NOTHING, after_break=0.30), "comeback"),
    "learning within concepts": (replace(NOTHING, learning=0.5), "perseverance"),
    "learning, left alone after three right": (
        replace(NOTHING, learning=0.5, enough=3),
        "perseverance",
    ),
    "4 days in every week": (replace(NOTHING, steady=True), "steady_pace"),
    "concepts 25 points better when spaced": (replace(NOTHING, spaced=0.25), "spacing"),
}


def main() -> None:
    """Tell how often each kind is found where it is true, and anything where nothing is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=400)
    students = parser.parse_args().students
    print(f"{students} students of whom nothing is true; promised: at most {LEVEL:.0%}")
    for name, truth in QUIET.items():
        kinds, told = _told(truth, students)
        print(f"  {name}: {told / students:.1%} are told anything {dict(kinds)}", flush=True)
    planted = max(1, students // 4)
    print(f"{planted} students each of whom one thing is true")
    for name, (truth, kind) in PLANTED.items():
        kinds, _ = _told(truth, planted)
        print(f"  {name}: {kind} found in {kinds[kind] / planted:.0%}", flush=True)
    _pace()


def _told(truth: Truth, students: int) -> tuple[Counter[str], int]:
    """How many students are told each kind, and how many are told anything."""
    kinds: Counter[str] = Counter()
    told = 0
    for seed in range(students):
        found = {finding.look.kind for finding in find(*student(truth, seed), TODAY)}
        kinds.update(found)
        told += bool(found)
    return kinds, told


def _pace() -> None:
    """Processor time of one student's insights, by tries."""
    for weeks, tries in ((8, 8), (26, 14), (52, 22)):
        learning, usual = student(replace(NOTHING, weeks=weeks, tries_a_session=tries), 1)
        recent = learning.filter(pl.col("local_date") > TODAY - timedelta(days=365))
        started, rounds = time.process_time(), 10
        for _ in range(rounds):
            find(learning, usual, TODAY)
        spent = 1000 * (time.process_time() - started) / rounds
        print(f"  {recent.height} tries: {spent:.0f} ms of one processor")


if __name__ == "__main__":
    main()
