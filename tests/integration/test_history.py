"""A history beside the snapshots: whose id is known, and what stands without its hashes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.builds import Home, home
from tests.factories import instant, received
from tests.oracle.world import World
from warehouse import history, id_hashes
from warehouse.build import Build
from warehouse.build_report import BuildRequest

NOW = instant("2024-03-13 12:00")
SOON = NOW + timedelta(minutes=1)
MATHS = World({"fractions": "maths", "decimals": "maths"})
STUDENTS = ("ada", "bob", "cem", "dan", "eve")


@contextmanager
def school(*, hashes: bool) -> Iterator[Home]:
    """Five students with an event each in the history of a published snapshot."""
    with home(MATHS) as built:
        built.land([received(student) for student in STUDENTS])
        built.build(NOW)
        if not hashes:  # as an older version left it
            (file,) = built.settings.snapshots_dir.glob(f"history/*/{id_hashes.NAME}")
            file.unlink()
        yield built


@pytest.mark.parametrize("hashes", [True, False])
def test_an_id_of_somebody_else_counts_for_nobody_again(*, hashes: bool):
    with school(hashes=hashes) as built:
        first = received("ada")
        built.send([received("bob", "attempted")._replace(event_id=first.event_id)])
        with built.reading(SOON) as reader:
            (live,) = reader.student("bob").ask("student_progress", limit=9, offset=0)
        built.build(SOON)
        with built.reading(SOON) as reader:
            (published,) = reader.student("bob").ask("student_progress", limit=9, offset=0)
        assert live == published


@pytest.mark.parametrize("hashes", [True, False])
def test_new_ids_are_new_and_repeated_ones_are_not(*, hashes: bool):
    with school(hashes=hashes) as built:
        built.send([received("ada"), received("ada", "attempted", at="2024-03-05 10:00")])
        report = built.build(SOON)
        assert report.why_full == ""
        assert report.new_events == 1


def test_a_full_build_writes_a_history_anew_that_has_no_hashes():
    with school(hashes=False) as built:
        built.build(SOON, full=True)
        assert len(list(built.settings.snapshots_dir.glob(f"history/*/{id_hashes.NAME}"))) == 1


@pytest.mark.parametrize("steps", [("fill", "index"), ("index", "fill")])
def test_a_history_written_before_the_tables_stays(steps: tuple[str, str]):
    """Dagster may take either of the two first."""
    with home(MATHS) as built:
        built.land([received("ada")])
        build = Build(built.settings, built.store, BuildRequest(NOW, full=True))
        with build.running():
            build.land()
            build.gather()
            for step in steps:
                getattr(build, step)()
            build.publish()
        with built.reading(NOW) as reader:
            events = reader.student("ada").ask("why_points")  # each beside its ledger row
            assert {row["event_type"] for row in events} == {"started"}


def test_parts_hold_every_event_once_in_order_of_students(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(history, "EVENTS_PER_PART", 1)
    monkeypatch.setattr(history, "PARTS_AT_ONCE", 2)
    with school(hashes=True) as built:
        files = sorted(built.settings.snapshots_dir.glob("history/*/part-*.parquet"))
        assert len(files) == len(STUDENTS)
        with built.reading(NOW) as reader:
            for student in STUDENTS:
                assert len(reader.student(student).ask("student_progress", limit=9, offset=0)) == 1
        built.send([received(s, "attempted", at="2024-03-06 10:00") for s in STUDENTS])
        with built.reading(SOON) as reader:
            for student in STUDENTS:
                asked = reader.student(student)
                assert asked.meta.live
                assert len(asked.ask("student_progress", limit=9, offset=0)) == 1


@pytest.mark.parametrize("statistics", [True, False])
def test_one_students_events_are_found_in_every_row_group_that_holds_some(
    *, statistics: bool, tmp_path: Path
):
    students = ["ada", "bob", "bob", "bob", "bob", "cem"]
    rows = pa.table({"event_id": ["1", "2", "3", "4", "5", "6"], "student_id": students})
    part = tmp_path / "part.parquet"
    pq.write_table(rows, part, row_group_size=2, write_statistics=statistics)
    for student in ("ada", "bob", "cem", "aaa", "bo", "zoe"):
        found = history.events_of(part, student, ["student_id", "event_id"])
        expected = [number for number, who in enumerate(students, 1) if who == student]
        assert found.column("event_id").to_pylist() == [str(number) for number in expected]
