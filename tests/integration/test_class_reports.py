"""The report of a class: its figures are those of its students, and only its teachers have it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from tests.api_school import Api, serving, settings_of
from tests.printed import info_of, squeezed, text_of
from tests.two_classes import publish_two_classes

REPORT = "/api/analytics/class-report/"
ALL = "start_date=2026-02-01&end_date=2026-03-10"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("class-reports"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def test_a_class_says_of_its_students_what_their_own_reports_say(api):
    shown = api.get(f"{REPORT}7b?{ALL}", "educator", "lee").json()

    assert [one["student_id"] for one in shown["students"]] == ["bob", "dan"]
    for one in shown["students"]:
        own = api.get(f"/api/analytics/report/{one['student_id']}?{ALL}").json()["metrics"]
        assert one["total_time_spent"] == own["total_time_spent"]
        assert one["active_days"] == own["active_days"]
        assert one["points"] == own["points"]
        assert (
            one["average_score"] == pytest.approx(own["average_score"]) or not one["scored_count"]
        )
        assert (one["started"], one["mastered"]) == (
            own["concepts_started"],
            own["concepts_mastered"],
        )
    assert shown["totals"]["students"] == 2
    assert shown["totals"]["active_students"] == 1
    assert shown["totals"]["total_time_spent"] == 3600
    assert shown["students"][0]["attention"] == ["6 attempts at Light, not completed."]
    assert shown["words"][0] == "1 of 2 students learned, 1 h altogether."


def test_the_table_and_the_paper_say_the_same(api):
    shown = api.get(f"{REPORT}7b?{ALL}").json()
    table = api.get(f"{REPORT}7b?{ALL}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    answer = api.get(f"{REPORT}7b?{ALL}&format=pdf")
    paper = squeezed(text_of(answer.content))

    assert [row["student_id"] for row in rows] == ["bob", "dan"]
    assert [int(r["points"]) for r in rows] == [one["points"] for one in shown["students"]]
    assert squeezed(f"Bob 2 1 h 0 0 0 20% 6 {shown['students'][0]['points']}") in paper
    assert "6attemptsatLight,notcompleted." in paper
    assert "Tagged:          yes" in info_of(answer.content)
    assert 'filename="class-7b-2026-02-01-2026-03-10.pdf"' in answer.headers["content-disposition"]


def test_days_without_anything_and_classes_without_anybody_are_honest(api):
    empty = api.get(f"{REPORT}7b?start_date=2020-01-01&end_date=2020-02-01").json()

    assert empty["range"]["state"] == "empty"
    assert empty["words"] == ["Nobody of the class learned here on these days."]
    assert api.get(f"{REPORT}nowhere").status_code == 404


def test_only_who_teaches_it_has_it_and_everybody_in_it_is_in_the_audit_log(api):
    assert api.get(f"{REPORT}7a", "educator", "may").status_code == 403
    assert api.get(f"{REPORT}nowhere", "educator", "may").status_code == 403
    assert api.get(f"{REPORT}7b", "parent", "kim").status_code == 403
    assert api.get(f"{REPORT}7b", "educator", "may").status_code == 200
    rows = api.app.state.services.store.audit.rows(actor="may")
    assert {(r.operation, r.student_id) for r in rows} == {
        ("class_report", "bob"),
        ("class_report", "dan"),
    }
