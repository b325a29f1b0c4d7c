"""The weekly summary: its figures are those of every other answer, its children those of now."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.api_school import Api, serving, settings_of
from tests.printed import info_of, objects_of, squeezed, text_of
from tests.two_classes import guardian
from tests.weekly_school import MONDAY_MORNING, publish_families
from warehouse.build import run_build

SUMMARY = "/api/analytics/weekly-summary/"
FIGURES = ("active_days", "total_time_spent", "started", "completed", "mastered", "points")
EARLIER = {name: f"concepts_{name}" for name in ("started", "completed", "mastered")}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("weekly"))
    publish_families(settings)
    with serving(settings, MONDAY_MORNING) as api:
        yield api


def summary(api: Api, query: str = "", parent: str = "kim") -> Any:
    answer = api.get(f"{SUMMARY}{parent}?{query}", "parent", parent)
    assert answer.status_code == 200, answer.text
    return answer.json()


def child(shown: Any, student_id: str) -> Any:
    return next(one for one in shown["children"] if one["student_id"] == student_id)


def test_each_child_has_the_week_that_is_over_for_them(api):
    shown = summary(api)

    assert {one["student_id"]: one["week"]["week_start"] for one in shown["children"]} == {
        "ada": "2026-02-23",
        "bob": "2026-02-16",  # in Honolulu it is still Sunday
        "dan": "2026-02-23",
        "mia": "2026-02-23",
    }
    assert {one["range"]["days"] for one in shown["children"]} == {7}
    assert child(shown, "ada")["range"]["state"] == "complete"
    assert child(shown, "dan")["range"]["state"] == "empty"
    assert child(shown, "dan")["words"] == ["Dan did not learn here on these days."]


def test_the_figures_are_those_of_the_tables_and_of_the_dashboard(api):
    shown = summary(api)
    reader = api.app.state.services.reader
    ids = [one["student_id"] for one in shown["children"]]
    tables = {
        row["student_id"]: row for row in reader.published().ask("students_weeks", student_ids=ids)
    }
    dashboard = api.get("/api/dashboard/parent/kim", "parent", "kim").json()

    for student_id in ("ada", "bob", "mia"):
        mine, row = child(shown, student_id), tables[student_id]
        for name in FIGURES:
            assert mine["week"][name] == row["last_week"][name], (student_id, name)
            if mine["before"] is not None:
                earlier = mine["before"][EARLIER.get(name, name)]
                assert earlier == row["week_before"][name], (student_id, name)
            if row["usual"] is not None:
                assert mine["usual"][name] == row["usual"][name], (student_id, name)
        assert (mine["usual"] is None) == (row["usual"] is None)
        weeks = child(dashboard, student_id)["weeks"]
        assert weeks["last_week"]["minutes"] == round(mine["week"]["total_time_spent"] / 60, 1)
        assert weeks["last_week"]["points"] == mine["week"]["points"]
        assert (
            child(dashboard, student_id)["current_streak"] == (mine["standing"]["current_streak"])
        )
    assert child(shown, "ada")["usual"]["weeks"] == 8
    assert child(shown, "mia")["usual"]["weeks"] == 1
    assert child(shown, "mia")["before"] is None


@pytest.mark.parametrize("weeks_ago", [0, 1, 2, 5])
def test_any_week_says_what_the_report_of_its_days_says(api, weeks_ago):
    monday = date(2026, 3, 2) - timedelta(weeks=weeks_ago)
    shown = summary(api, f"week={monday}")

    for one in shown["children"]:
        days = f"start_date={monday}&end_date={monday + timedelta(days=7)}"
        report = api.get(
            f"/api/analytics/report/{one['student_id']}?{days}", "parent", "kim"
        ).json()
        metrics = report["metrics"]
        assert one["range"] == report["range"]
        for name in FIGURES:
            assert one["week"][name] == metrics[EARLIER.get(name, name)]
        assert one["week"]["average_score"] == metrics["average_score"]
        assert one["before"] == report["before"]
        assert one["badges"] == report["badges"]
        assert {c["concept_id"] for c in one["mastered"]} == {
            c["concept_id"]
            for c in report["concepts"]
            if c["mastered_on"] and str(monday) <= c["mastered_on"]
        }
        assert one["standing"] == report["standing"]


def test_the_goal_is_the_childs_own(api):
    ada = child(summary(api), "ada")

    assert (ada["week"]["goal"]["concepts_target"], ada["week"]["goal"]["minutes_target"]) == (
        1,
        30,
    )
    said = {True: "The weekly goal was met.", False: "The weekly goal was not met."}
    assert said[ada["week"]["goal"]["met"]] in ada["words"]


def test_a_week_under_way_is_partial_one_ahead_is_empty_and_old_ones_have_no_flags(api):
    now, ahead = summary(api, "week=2026-03-02"), summary(api, "week=2026-04-06")
    old = summary(api, "week=2026-01-19")

    assert child(now, "ada")["range"]["state"] in {"partial", "empty"}
    assert child(now, "ada")["week"]["goal"] is None
    assert child(ahead, "ada")["words"] == ["These days have not begun yet."]
    assert child(ahead, "ada")["week"]["points"] == 0
    assert [one["attention"] for one in old["children"]] == [[]] * 4
    assert [one["rule"] for one in child(summary(api), "ada")["attention"]] == [
        one["rule"]
        for one in child(api.get("/api/dashboard/parent/kim", "parent", "kim").json(), "ada")[
            "attention"
        ]
    ]


def test_no_child_but_the_parents_own_is_in_it(api):
    for form in ("json", "csv"):
        text = api.get(f"{SUMMARY}kim?format={form}", "parent", "kim").text
        assert not [name for name in ("Cleo", "Eve", "cleo", "eve", "rank") if f'"{name}"' in text]
    empty = summary(api, parent="pat")
    assert [one["student_id"] for one in empty["children"]] == ["cleo"]
    nobody = api.get(f"{SUMMARY}nobody").json()
    assert nobody["children"] == []


def test_the_table_holds_the_figures_of_the_view(api):
    shown = summary(api)
    answer = api.get(f"{SUMMARY}kim?format=csv", "parent", "kim")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))

    assert answer.headers["content-disposition"] == 'attachment; filename="week-kim.csv"'
    for one in shown["children"]:
        mine = [row for row in rows if row["student_id"] == one["student_id"]]
        for section in ("week", "usual"):
            found = {r["metric"]: r["value"] for r in mine if r["section"] == section}
            for name in FIGURES if one[section] else ():
                assert float(found[name]) == one[section][name]
        past = [r for r in mine if r["section"] == "past" and r["metric"] == "points"]
        assert [int(r["value"]) for r in past] == [week["points"] for week in one["past"]]
        assert len([r for r in mine if r["section"] == "badge" and r["metric"] == "earned_on"]) == (
            len(one["badges"])
        )


@pytest.mark.parametrize("tag", ["en", "de"])
def test_the_paper_says_the_same(api, tag):
    shown = summary(api, f"language={tag}")
    answer = api.get(f"{SUMMARY}kim?format=pdf&language={tag}", "parent", "kim")
    paper = squeezed(text_of(answer.content))

    for one in shown["children"]:
        for sentence in one["words"]:
            assert squeezed(sentence) in paper
        for concept in one["mastered"]:
            assert squeezed(concept["name"]) in paper
        label = shown["definitions"]["mastered"]["label"]
        assert squeezed(f"{label} {one['week']['mastered']}") in paper
    assert "Tagged:          yes" in info_of(answer.content)
    assert f"/Lang ({tag})".encode() in objects_of(answer.content)
    again = api.get(f"{SUMMARY}kim?format=pdf&language={tag}&", "parent", "kim")
    assert again.content == answer.content


def test_an_event_counts_at_once_and_the_same_state_is_not_sent_again(api):
    first = api.get(f"{SUMMARY}pat", "parent", "pat")
    known = {"If-None-Match": first.headers["etag"]}
    assert api.get(f"{SUMMARY}pat", "parent", "pat", **known).status_code == 304
    api.track(
        student_id="cleo",
        concept_id="light",
        event_type="attempted",
        time_spent=60,
        occurred_at="2026-02-25T12:00:00Z",
    )
    after = api.get(f"{SUMMARY}pat", "parent", "pat", **known)

    assert after.status_code == 200
    assert after.json()["meta"]["live"]
    before = first.json()["children"][0]["week"]["total_time_spent"]
    assert after.json()["children"][0]["week"]["total_time_spent"] == before + 60


def test_a_live_summary_is_what_the_next_build_publishes(tmp_path):
    settings = settings_of(tmp_path)
    publish_families(settings, seed=11)
    with serving(settings, MONDAY_MORNING) as api:
        for event_type, score in (("attempted", 0.5), ("completed", 0.9), ("mastered", 1.0)):
            api.track(
                student_id="ada",
                concept_id="lenses",
                event_type=event_type,
                score=score,
                time_spent=90,
                occurred_at="2026-02-26T08:00:00Z",
            )
        live = child(summary(api), "ada")
        store = api.app.state.services.store
        run_build(settings, store, now=MONDAY_MORNING + timedelta(minutes=1))
        built = child(summary(api), "ada")

    assert (live["meta"]["live"], built["meta"]["live"]) == (True, False)
    for name in ("range", "words", "week", "before", "usual", "past", "mastered", "badges"):
        assert live[name] == built[name]
    assert live["standing"] == built["standing"]


@pytest.mark.parametrize(
    "week", ["2026-03-03", "20260302", "", "yesterday", "1999-12-27", "2126-03-04", "2026-02-30"]
)
def test_what_is_no_monday_is_refused_with_the_cure(api, week):
    answer = api.get(f"{SUMMARY}kim?week={week}", "parent", "kim")

    assert answer.status_code == 422
    assert answer.json()["field"] == "week"
    assert answer.json()["cure"]


def test_who_lost_sight_of_a_child_loses_it_here_and_each_child_is_in_the_audit_log(api):
    store = api.app.state.services.store
    api.get(f"{SUMMARY}kim?week=2026-02-09", "parent", "kim")
    noted = {row.student_id for row in store.audit.rows(actor="kim")}
    store.people.put(guardians=[guardian("mia", "kim", consent=False)], source="tests")
    after = summary(api, "week=2026-02-09")
    store.people.put(guardians=[guardian("mia", "kim")], source="tests")

    assert noted == {"ada", "bob", "dan", "mia"}
    assert [one["student_id"] for one in after["children"]] == ["ada", "bob", "dan"]


def test_it_is_nobody_elses(api):
    asked = [("parent", "pat"), ("student", "ada"), ("educator", "tess"), ("service", "lms")]
    answers = [api.get(f"{SUMMARY}kim", *who) for who in asked]

    assert {answer.status_code for answer in answers} == {403}
    assert api.get(f"{SUMMARY}kim").status_code == 200  # an admin
