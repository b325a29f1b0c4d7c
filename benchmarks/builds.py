"""Full and incremental builds against the floor of one scan: `python -m benchmarks.builds`."""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.world import FIRST_DAY, identity, write_curriculum, write_lake, write_people
from warehouse.build import run_build
from warehouse.build_report import BuildReport
from warehouse.events import parse_event, receive
from warehouse.settings import Settings, load_settings
from warehouse.store.database import Store, open_store

NEW_EVENTS = 10_000
NEW_SENDERS = (1_000, 1_000, 10_000)
FLOOR = """create or replace temp table floor as
select student_id, concept_id, count(*), max(score), sum(time_spent)
from read_parquet({files}) group by all"""


def main() -> None:
    """Measure in one run, print figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=200, help="per student")
    parser.add_argument("--home", type=Path, help="keep the world here for the other benchmarks")
    given = parser.parse_args()
    home = given.home or Path(tempfile.mkdtemp(prefix="spool-bench-"))
    settings = load_settings(home=home)
    with open_store(settings) as store:
        if not settings.lake_dir.exists():
            print("generate", f"{timed(lambda: generate(settings, store, given)):.1f} s")
        measure(settings, store, given)
    if given.home is None:
        shutil.rmtree(home)


def generate(settings: Settings, store: Store, given: argparse.Namespace) -> None:
    """Make the world."""
    write_lake(settings, students=given.students, events_per_student=given.events)
    write_curriculum(store)
    write_people(store, given.students)


def measure(settings: Settings, store: Store, given: argparse.Namespace) -> None:
    """Floor, full build, floor again, incremental builds."""
    files = [str(path) for path in (settings.lake_dir / "events").glob("*/*.parquet")]
    used = cpu_seconds()
    floors = [timed(lambda: floor(files))]
    print(f"floor cpu {cpu_seconds() - used:.1f} s")
    now = FIRST_DAY + timedelta(days=200)
    first = run_build(settings, store, now=now, full=True)
    report("full, the first, which writes the history too", first)
    floors.append(timed(lambda: floor(files)))
    used = cpu_seconds()
    full = run_build(settings, store, now=now + timedelta(seconds=1), full=True)
    report("full", full)
    print(f"full cpu {cpu_seconds() - used:.1f} s")
    floors.append(timed(lambda: floor(files)))
    print(f"peak memory {memory_gb():.2f} GB")
    full_seconds, least = sum(full.seconds.values()), statistics.median(floors)
    print("floor " + ", ".join(f"{seconds:.2f}" for seconds in floors) + " s")
    print(f"full / floor {full_seconds / least:.1f}")
    told = sum(run.seconds for name, run in full.tables.items() if is_told(name))
    print(f"notifications and leaderboards / floor {told / least:.1f} ({told:.2f} s)")
    print(f"full with history / floor {sum(first.seconds.values()) / least:.1f}")
    size = settings.snapshots_dir.joinpath("current.duckdb").stat().st_size
    print(f"snapshot {size / 1e6:.0f} MB")
    for step, senders in enumerate(NEW_SENDERS, 1):
        send_new(store, now + timedelta(minutes=step), given.students, senders)
        used = cpu_seconds()
        part = run_build(settings, store, now=now + timedelta(minutes=step, seconds=30))
        report(f"incremental, {NEW_EVENTS} events of {senders} students", part)
        print(f"incremental / full {sum(part.seconds.values()) / full_seconds:.3f}")
        print(f"incremental cpu {cpu_seconds() - used:.1f} s")


def is_told(table: str) -> bool:
    """Whether a table is there for notifications or leaderboards only."""
    return table.startswith("notifications.") or table in {
        "gamification.leaderboard",
        "gamification.level_ups",
    }


def floor(files: list[str]) -> None:
    """The least that any build must do: read the files once and group by student and concept."""
    with duckdb.connect() as con:
        con.execute(FLOOR.format(files=files))


def send_new(store: Store, at: datetime, students: int, senders: int) -> None:
    """Put new events of some of the students into the inbox, as the API does."""
    each = NEW_EVENTS // senders
    events = [
        receive(
            parse_event(
                {
                    "student_id": identity(f"student{(s * 97) % students}"),
                    "concept_id": identity(f"concept{(s + n) % 500}"),
                    "event_type": ("started", "attempted", "completed", "mastered")[n % 4],
                    "score": 0.5 if n % 4 else None,
                    "time_spent": 30,
                    "occurred_at": at.isoformat(),
                },
                now=at,
            ),
            received_at=at,
            actor="bench",
            source="bench",
            profile_zone=None,
            default_zone="UTC",
        )
        for s in range(senders)
        for n in range(each)
    ]
    store.inbox.append([events[i : i + 500] for i in range(0, len(events), 500)])


def report(name: str, build: BuildReport) -> None:
    """Print what a build took, step by step and table by table."""
    steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in build.seconds.items())
    print(
        f"{name}: {sum(build.seconds.values()):.2f} s ({steps}); why full: {build.why_full or '-'};"
    )
    print(f"  {build.event_count} events, {build.touched_students} touched students")
    slowest = sorted(build.tables.items(), key=lambda item: -item[1].seconds)
    for table, run in slowest[:30]:
        print(f"  {run.seconds:7.2f} s {run.row_count:>10} {table}")


def cpu_seconds() -> float:
    """Processor seconds of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory_gb() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
