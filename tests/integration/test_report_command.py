"""`spool report`: the file that the API would export, at a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from pipelines.reporting import NobodyNamed, Order, days, named_students, write_reports
from reports.views.period import InvalidPeriod
from tests.api_school import serving, settings_of
from tests.printed import text_of
from tests.two_classes import publish_two_classes
from warehouse.store.database import open_store

QUIET = Console(quiet=True)


def test_a_class_becomes_one_file_as_the_api_exports_it(tmp_path):
    settings = settings_of(tmp_path / "home")
    publish_two_classes(settings)
    span = days("2026-02-01", "2026-03-05")
    with open_store(settings) as store:
        ids = named_students(store, ["bob"], "7b")
        order = Order(ids, span, "csv", "en")
        table = write_reports(settings, store, order, tmp_path / "all.pdf", QUIET)
        single = Order(["bob"], span, "pdf", "de")
        paper = write_reports(settings, store, single, tmp_path / "bob", QUIET)
    with serving(settings) as api:
        body = {
            "student_ids": ids,
            "date_range": {"start": "2026-02-01", "end": "2026-03-05"},
            "format": "csv",
        }
        exported = api.post("/api/analytics/export", body, role="admin", sub="head")

    assert ids == ["bob", "dan"]
    assert table.name == "all.csv"
    assert table.read_bytes() == exported.content
    assert paper.name == "bob.pdf"
    assert "Lernbericht: Bob" in text_of(paper.read_bytes())


def test_who_names_nobody_or_no_day_is_told(tmp_path: Path):
    with open_store(settings_of(tmp_path)) as store:
        with pytest.raises(NobodyNamed):
            named_students(store, [], None)
        with pytest.raises(NobodyNamed):
            named_students(store, [], "nowhere")
    with pytest.raises(InvalidPeriod):
        days("tomorrow", None)
