"""Full and incremental builds against the floor of one scan: `python -m benchmarks.builds`.

Each in a process of its own, as Dagster runs them: what one leaves in memory would slow the next.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
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


@dataclass(frozen=True)
class Built:
    """A build, the processor seconds of all its threads and the most memory that it held, in GB."""

    report: BuildReport
    cpu_seconds: float
    memory_gb: float

    @property
    def seconds(self) -> float:
        """All steps together, by the clock; the start of the process is left out."""
        return sum(self.report.seconds.values())


def measure(settings: Settings, store: Store, given: argparse.Namespace) -> None:
    """Floor, full build, floor again, incremental builds."""
    files = [str(path) for path in (settings.lake_dir / "events").glob("*/*.parquet")]
    used = cpu_seconds()
    floors = [timed(lambda: floor(files))]
    print(f"floor cpu {cpu_seconds() - used:.1f} s")
    now = FIRST_DAY + timedelta(days=200)
    first = build(settings, now, full=True)
    tell("full, the first, which writes the history too", first)
    floors.append(timed(lambda: floor(files)))
    full = build(settings, now + timedelta(seconds=1), full=True)
    tell("full", full)
    floors.append(timed(lambda: floor(files)))
    least = statistics.median(floors)
    print("floor " + ", ".join(f"{seconds:.2f}" for seconds in floors) + " s")
    print(f"full / floor {full.seconds / least:.1f}")
    told = sum(run.seconds for name, run in full.report.tables.items() if is_told(name))
    print(f"notifications and leaderboards / floor {told / least:.1f} ({told:.2f} s)")
    print(f"full with history / floor {first.seconds / least:.1f}")
    size = settings.snapshots_dir.joinpath("current.duckdb").stat().st_size
    print(f"snapshot {size / 1e6:.0f} MB")
    for step, senders in enumerate(NEW_SENDERS, 1):
        send_new(store, now + timedelta(minutes=step), given.students, senders, others=step)
        part = build(settings, now + timedelta(minutes=step, seconds=30))
        tell(f"incremental, {NEW_EVENTS} events of {senders} students", part)
        print(
            f"incremental / full {part.seconds / full.seconds:.3f} by the clock,"
            f" {part.cpu_seconds / full.cpu_seconds:.3f} by processor seconds"
        )


def build(settings: Settings, now: datetime, *, full: bool = False) -> Built:
    """Make and publish a snapshot in a process that does nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_build, settings, now, full=full).result()


def _build(settings: Settings, now: datetime, *, full: bool) -> Built:
    with open_store(settings) as store:
        used = cpu_seconds()
        report = run_build(settings, store, now=now, full=full)
    return Built(report, cpu_seconds() - used, memory_gb())


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


def send_new(store: Store, at: datetime, students: int, senders: int, *, others: int) -> None:
    """Put new events of some of the students into the inbox, as the API does.

    Another number of `others` means other students: rows of those who came just before lie apart
    from the rest already, and are quicker to replace.
    """
    each = NEW_EVENTS // senders
    events = [
        receive(
            parse_event(
                {
                    "student_id": identity(f"student{(s * 97 + others) % students}"),
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


def tell(name: str, built: Built) -> None:
    """Print what a build took, step by step and table by table."""
    report = built.report
    steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in report.seconds.items())
    print(f"{name}: {built.seconds:.2f} s ({steps}); why full: {report.why_full or '-'};")
    print(f"  {built.cpu_seconds:.1f} processor seconds, {built.memory_gb:.2f} GB at most")
    print(f"  {report.event_count} events, {report.touched_students} touched students")
    slowest = sorted(report.tables.items(), key=lambda item: -item[1].seconds)
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
