"""The page of the weekly summary: the view in words and figures, its files, and other weeks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.api_school import Api, serving, settings_of
from tests.integration.page_reading import Browser
from tests.weekly_school import MONDAY_MORNING, publish_families


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("week-page"))
    publish_families(settings)
    with serving(settings, MONDAY_MORNING) as api:
        yield api


def test_the_parents_page_leads_to_it_and_it_shows_what_the_api_says(api):
    kim = Browser(api, "parent", "kim")
    assert "/parent/kim/week" in kim.page("/parent/kim").links
    page = kim.page("/parent/kim/week")
    said = api.get("/api/analytics/weekly-summary/kim", "parent", "kim").json()

    for child in said["children"]:
        for sentence in child["words"]:
            assert sentence in page.text
        assert f"Points {child['week']['points']:,}" in page.text
    files = [link for link in page.links if link.startswith("/api/analytics/weekly-summary/")]
    assert [kim.get(file).status_code for file in files] == [200, 200]


def test_it_leads_to_the_week_before_and_back_but_not_beyond_today(api):
    kim = Browser(api, "parent", "kim")
    page = kim.page("/parent/kim/week?week=2026-02-23")

    assert "/parent/kim/week?week=2026-02-16" in page.links
    assert "/parent/kim/week?week=2026-03-02" in page.links
    now = kim.page("/parent/kim/week?week=2026-03-02")
    assert not [link for link in now.links if "2026-03-09" in link]
    assert "week=2026-02-23" in " ".join(now.links)
    assert kim.get("/parent/kim/week?week=2026-02-24").status_code == 422
    first = kim.page("/parent/kim/week?week=2000-01-03")
    assert not [link for link in first.links if "1999" in link]


def test_without_children_and_with_old_figures_it_is_honest(api):
    nobody = Browser(api, "parent", "theo").page("/parent/theo/week")
    assert "Nobody here yet" in nobody.text
    with serving(api.settings, MONDAY_MORNING + timedelta(days=9)) as later:
        old = Browser(later, "parent", "kim").page("/parent/kim/week")
    assert "These figures are older than a day" in old.text


def test_its_figures_can_be_taken_along_as_a_table(api):
    kim = Browser(api, "parent", "kim")
    (link, *_) = [one for one in kim.page("/parent/kim/week").links if "table=week-1" in one]
    rows = list(csv.reader(io.StringIO(kim.get(link).content.decode("utf-8-sig"), newline="")))
    ada = api.get("/api/analytics/weekly-summary/kim", "parent", "kim").json()["children"][0]

    points = next(row for row in rows if row[0] == "Points")
    assert [float(cell) for cell in points[1:]] == [
        ada["week"]["points"],
        ada["before"]["points"],
        ada["usual"]["points"],
    ]


def test_it_speaks_german(api):
    page = Browser(api, "parent", "kim").page("/parent/kim/week", **{"Accept-Language": "de"})
    assert "Wochenbericht" in page.text
    assert "Woche vom 23. Februar 2026" in page.text
