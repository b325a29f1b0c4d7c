"""Reports as pages, and tables of pages as files: the figures of the API, for those who may."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api_school import Api, serving, settings_of
from tests.integration.page_reading import Browser
from tests.two_classes import publish_two_classes

DAYS = "first_day=2026-02-01&last_day=2026-03-04"
SAME = "start_date=2026-02-01&end_date=2026-03-05"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("report-pages"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_students_report_is_a_page_with_its_charts_and_files(api):
    ada = Browser(api, "student", "ada")
    answer = ada.get(f"/student/ada/report?{DAYS}")
    said = api.get(f"/api/analytics/report/ada?{SAME}", "student", "ada").json()

    assert answer.status_code == 200
    for sentence in said["words"]:
        assert sentence in answer.text
    assert answer.text.count("<svg font-family") == answer.text.count('<figure class="chart">') > 0
    assert f"/api/analytics/report/ada?{SAME.replace('&', '&amp;')}" in answer.text
    assert 'style="' not in answer.text
    assert not re.search(r"before: *<", answer.text)


def test_a_parent_reads_of_the_child_and_a_student_of_themselves(api):
    days = f"/student/ada/report?{DAYS}"
    assert "You learned" in Browser(api, "student", "ada").page(days).text
    assert "Ada learned" in Browser(api, "parent", "kim").page(days).text


def test_days_without_anything_are_said_to_be_so(api):
    shown = Browser(api, "student", "ada").page(
        "/student/ada/report?first_day=2020-01-01&last_day=2020-01-31"
    )
    assert "Nothing on these days" in shown.text
    assert "You did not learn here on these days." in shown.text


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ("first_day=yesterday", "first_day is no day of the calendar."),
        ("last_day=2026-02-30", "last_day is no day of the calendar."),
        ("first_day=2026-03-04&last_day=2026-03-01", "end_date"),
        ("first_day=0001-01-01", "Use a day from"),
        ("last_day=9999-12-31", "Use a day from"),
    ],
)
def test_days_that_are_none_are_refused_in_words(api, days, why):
    answer = Browser(api, "student", "ada").get(f"/student/ada/report?{days}")

    assert answer.status_code == 422
    assert why in answer.text


def test_empty_fields_are_the_last_four_weeks(api):
    ada = Browser(api, "student", "ada")
    assert (
        ada.page("/student/ada/report?first_day=&last_day=").text
        == ada.page("/student/ada/report").text
    )


def test_a_class_report_is_a_page_and_is_in_the_log_of_each_student(api):
    lee = Browser(api, "educator", "lee")
    shown = lee.page(f"/educator/lee/class/7b/report?{DAYS}")
    said = api.get(f"/api/analytics/class-report/7b?{SAME}", "educator", "lee").json()

    for sentence in said["words"]:
        assert sentence in shown.text
    log = api.get("/api/audit/student/bob", "parent", "kim").json()["entries"]
    assert "class_report" in {entry["operation"] for entry in log}


def test_tables_of_pages_hold_the_figures_of_the_api(api):
    lee = Browser(api, "educator", "lee")
    rows = table(lee.get(f"/educator/lee/class/7b/report?{DAYS}&table=students"))
    said = api.get(f"/api/analytics/class-report/7b?{SAME}", "educator", "lee").json()

    assert [
        (row["Student"], int(row["Learning time (s)"]), int(row["Points"])) for row in rows
    ] == [(one["name"], one["total_time_spent"], one["points"]) for one in said["students"]]

    ada = Browser(api, "student", "ada")
    weeks = table(ada.get(f"/student/ada/report?{DAYS}&table=weeks"))
    said = api.get(f"/api/analytics/report/ada?{SAME}", "student", "ada").json()
    shown = said["trends"]["weekly_progress"][::-1]
    assert [row["Week of"] for row in weeks] == [week["week_start"] for week in shown]
    assert [row["Mean score"] for row in weeks] == [
        "" if week["average_score"] is None else repr(week["average_score"]) for week in shown
    ]


def test_every_table_of_a_page_can_be_taken_along(api):
    lee = Browser(api, "educator", "lee")
    for path in ("", "/concepts", "/roster"):
        page = lee.page(f"/educator/lee/class/7b{path}")
        links = [link for link in page.links if "table=" in link]
        assert links, path
        for link in links:
            assert table(lee.get(link)), link


def test_a_table_that_no_page_has_is_not_found(api):
    answer = Browser(api, "student", "ada").get("/student/ada/points?table=nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
