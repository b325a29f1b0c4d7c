"""Importing events: the same rules at this door, everything or nothing, each event once."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.doors import EVENT, GOOD, HEADER, Door, counts, rejects, the_same_event_in
from warehouse import importer
from warehouse.errors import StoreUnavailable
from warehouse.events import parse_event, receive
from warehouse.store.database import open_store


@pytest.mark.parametrize("form", ["parquet", "csv", "csv.gz", "ndjson", "jsonl"])
def test_every_format_gives_the_event_that_the_api_would_have_taken(door, form, clock):
    assert counts(door.bring(the_same_event_in(door, form))) == (1, 0, 0)
    (row,) = door.landed()
    by_api = receive(
        parse_event(EVENT, now=clock()),
        received_at=clock(),
        actor="import",
        source=f"import:a.{form}",
        profile_zone=None,
        default_zone="UTC",
    )
    assert row == by_api._asdict()


def test_an_event_counts_once_through_whichever_doors_it_comes(door):
    event = receive(
        parse_event(EVENT, now=door.clock()), received_at=door.clock(), actor="ada", source="api",
        profile_zone=None, default_zone="UTC",
    )  # fmt: skip
    door.store.inbox.append([[event]])
    assert counts(door.bring(the_same_event_in(door, "csv"))) == (0, 1, 0)
    door.store.inbox.claim("received_date=2026-03-04/b1")
    door.lake.write("received_date=2026-03-04/b1", [event])
    door.store.inbox.delete(["received_date=2026-03-04/b1"])
    assert counts(door.bring(the_same_event_in(door, "ndjson"))) == (0, 1, 0)
    assert len(door.landed()) == 1


def test_other_content_under_a_known_id_is_refused_with_the_reason(door):
    door.bring(the_same_event_in(door, "csv"))
    path = door.file("b.csv", HEADER + GOOD.replace("0.5", "0.6") + GOOD.replace("e1", "e2") * 2)
    report = door.bring(path)
    assert counts(report) == (1, 1, 1)
    (reject,) = rejects(report)
    assert (reject["row"], reject["event_id"], reject["field"]) == ("2", "e1", "event_id")
    assert "other content" in reject["problem"]
    assert '"score": 0.6' in reject["raw"]


def test_inside_a_file_the_first_of_an_id_stays_across_groups(door, monkeypatch):
    """Small steps and groups, so that the file comes in many parts."""
    monkeypatch.setattr(importer, "ROWS_A_STEP", 2)
    monkeypatch.setattr(importer, "ROWS_A_GROUP", 4)
    first = "".join(GOOD.replace("e1", f"e{n}") for n in range(10))
    report = door.bring(door.file("a.csv", HEADER + first + first + GOOD.replace("30", "31")))
    assert counts(report) == (10, 10, 1)
    assert rejects(report)[0]["row"] == "22"
    assert len(door.lake.files()) == 3
    assert {row["time_spent"] for row in door.landed()} == {30}


@pytest.mark.parametrize("form", ["csv", "csv.gz", "ndjson", "parquet"])
def test_events_without_an_id_count_once_however_often_their_file_comes(door, form):
    content = "student_id,concept_id,event_type\n" + "ada,fractions,attempted\n" * 3
    if form == "parquet":
        path = door.table("a.parquet", student_id=["ada"] * 3, concept_id=["fractions"] * 3,
                          event_type=["attempted"] * 3)  # fmt: skip
    elif form == "ndjson":
        line = {"student_id": "ada", "concept_id": "fractions", "event_type": "attempted"}
        path = door.file("a.ndjson", (json.dumps(line) + "\n") * 3)
    else:
        packed = gzip.compress(content.encode()) if form == "csv.gz" else content
        path = door.file(f"a.{form}", packed)
    first = door.bring(path)
    assert counts(first) == (3, 0, 0)
    assert any("had no event_id" in notice for notice in first.notices)
    door.clock.advance(days=1)
    copy = path.rename(path.with_name(f"copy.{form}"))
    assert counts(door.bring(copy)) == (0, 3, 0)


def test_a_packed_copy_is_the_same_file(door):
    content = "student_id,concept_id,event_type\nada,fractions,attempted\n"
    assert counts(door.bring(door.file("a.csv", content))) == (1, 0, 0)
    packed = door.file("b.csv.gz", gzip.compress(content.encode()))
    assert counts(door.bring(packed)) == (0, 1, 0)


def test_the_zone_is_the_profile_s_else_the_default(settings, clock, tmp_path):
    tokyo = settings.model_copy(update={"default_timezone": "Asia/Tokyo"})
    with open_store(tokyo) as store:
        store.students.set_zone("ben", "Asia/Kathmandu")
        door = Door(tokyo, store, tmp_path, clock)
        lines = [GOOD, GOOD.replace("e1,ada", "e2,ben")]
        door.bring(door.file("a.csv", HEADER + "".join(lines)))
        assert [row["time_zone"] for row in door.landed()] == ["Asia/Tokyo", "Asia/Kathmandu"]


def test_progress_goes_forward_to_the_end(door, monkeypatch):
    monkeypatch.setattr(importer, "ROWS_A_STEP", 100)
    path = door.file("a.csv", HEADER + "".join(GOOD.replace("e1", f"e{n}") for n in range(5_000)))
    seen: list[tuple[int, int]] = []
    door.bring(path, progress=lambda done, total: seen.append((done, total)))
    assert {total for _, total in seen} == {path.stat().st_size}
    done = [position for position, _ in seen]
    assert done == sorted(done)
    assert done[-1] == path.stat().st_size


def test_an_interrupted_import_leaves_nothing(door, monkeypatch):
    monkeypatch.setattr(importer, "ROWS_A_STEP", 1)
    monkeypatch.setattr(importer, "ROWS_A_GROUP", 1)

    def interrupt(done: int, total: int) -> None:
        if list(door.lake.incoming.glob("*/*.parquet")):
            raise KeyboardInterrupt

    path = door.file("a.csv", HEADER + GOOD + "e2,,,,,,\n" + GOOD.replace("e1", "e3"))
    with pytest.raises(KeyboardInterrupt):
        door.bring(path, progress=interrupt)
    assert door.lake.files() == []
    assert list(door.lake.incoming.iterdir()) == []
    assert not path.with_name("a.csv.rejects.csv").exists()


def test_a_full_disk_is_named_and_leaves_nothing(door, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    door.bring(door.file("first.csv", HEADER + GOOD))
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        door.bring(door.file("a.csv", HEADER + GOOD.replace("e1", "e2")))
    assert len(door.lake.files()) == 1
