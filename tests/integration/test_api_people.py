"""Goals, breaks, profiles and leaderboards through the API, in a school with families."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api_school import Api, serving, settings_of
from warehouse.build import run_build
from warehouse.store.people import Enrolment

LIST = "/api/gamification/leaderboard"
CLASS_LIST = f"{LIST}?scope=class&scope_id=7a&period=all"


@pytest.fixture
def school(people: Path, tmp_path: Path) -> Iterator[Api]:
    home = Path(shutil.copytree(people, tmp_path / "home", symlinks=True))
    with serving(settings_of(home, leaderboard_size=3)) as api:
        yield api


def put(api: Api, path: str, body: object, role: str, sub: str):
    return api.client.put(path, json=body, headers=api.headers(role, sub))


def rebuild(api: Api) -> None:
    services = api.app.state.services
    run_build(services.settings, services.store, now=services.clock())


def test_a_class_list_shows_aliases_and_the_asking_students_place(school):
    answer = school.get(CLASS_LIST, "student", "dan").json()

    assert [(e["rank"], e["alias"]) for e in answer["entries"]] == [
        (1, "Owl"),
        (2, "Bat"),
        (2, "Fox"),
    ]
    assert answer["you"]["rank"] == 4
    assert [n["alias"] for n in answer["you"]["neighbours"]] == ["Bat", "Fox", "Emu"]
    assert answer["reason"] is None
    assert "ada" not in str(answer["entries"])


def test_who_opts_out_is_gone_at_once_and_with_them_a_list_of_five(school):
    put(school, "/api/students/eva/profile", {"leaderboard_opt_in": False}, "student", "eva")

    answer = school.get(CLASS_LIST, "student", "ada").json()

    assert (answer["entries"], answer["you"]) == ([], None)
    assert "at least 5" in answer["reason"]


def test_who_left_the_class_is_gone_at_once(school):
    store, now = school.app.state.services.store, school.app.state.services.clock()
    store.people.put(
        enrolments=[Enrolment("7a", "eva", "student", None, now - timedelta(hours=1))],
        source="tests",
    )

    assert school.get(CLASS_LIST, "student", "eva").status_code == 403
    answer = school.get(CLASS_LIST, "student", "ada").json()
    assert (answer["entries"], answer["you"]) == ([], None)


def test_a_request_of_a_student_names_no_other_student(school):
    for scope in ("scope=class&scope_id=7a", "scope=all"):
        said = school.get(f"{LIST}?{scope}&period=all", "student", "cem").text
        assert not [s for s in ("ada", "bea", "dan", "eva") if f'"{s}"' in said]


@pytest.mark.parametrize(
    "query",
    [
        "scope=school",
        "period=year",
        "scope=class&scope_id=%20",
        f"scope=class&scope_id={'x' * 129}",
        "scope=class&scope_id=a%00b",
    ],
)
def test_a_list_that_cannot_be_is_refused(school, query):
    assert school.get(f"{LIST}?{query}", "admin", "head").status_code == 422


def test_a_class_that_is_not_there_has_no_list_and_cannot_be_named_by_leaving_it_out(school):
    assert school.get(f"{LIST}?scope=class", "student", "ada").status_code == 403
    assert school.get(f"{LIST}?scope=class", "admin", "head").json()["entries"] == []


@pytest.mark.parametrize("body", [{}, {"enabled": "no"}, {"enabled": False, "more": 1}, []])
def test_a_switch_that_says_nothing_clear_is_refused(school, body):
    assert put(school, "/api/classes/7a/leaderboard", body, "educator", "tess").status_code == 422
    assert school.get(CLASS_LIST, "student", "ada").json()["entries"] != []


def test_an_educator_switches_the_list_of_their_class_off(school):
    path = "/api/classes/7a/leaderboard"
    assert put(school, path, {"enabled": False}, "educator", "theo").status_code == 403
    assert put(school, path, {"enabled": False}, "educator", "tess").status_code == 200

    answer = school.get(CLASS_LIST, "student", "ada").json()

    assert answer["entries"] == []
    assert "no leaderboard" in answer["reason"]


@pytest.mark.parametrize(
    ("role", "sub", "scope_id", "status"),
    [
        ("student", "ada", "7a", 200),
        ("student", "fay", "7a", 403),
        ("student", "fay", "nowhere", 403),
        ("educator", "tess", "7a", 200),
        ("educator", "tess", "7b", 403),
        ("educator", "tess", "7c", 403),
        ("parent", "pat", "7a", 403),
        ("service", "lms", "7a", 403),
        ("admin", "head", "7b", 200),
    ],
)
def test_lists_are_for_those_who_belong(school, role, sub, scope_id, status):
    path = f"{LIST}?scope=class&scope_id={scope_id}"
    assert school.get(path, role, sub).status_code == status


def test_a_student_who_is_not_ranked_hears_why(school):
    answer = school.get(f"{LIST}?period=all", "student", "fay").json()

    assert answer["you"] is None
    assert "opted in" in answer["reason"]


def test_a_goal_says_who_set_it_in_words_that_give_nobody_away(school):
    path = "/api/goals/ada"
    assert put(school, path, {"concepts": 2}, "parent", "pat").status_code == 200

    mine = school.get(path, "parent", "pat").json()
    hers = school.get(path, "student", "ada").json()

    assert mine["current"] == {"concepts": 2, "minutes": None}
    assert mine["lines"][0]["set_by"] == "you"
    assert hers["lines"][0]["set_by"] == "a parent"
    assert "pat" not in str(hers)


def test_a_goal_counts_from_the_next_build_on(school):
    put(school, "/api/goals/ada", {"concepts": 1, "minutes": 1}, "student", "ada")
    rebuild(school)

    week = school.get("/api/goals/ada", "student", "ada").json()["weeks"][0]

    assert (week["concepts_target"], week["minutes_target"]) == (1, 1)
    assert week["met_at"] is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "concepts"),
        ({"concepts": 0}, "concepts"),
        ({"concepts": True}, "concepts"),
        ({"minutes": 10_081}, "minutes"),
        ({"concepts": 3, "from_week": "2026-03-03"}, "from_week"),
        ({"concepts": 3, "from_week": "2026-02-23"}, "from_week"),
        ({"concepts": 3, "from_week": "2031-03-03"}, "from_week"),
        ({"concepts": 3, "surprise": 1}, "surprise"),
    ],
)
def test_a_goal_that_cannot_be_is_refused_with_the_field(school, body, field):
    answer = put(school, "/api/goals/ada", body, "student", "ada")

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert school.get("/api/goals/ada", "student", "ada").json()["lines"] == []


def test_a_break_of_the_class_keeps_streaks_alive_from_the_next_build_on(school):
    days = {"first_day": "2026-02-26", "last_day": "2026-03-01", "name": "Carnival"}
    school.track(
        student_id="bea",
        concept_id="light",
        event_type="attempted",
        occurred_at="2026-02-25T10:00:00Z",
    )
    school.track(
        student_id="bea",
        concept_id="light",
        event_type="attempted",
        occurred_at="2026-03-02T10:00:00Z",
    )
    rebuild(school)
    before = school.get("/api/gamification/streak/bea", "student", "bea").json()

    planned = school.post("/api/breaks/class/7a", days, role="educator", sub="tess")
    rebuild(school)
    after = school.get("/api/gamification/streak/bea", "student", "bea").json()

    assert planned.status_code == 201
    assert (before["current_streak"], after["current_streak"]) == (2, 3)
    seen = school.get("/api/breaks/student/bea", "parent", "pat").json()["breaks"]
    assert [(b["name"], b["set_by"]) for b in seen] == [("Carnival", "an educator")]
    gone = school.client.delete(
        f"/api/breaks/class/7a/{planned.json()['break_id']}",
        headers=school.headers("educator", "tess"),
    )
    rebuild(school)
    assert gone.status_code == 204
    assert school.get("/api/gamification/streak/bea").json()["current_streak"] == 2


def test_a_student_cannot_grant_themself_a_break(school):
    days = {"first_day": "2026-03-02", "last_day": "2026-03-03", "name": "tired"}
    answer = school.post("/api/breaks/student/ada", days, role="student", sub="ada")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": "2026-03-01"}, "last_day"),
        ({"last_day": "2026-08-01"}, "last_day"),
        ({"first_day": "2020-03-01", "last_day": "2020-03-02"}, "first_day"),
        ({"first_day": "yesterday"}, "first_day"),
        ({"name": ""}, "name"),
    ],
)
def test_a_break_that_cannot_be_is_refused(school, change, field):
    days = {"first_day": "2026-03-02", "last_day": "2026-03-03", "name": "trip"} | change
    answer = school.post("/api/breaks/student/ada", days, role="parent", sub="pat")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_same_break_sent_twice_is_one(school):
    days = {"first_day": "2026-03-02", "last_day": "2026-03-03", "name": "trip"}
    sent = [
        school.post("/api/breaks/student/ada", days, role="parent", sub="pat").json()["break_id"]
        for _ in range(2)
    ]
    assert len(set(sent)) == 1
    assert len(school.get("/api/breaks/student/ada").json()["breaks"]) == 1


def test_a_break_of_another_student_is_not_found_here(school):
    days = {"first_day": "2026-03-02", "last_day": "2026-03-03", "name": "trip"}
    planned = school.post("/api/breaks/student/ada", days, role="parent", sub="pat").json()
    headers = school.headers("parent", "pat")
    path = f"/api/breaks/student/bea/{planned['break_id']}"
    assert school.client.delete(path, headers=headers).status_code == 404
    assert len(school.get("/api/breaks/student/ada").json()["breaks"]) == 1


def test_a_profile_is_changed_by_the_student_a_parent_or_an_admin(school):
    path = "/api/students/ada/profile"
    body = {"alias": "Łoś 7", "time_zone": "Europe/Warsaw", "locale": "pl"}
    assert put(school, path, body, "educator", "tess").status_code == 403
    assert put(school, path, body, "parent", "pat").status_code == 200
    assert school.get(path, "student", "ada").json() == {
        "student_id": "ada",
        "name": "Ada",
        "leaderboard_opt_in": True,
        **body,
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"alias": "x"}, "alias"),
        ({"alias": "<b>me</b>"}, "alias"),
        ({"alias": "  "}, "alias"),
        ({"alias": "Owl "}, "alias"),
        ({"alias": "O\u200bwl"}, "alias"),
        ({"alias": "Ow" + "\u0336" * 4}, "alias"),
        ({"alias": "o" * 41}, "alias"),
        ({"alias": "a\u202eb"}, "alias"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"locale": "de_DE!"}, "locale"),
        ({"leaderboard_opt_in": "yes"}, "leaderboard_opt_in"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(school, body, field):
    answer = put(school, "/api/students/ada/profile", body, "student", "ada")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_leaderboard_needs_an_alias(school):
    answer = put(
        school, "/api/students/fay/profile", {"leaderboard_opt_in": True}, "student", "fay"
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "alias")
