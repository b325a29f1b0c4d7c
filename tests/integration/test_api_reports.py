"""The student progress report: its figures, its formats, and who may have it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api_school import Api, serving, settings_of
from tests.two_classes import publish_two_classes

REPORT = "/api/analytics/report/"
ALL = "start_date=2026-02-01&end_date=2026-03-10"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("reports"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def report(api: Api, student: str, query: str = ALL, role: str = "admin") -> Any:
    sub = {"admin": "head", "student": student, "parent": "kim", "educator": "lee"}[role]
    answer = api.get(f"{REPORT}{student}?{query}", role, sub)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_report_says_of_its_days_what_the_other_answers_say(api):
    shown = report(api, "ada")
    trends = api.get("/api/analytics/trends/ada").json()
    points = api.get("/api/gamification/points/ada").json()

    for name in ("concepts_mastered", "total_time_spent", "average_score", "learning_velocity"):
        assert shown["metrics"][name] == trends["metrics"][name]
    for name in ("active_days", "strongest_subjects", "areas_for_improvement"):
        assert shown["metrics"][name] == trends["metrics"][name]
    weeks = {week["week_start"]: week for week in shown["trends"]["weekly_progress"]}
    for week in trends["weekly_progress"]:
        mine = weeks[week["week_start"]]
        assert {name: mine[name] for name in week if name in mine} == {
            name: value for name, value in week.items() if name in mine
        }
    subjects = shown["trends"]["subject_distribution"]
    assert [{n: s[n] for n in trends["subject_distribution"][0]} for s in subjects] == (
        trends["subject_distribution"]
    )
    for period in ("hours", "weekdays"):
        slots = shown["trends"]["time_patterns"][period]
        assert [{k: v for k, v in slot.items() if k != "scored_count"} for slot in slots] == (
            trends["time_patterns"][period]
        )
    assert shown["metrics"]["points"] == points["total_points"]
    assert sum(part["points"] for part in shown["points"]) == points["total_points"]
    assert shown["standing"]["total_points"] == points["total_points"]


def test_days_are_half_open(api):
    monday = report(api, "ada", "start_date=2026-03-02&end_date=2026-03-03")
    tuesday = report(api, "ada", "start_date=2026-03-03&end_date=2026-03-04")

    assert (monday["metrics"]["concepts_started"], monday["metrics"]["total_time_spent"]) == (1, 60)
    assert [c["concept_id"] for c in tuesday["concepts"]] == ["fractions/adding"]
    assert tuesday["metrics"]["concepts_completed"] == 1
    assert tuesday["concepts"][0]["attempts"] == 1
    assert tuesday["concepts"][0]["average_score"] == pytest.approx(0.6)
    assert tuesday["concepts"][0]["completed_on"] == "2026-03-03"


def test_the_status_is_that_of_the_end_of_the_range(api):
    started = report(api, "bob", "start_date=2026-03-02&end_date=2026-03-03")

    assert started["concepts"][0]["status"] == "in_progress"
    assert started["concepts"][0]["attempts"] == 3


def test_days_without_anything_are_an_honest_empty_report(api):
    for query in ("start_date=2025-01-01&end_date=2025-02-01", "start_date=2027-01-01"):
        shown = report(api, "ada", query)

        assert shown["range"]["state"] == "empty"
        assert shown["metrics"]["event_count"] == 0
        assert shown["metrics"]["average_score"] is None
        assert shown["trends"]["subject_distribution"] == []
        assert shown["trends"]["time_patterns"] == {"hours": [], "weekdays": []}
        assert shown["concepts"] == shown["badges"] == shown["points"] == []
        assert shown["standing"]["total_points"] > 0
    weeks = report(api, "ada", "start_date=2025-01-06&end_date=2025-01-20")["trends"]
    assert [week["started"] for week in weeks["weekly_progress"]] == [0, 0]


def test_days_that_are_not_over_are_partial(api):
    assert report(api, "ada")["range"]["state"] == "partial"
    over = report(api, "ada", "start_date=2026-03-02&end_date=2026-03-04")
    assert over["range"]["state"] == "complete"
    assert not any("not over" in sentence for sentence in over["words"])


def test_the_words_are_for_who_reads_them(api):
    mine, parents = report(api, "ada", role="student"), report(api, "ada", role="parent")

    assert mine["words"][0] == "You learned for 3 min on 3 days."
    assert parents["words"][0] == "Ada learned for 3 min on 3 days."
    assert report(api, "bob", role="student")["attention"] == []
    (flag,) = report(api, "bob", role="parent")["attention"]
    assert flag["words"] == "Bob has tried Light 6 times and is not through yet."


def test_an_event_counts_at_once(api):
    before = report(api, "eve")
    api.track(student_id="eve", concept_id="light", event_type="mastered", time_spent=120)
    after = report(api, "eve")

    assert (before["range"]["state"], after["range"]["state"]) == ("empty", "partial")
    assert after["meta"]["live"]
    assert after["metrics"]["concepts_mastered"] == 1
    assert after["metrics"]["points"] == after["standing"]["total_points"]


def test_the_table_has_every_figure_of_the_view(api):
    shown = report(api, "ada")
    answer = api.get(f"{REPORT}ada?{ALL}&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="progress-ada-2026-02-01-2026-03-10.csv"'
    )
    metrics = {r["metric"]: r for r in rows if r["section"] == "metrics" and not r["item"]}
    for name, row in metrics.items():
        value = shown["metrics"][name]
        assert row["value"] == ("" if value is None else repr(value))
    assert sum(row["section"] == "week" and row["metric"] == "points" for row in rows) == len(
        shown["trends"]["weekly_progress"]
    )
    assert {r["concept"] for r in rows if r["section"] == "concept"} == {
        c["name"] for c in shown["concepts"]
    }


def test_the_same_state_is_the_same_bytes_and_not_sent_again(api):
    for form in ("json", "csv"):
        first = api.get(f"{REPORT}ada?{ALL}&format={form}")
        again = api.get(f"{REPORT}ada?{ALL}&format={form}&")
        known = api.get(
            f"{REPORT}ada?{ALL}&format={form}", **{"If-None-Match": first.headers["etag"]}
        )

        assert first.content == again.content
        assert known.status_code == 304


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start_date=2026-03-04&end_date=2026-03-01", "end_date"),
        ("start_date=2026-03-04&end_date=2026-03-04", "end_date"),
        ("start_date=2001-01-01&end_date=2026-03-04", "end_date"),
        ("start_date=1999-01-01", "start_date"),
        ("start_date=20260304", "start_date"),
        ("start_date=1772000000", "start_date"),
        ("end_date=2026-02-30", "end_date"),
        ("end_date=2026-03-04T00:00:00Z", "end_date"),
        ("start_date=", "start_date"),
        ("format=xlsx", "format"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_field_and_cure(api, query, field):
    answer = api.get(f"{REPORT}ada?{query}")

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["cure"]


def test_who_may_not_have_it_learns_nothing(api):
    refused = [
        api.get(f"{REPORT}{student}", role, sub)
        for student in ("cleo", "nobody")
        for role, sub in (("student", "ada"), ("parent", "kim"), ("service", "lms"))
    ]

    assert {answer.status_code for answer in refused} == {403}


def test_every_report_of_others_is_in_the_audit_log(api):
    report(api, "bob", role="educator")
    rows = api.app.state.services.store.audit.rows(actor="lee")

    assert ("student_report", "bob") in {(row.operation, row.student_id) for row in rows}
