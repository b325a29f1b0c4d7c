"""Every table that can be taken along, opened by LibreOffice: no cell computes, texts are whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from reports import tabular
from tests.api_school import Api, serving, settings_of
from tests.hostile import PAYLOADS
from tests.hostile_school import (
    ADMIN,
    CLASSES,
    CURRICULUM,
    EDUCATOR,
    PARENT,
    STUDENT,
    publish_hostile_school,
)
from tests.integration.page_reading import Browser
from tests.spreadsheets import AS_CSV, AS_PARTS, Sheet, opened
from warehouse.importer import import_events
from warehouse.store.database import open_store

# What a spreadsheet may take for more than text: our figures, days, instants, yes and no.
FIGURE = re.compile(r"-?[0-9]+([-.:TZe+][0-9]*)*|true|false")
BOM = tabular.BOM.encode()
Tables = Mapping[str, bytes]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """One of each kind."""
    opened({"probe": b"1\n"})  # skips before the school is made
    settings = settings_of(tmp_path_factory.mktemp("tables"))
    publish_hostile_school(settings)
    directory = tmp_path_factory.mktemp("files")
    with serving(settings) as api:
        rows: list[list[tabular.Cell]] = [[n, text, text] for n, text in enumerate(PAYLOADS)]
        payloads = tabular.header(["n", *PAYLOADS[:2]]) + "".join(tabular.lines(rows))
        ours = {**dict(_reports(api)), **dict(_pages(api)), "payloads": payloads.encode()}
        assert [name for name, table in ours.items() if not table.startswith(BOM)] == []
        yield ours | {"rejects": _rejects(api, directory)}


def _reports(api: Api) -> Iterator[tuple[str, bytes]]:
    student, group = quote(STUDENT, safe=""), quote(CLASSES[0], safe="")
    for name, address in (
        ("student", f"/api/analytics/report/{student}?format=csv"),
        ("class", f"/api/analytics/class-report/{group}?format=csv"),
    ):
        yield name, api.get(address, "educator", EDUCATOR).content
    week = f"/api/analytics/weekly-summary/{quote(PARENT, safe='')}?format=csv"
    yield "week", api.get(week, "parent", PARENT).content
    body = {
        "student_ids": [STUDENT, *PAYLOADS[:3]],
        "date_range": {"start": "2026-02-01", "end": "2026-03-05"},
        "format": "csv",
    }
    yield "export", api.post("/api/analytics/export", body, role="admin", sub=ADMIN).content


def _pages(api: Api) -> Iterator[tuple[str, bytes]]:
    student, admin = f"/student/{quote(STUDENT, safe='')}", f"/admin/{quote(ADMIN, safe='')}"
    group = f"/educator/{quote(EDUCATOR, safe='')}/class/{quote(CLASSES[0], safe='')}"
    for role, person, address in (
        ("student", STUDENT, f"{student}/points?table=points-list"),
        ("student", STUDENT, f"{student}/leaderboard?table=leaderboard"),
        ("parent", PARENT, f"{student}/privacy?table=uses"),
        ("educator", EDUCATOR, f"{group}/roster?table=roster"),
        ("educator", EDUCATOR, f"{group}/concepts?table=by-student"),
        ("educator", EDUCATOR, f"{group}/concepts?table=by-concept"),
        ("educator", EDUCATOR, f"{group}/report?table=students"),
        ("admin", ADMIN, f"{admin}/audit?table=audit-log"),
    ):
        answer = Browser(api, role, person).get(address)
        assert answer.headers["content-type"].startswith("text/csv"), address
        yield f"page-{address.rpartition('=')[2]}", answer.content


def _rejects(api: Api, directory: Path) -> bytes:
    """What comes back of a file in which nothing can be taken, whatever it says."""
    file, text = directory / "events.csv", io.StringIO(newline="")
    columns = ("event_id", "student_id", "concept_id", "event_type", "time_zone")
    concept = CURRICULUM[0].concept_id
    csv.writer(text).writerows([columns, *([word, word, concept, word, word] for word in PAYLOADS)])
    file.write_text(text.getvalue(), encoding="utf-8", newline="")
    with open_store(api.settings) as store:
        report = import_events(api.settings, store, file)
    assert report.accepted == 0
    assert report.rejects_path is not None
    return report.rejects_path.read_bytes()


def test_opened_by_somebody_who_lets_it_compute_no_cell_does_and_every_text_is_whole(tables):
    found = opened(tables, AS_CSV)
    assert _formulas(found) == []
    for name, content in tables.items():
        assert _differences(content, found[name]) == [], name


def test_opened_without_being_asked_anything_no_cell_computes(tables):
    assert _formulas(opened(tables)) == []


def test_opened_by_semicolons_and_tabs_no_part_of_a_text_computes(tables):
    assert _formulas(opened(tables, AS_PARTS)) == []


def test_a_formula_would_be_seen():
    bare = {"bare": b'"=1+1","a;=1+1"\r\n'}
    assert _formulas(opened(bare)) == _formulas(opened(bare, AS_CSV)) == ["bare: of:=1+1"]
    assert _formulas(opened({"bare": b'"a";"b",;=1+1\r\n'}, AS_PARTS)) == ["bare: of:=1+1"]


def _formulas(sheets: Mapping[str, Sheet]) -> list[str]:
    return [
        f"{name}: {cell.formula}"
        for name, sheet in sheets.items()
        for row in sheet
        for cell in row
        if cell.formula is not None
    ]


def _differences(content: bytes, sheet: Sheet) -> list[tuple[str, str, str]]:
    """Cells that are shown as another text than the file holds."""
    table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [
        (written, cell.kind, cell.text)
        for line, row in zip(table, sheet, strict=False)
        for written, cell in zip(line, row, strict=False)
        if written and not FIGURE.fullmatch(written)
        if (cell.kind, cell.text) != ("string", written)
    ]
