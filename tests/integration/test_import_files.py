"""Files as people and tools make them: what is understood, and what is refused in which words."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from tests.doors import EVENT, GOOD, HEADER, counts, rejects, the_same_event_in


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-04T10:00:00Z", "2026-03-04 10:00:00+00", "2026-03-04 10:00:00+00:00",
        "2026-03-04 10:00:00.000 UTC", "2026-03-04T11:00:00.000000+0100", "2026-03-04 10:00:00Z",
    ],
)  # fmt: skip
def test_instants_may_be_spelled_as_databases_spell_them(door, written):
    door.bring(door.file("a.csv", HEADER + GOOD.replace("2026-03-04T10:00:00Z", written)))
    assert door.landed()[0]["occurred_at"] == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_what_common_tools_write_is_understood(door):
    at = pa.array([datetime(2026, 3, 4, 10, tzinfo=UTC)], pa.timestamp("us", "Europe/Berlin"))
    table = pa.table({k: [v] for k, v in EVENT.items()} | {"occurred_at": at, "item_id": [None]})
    pa_csv.write_csv(table, door.directory / "arrow.csv")
    with duckdb.connect() as con:
        con.register("events", table)
        con.execute("set TimeZone = 'America/New_York'")
        for name in ("duck.csv", "duck.ndjson", "duck.parquet"):
            form = "json" if name.endswith("ndjson") else name.partition(".")[2]
            con.execute(f"copy events to '{door.directory / name}' (format {form})")
    names = ("arrow.csv", "duck.csv", "duck.ndjson", "duck.parquet")
    found = [counts(door.bring(door.directory / name)) for name in names]
    assert found == [(1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 1, 0)]


def test_typed_columns_of_parquet_are_read_as_what_they_say(door):
    path = door.table(
        "a.parquet",
        student_id=pa.array(["ada", "ben"]).dictionary_encode(),
        concept_id=pa.array(["f", "f"], pa.large_string()),
        event_type=["attempted", "attempted"],
        score=pa.array([Decimal("0.25"), None], pa.decimal128(5, 2)),
        time_spent=pa.array([7, 8], pa.uint16()),
        occurred_at=pa.array([1_772_618_400_000_000_999, None], pa.timestamp("ns", "UTC")),
        event_id=["e1", "e2"],
        teacher=["t", "t"],
    )
    report = door.bring(path)
    assert counts(report) == (2, 0, 0)
    assert report.notices == ("Ignored, as they are no event fields: teacher.",)
    ada, ben = door.landed()
    assert (ada["score"], ada["time_spent"]) == (0.25, 7)
    assert ada["occurred_at"] == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert ben["occurred_at"] == door.clock.now


@pytest.mark.parametrize(
    ("column", "values", "field"),
    [
        ("occurred_at", pa.array([0], pa.timestamp("us")), "occurred_at"),
        ("occurred_at", pa.array([2**62], pa.timestamp("ms", "UTC")), "occurred_at"),
        ("occurred_at", pa.array([1_772_618_400]), "occurred_at"),
        ("student_id", pa.array([5]), "student_id"),
        ("student_id", pa.array([b"\xff"], pa.binary()), "student_id"),
        ("score", pa.array([True]), "score"),
        ("score", pa.array([float("nan")]), "score"),
        ("item_id", pa.array([["a"]]), "item_id"),
    ],
)
def test_a_wrong_type_in_parquet_is_refused_row_by_row(door, column, values, field):
    columns = {"student_id": ["ada"], "concept_id": ["f"], "event_type": ["attempted"]}
    report = door.bring(door.table("a.parquet", **(columns | {column: values})))
    assert counts(report) == (0, 0, 1)
    assert rejects(report)[0]["field"] == field


def test_broken_lines_of_csv_are_named_and_the_others_land(door):
    lines = [
        GOOD.encode(),
        b"e2,ada,fractions\n",
        b"e3,ada,fractions,attempted,,,,,,\n",
        b"e4,ada,\xe9,attempted,,,\n",
        b"e5,ad\x00a,fractions,attempted,,,\n",
        b'e6,ada,"fractions,attempted,,,\n',
        b'e7,ada,"frac"tions,attempted,,,\n',
        b"\n",
        b"e8,ada,fractions,attempted,1_0,,\n",
        b"e9,ada,fractions,attempted,nan,,\n",
        b"e10,ada,fractions,attempted,,,2026-03-04T10:00:00\n",
        GOOD.replace("e1", "e11").encode(),
    ]
    report = door.bring(door.file("a.csv", HEADER.encode() + b"".join(lines)))
    assert counts(report) == (2, 0, 8)
    found = [(r["row"], r["field"]) for r in rejects(report)]
    assert found == [
        ("3", ""), ("4", ""), ("5", ""), ("6", "student_id"), ("7", ""), ("10", "score"),
        ("11", "score"), ("12", "occurred_at"),
    ]  # fmt: skip
    problems = " ".join(reject["problem"] for reject in rejects(report))
    assert "3 values for 7 columns" in problems
    assert "not UTF-8" in problems


def test_a_quote_that_is_never_closed_costs_its_line_and_not_the_file(door):
    opened = 'e0,ada,"fractions,attempted,,,\n'
    many = "".join(GOOD.replace("e1", f"e{n}") for n in range(1, 5_000))
    report = door.bring(door.file("a.csv", HEADER + opened + many))
    assert report.accepted > 2_000
    assert report.rejected == 1
    assert "CSV" in rejects(report)[0]["problem"]


def test_a_line_without_end_does_not_fill_the_memory(door):
    huge = "x" * (3 << 20)
    path = door.file("a.ndjson", f'{json.dumps(EVENT)}\n{{"student_id": "{huge}"}}\n')
    report = door.bring(path)
    assert counts(report) == (1, 0, 1)
    assert "longer than" in rejects(report)[0]["problem"]
    report = door.bring(door.file("a.csv", f"{HEADER}{huge}\n{GOOD}"))
    assert counts(report) == (0, 1, 1)
    assert rejects(report)[0]["row"] == "2"


def test_broken_lines_of_ndjson_are_named_and_the_others_land(door):
    lines = [
        json.dumps(EVENT),
        "{not json",
        "[1]",
        "[" * 100_000,
        '{"student_id": "ada", "student_id": "ben"}',
        '{"student_id": "ada", "concept_id": "f", "event_type": "attempted", "score": NaN}',
        json.dumps(EVENT | {"event_id": "e2", "score": "0.5"}),
        '{"score": 1' + "0" * 5_000 + "}",
        json.dumps(EVENT | {"event_id": "e3", "colour": "red", "item_id": None}),
    ]
    path = door.file("a.ndjson", "\n".join(lines).encode() + b'\n{"student_id": "\xe9"}\n')
    report = door.bring(path)
    assert counts(report) == (2, 0, 8)
    assert [reject["row"] for reject in rejects(report)] == [
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "10",
    ]
    assert report.notices == ("Ignored, as they are no event fields: colour.",)


def test_files_that_cannot_be_read_leave_nothing(door):
    rows = "".join(GOOD.replace("e1", f"e{n}") for n in range(50_000))
    packed = gzip.compress((HEADER + rows).encode())
    good = the_same_event_in(door, "parquet").read_bytes()
    assert "cut off" in door.refuse(door.file("cut.csv.gz", packed[: len(packed) // 2]))
    assert "damaged" in door.refuse(door.file("bad.csv.gz", packed[:-8] + b"12345678"))
    door.refuse(door.file("text.csv.gz", "not packed"))
    door.refuse(door.file("cut.parquet", good[: len(good) // 2]))
    door.refuse(door.file("text.parquet", "student_id"))
    door.refuse(door.file("empty.parquet", ""))
    door.refuse(door.file("empty.csv", ""))
    door.refuse(door.file("notes.csv", "What I did today\n"))
    door.refuse(door.file("semicolons.csv", HEADER.replace(",", ";")))
    door.refuse(door.file("twice.csv", "student_id,event_type,student_id\n"))
    door.refuse(door.table("other.parquet", name=["ada"]))
    assert "UTF-16" in door.refuse(door.file("excel.csv", HEADER.encode("utf-16")))
    assert "ending" in door.refuse(door.file("events.xlsx", "x"))
    assert "does not exist" in door.refuse(door.directory / "nowhere.csv")
    (door.directory / "directory.csv").mkdir()
    assert "no file" in door.refuse(door.directory / "directory.csv")


def test_damage_deep_in_a_parquet_file_leaves_nothing(door):
    """The end is intact, so that the file opens; a page in the middle is not."""
    ids = [f"event-{n * 7919 % 100_003}" for n in range(60_000)]
    columns = {name: ["ada"] * 60_000 for name in ("student_id", "concept_id")}
    table = pa.table({"event_id": ids, **columns, "event_type": ["started"] * 60_000})
    path = door.directory / "a.parquet"
    pq.write_table(table, path, row_group_size=20_000, write_page_checksum=True)
    content = bytearray(path.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 100] = b"x" * 100
    path.write_bytes(content)
    door.refuse(path)


def test_rejects_cannot_be_formulas(door):
    lines = ["=1+1,x,f,attempted,,,\n", "@SUM(A1),x,f,attempted,,,\n", "-2+3,x,f,attempted,,,\n"]
    report = door.bring(door.file("=cmd.csv", HEADER + "".join(lines)))
    assert report.rejected == 3
    assert report.rejects_path
    with report.rejects_path.open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert "'=1+1" in cells


def test_rejects_lie_beside_the_file_and_vanish_when_all_is_mended(door):
    path = door.file("a.csv", HEADER + GOOD + "e2,,,,,,\n")
    report = door.bring(path)
    assert report.rejects_path == door.directory / "a.csv.rejects.csv"
    door.file("a.csv", HEADER + GOOD)
    assert door.bring(path).rejects_path is None
    assert not report.rejects_path.exists()


def test_rejects_go_home_where_the_file_s_directory_cannot_be_written(door, monkeypatch):
    path = door.file("a.csv", HEADER + "e2,,,,,,\n")
    opening = Path.open

    def refuse_beside(self: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        if mode == "x" and self.parent == door.directory:
            raise PermissionError("read-only")
        return opening(self, mode, *more, **options)

    monkeypatch.setattr(Path, "open", refuse_beside)
    report = door.bring(path)
    assert report.rejects_path == door.settings.home / "rejects" / "a.csv.rejects.csv"
    assert rejects(report)[0]["event_id"] == "e2"


def test_empty_files_are_no_trouble(door):
    assert counts(door.bring(door.file("a.csv", HEADER))) == (0, 0, 0)
    assert counts(door.bring(door.file("a.ndjson", ""))) == (0, 0, 0)
    assert door.lake.files() == []
