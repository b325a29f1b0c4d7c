"""Hashes of ids in a mapped file: each id is found, none else, whatever the size of the file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from warehouse import id_hashes


def hashes_of(con: duckdb.DuckDBPyConnection, ids: list[str]) -> np.ndarray:
    rows = con.execute("select hash(id) from unnest(?::text[]) as t(id)", [ids]).fetchall()
    return np.array([row[0] for row in rows], dtype=np.uint64)


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
def test_finds_what_was_written_and_nothing_else(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(id_hashes, "HASHES_AT_ONCE", 2_048)
    ids = [f"event{number}" for number in range(count)]
    strangers = [f"stranger{number}" for number in range(50)]
    with duckdb.connect() as con:
        con.execute("create table events as select unnest(?::text[]) as event_id", [ids])
        id_hashes.write_hashes(con, "events", tmp_path / id_hashes.NAME)
        asked = hashes_of(con, [*ids, *strangers])
    found = id_hashes.held(tmp_path / id_hashes.NAME, asked)
    assert found.tolist() == [True] * count + [False] * len(strangers)
    assert (tmp_path / id_hashes.NAME).stat().st_size == 8 * count


def test_the_smallest_and_the_greatest_number_are_found(tmp_path: Path) -> None:
    file = tmp_path / id_hashes.NAME
    file.write_bytes(np.array([0, 7, 2**64 - 1], dtype="<u8").tobytes())
    asked = np.array([2**64 - 1, 0, 6, 8], dtype=np.uint64)
    assert id_hashes.held(file, asked).tolist() == [True, True, False, False]
