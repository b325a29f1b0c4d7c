"""The dashboards of a small school, figure by figure, and who may see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api_school import ADA, Api, serving, settings_of
from tests.two_classes import OTHERS, guardian, publish_two_classes
from warehouse.store.people import Enrolment, SchoolClass


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("dashboards"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def test_a_student_sees_what_the_single_endpoints_say(api):
    shown = api.get("/api/dashboard/student/ada", "student", "ada").json()
    points = api.get("/api/gamification/points/ada").json()
    streak = api.get("/api/gamification/streak/ada").json()
    path = api.get("/api/progress/learning-path/ada").json()
    badges = api.get("/api/gamification/badges/ada").json()["badges"]

    for name in ("total_points", "level", "level_name", "points_to_next_level"):
        assert shown["level"][name] == points[name]
    for name in ("current_streak", "longest_streak", "last_activity_date"):
        assert shown["streak"][name] == streak[name]
    assert [step["concept_id"] for step in shown["next_steps"]] == path["next"]
    assert {s["subject_id"]: s["percent"] for s in shown["path"]} == {
        s["subject_id"]: s["percent"] for s in path["subjects"]
    }
    assert {w["badge_id"] for w in shown["wins"] if w["kind"] == "badge"} == {
        b["badge_id"] for b in badges
    }
    today = [row for row in points["history"] if row["local_date"] == "2026-03-04"]
    assert shown["today"] == {
        "local_date": "2026-03-04",
        "event_count": 1,
        "minutes": 0.0,
        "concepts": 1,
        "completed": 0,
        "mastered": 0,
        "points": sum(row["points"] for row in today),
    }
    assert sum(day["points"] for day in shown["streak"]["days"]) == points["total_points"]


def test_the_strip_shows_breaks_and_missed_days_and_the_goal_who_set_it(api):
    shown = api.get("/api/dashboard/student/ada", "student", "ada").json()

    assert [(d["local_date"][-2:], d["state"]) for d in shown["streak"]["days"]] == [
        ("26", "missed"),
        ("27", "missed"),
        ("28", "break"),
        ("01", "break"),
        ("02", "active"),
        ("03", "active"),
        ("04", "active"),
    ]
    assert shown["goal"] == {
        "week_start": "2026-03-02",
        "concepts_target": 3,
        "concepts_done": 2,
        "minutes_target": None,
        "minutes_done": 3.0,
        "met": False,
        "set_by": "parent",
    }


def test_who_has_not_begun_sees_a_beginning(api):
    shown = api.get("/api/dashboard/student/dan", "student", "dan").json()

    assert shown["level"]["total_points"] == 0
    assert shown["level"]["level"] == 1
    assert shown["level"]["points_to_next_level"] == 101
    assert [day["state"] for day in shown["streak"]["days"]] == ["missed"] * 6 + ["open"]
    assert shown["wins"] == []
    assert len(shown["next_steps"]) == 3
    assert shown["goal"]["concepts_target"] == 5
    assert shown["goal"]["set_by"] == "default"


def test_an_event_counts_at_once(api):
    before = api.get("/api/dashboard/student/eve", "student", "eve").json()
    api.track(student_id="eve", concept_id="light", event_type="completed", time_spent=120)
    after = api.get("/api/dashboard/student/eve", "student", "eve").json()

    assert (before["today"]["event_count"], after["today"]["event_count"]) == (0, 1)
    assert after["meta"]["live"]
    assert after["meta"]["pending_events"] == 1
    assert after["today"]["minutes"] == 2.0
    assert after["today"]["points"] == after["level"]["total_points"] > 0
    assert after["streak"]["days"][-1]["state"] == "active"
    assert after["goal"]["concepts_done"] == 1


def test_a_parent_sees_the_children_of_the_moment_and_nobody_else(api):
    answer = api.get("/api/dashboard/parent/kim", "parent", "kim")
    shown = answer.json()

    assert [child["student_id"] for child in shown["children"]] == ["ada", "bob"]
    assert shown["name"] == "Kim"
    assert not {"Cleo", "Dan", "cleo", "dan"} & set(answer.text.split('"'))
    ada, bob = shown["children"]
    points = api.get("/api/gamification/points/ada").json()
    assert ada["level"]["total_points"] == points["total_points"]
    assert ada["current_streak"] == api.get("/api/gamification/streak/ada").json()["current_streak"]
    assert ada["weeks"]["this_week"]["points"] == points["total_points"]
    assert ada["weeks"]["usual"] is None
    assert ada["weeks"]["words"].startswith("Ada has learned for 3 minutes on 3 days this week")
    assert [(a["rule"], a["concept"]["name"], a["have"]) for a in bob["attention"]] == [
        ("stuck", "Light", 6)
    ]
    assert "Bob has tried Light 6 times" in bob["attention"][0]["words"]
    assert {win["name"] for win in ada["achievements"]} == {
        "Reading fractions",
        "Helper",
    }


def test_a_revoked_child_is_gone_at_once_also_from_kept_answers(api):
    people = api.app.state.services.store.people
    people.put(guardians=[guardian("bob", "sam"), guardian("ada", "sam")], source="tests")
    both = api.get("/api/dashboard/parent/sam", "parent", "sam")
    again = api.get(
        "/api/dashboard/parent/sam", "parent", "sam", **{"If-None-Match": both.headers["etag"]}
    )
    people.put(guardians=[guardian("bob", "sam", consent=False)], source="tests")
    after = api.get(
        "/api/dashboard/parent/sam", "parent", "sam", **{"If-None-Match": both.headers["etag"]}
    )

    assert [c["student_id"] for c in both.json()["children"]] == ["ada", "bob"]
    assert again.status_code == 304
    assert [c["student_id"] for c in after.json()["children"]] == ["ada"]


def test_a_child_with_new_events_is_live_beside_the_published_ones(api):
    people = api.app.state.services.store.people
    people.put(guardians=[guardian("fay", "tom"), guardian("ada", "tom")], source="tests")
    api.track(student_id="fay", concept_id="light", event_type="mastered", time_spent=60)
    ada, fay = api.get("/api/dashboard/parent/tom", "parent", "tom").json()["children"]

    assert (ada["meta"]["live"], fay["meta"]["live"]) == (False, True)
    assert fay["weeks"]["this_week"]["mastered"] == 1
    assert [win["name"] for win in fay["achievements"]] == ["Light"]
    points = api.get("/api/gamification/points/fay").json()
    assert fay["level"]["total_points"] == points["total_points"]


def test_an_educator_sees_the_classes_of_the_moment(api):
    shown = api.get("/api/dashboard/educator/lee", "educator", "lee").json()

    first, second = shown["classes"]
    assert (first["name"], second["name"]) == ("Class 7a", "Class 7b")
    assert [s["student_id"] for s in first["roster"]] == ["ada"]
    assert [s["name"] for s in second["roster"]] == ["Bob", "Dan"]
    assert first["engagement"]["active_today"] == 1
    assert second["engagement"] == {
        "students": 2,
        "active_today": 0,
        "active_7_days": 1,
        "mean_week_minutes": 30.0,
        "at_risk": 1,
    }
    bob = second["roster"][0]
    assert bob["statuses"] == {"light": "in_progress"}
    assert [(r["rule"], r["words"]) for r in bob["reasons"]] == [
        ("stuck", "6 attempts at Light, not completed.")
    ]
    (light,) = second["concepts"]
    stack = ("not_started", "started", "needs_help", "completed", "mastered")
    assert [light[part] for part in stack] == [1, 0, 1, 0, 0]
    for column in first["concepts"]:
        assert sum(column[part] for part in stack) == 1
    progress = api.get("/api/progress/student/ada").json()["concepts"]
    assert first["roster"][0]["statuses"] == {c["concept_id"]: c["status"] for c in progress}


def test_one_class_can_be_asked_for_and_another_shows_nothing(api):
    def classes(educator: str, class_id: str) -> list[str]:
        path = f"/api/dashboard/educator/{educator}?class_id={class_id}"
        return [c["class_id"] for c in api.get(path, "educator", educator).json()["classes"]]

    assert classes("lee", "7b") == ["7b"]
    assert classes("may", "7a") == classes("may", "nowhere") == []


def test_an_admin_sees_the_service(api):
    shown = api.get("/api/dashboard/admin/head", "admin", "head").json()

    assert shown["people"] == {"educator": 2, "parent": 2, "classes": 2}
    assert shown["activity"][-1]["local_date"] == "2026-03-04"
    assert shown["activity"][-1]["dau"] == 1
    assert shown["freshness"]["snapshot_age_seconds"] == 0
    assert shown["freshness"]["event_count"] == len(ADA) + len(OTHERS)
    assert shown["pipeline"]["snapshots"][0]["current"]
    assert shown["audit"]["entries"] >= len(shown["audit"]["latest"]) > 0
    assert shown["badges"]


def test_each_view_is_for_its_own_person_and_refusals_are_alike(api):
    paths = {"parent": "kim", "educator": "lee", "admin": "head", "student": "ada"}
    refused = [
        api.get(f"/api/dashboard/{view}/{who}", role, "eve")
        for view, own in paths.items()
        for role in ("student", "parent", "educator", "service")
        for who in (own, "nobody")
    ]
    refused.append(api.get("/api/dashboard/admin/kim", "admin", "head"))

    assert {answer.status_code for answer in refused} == {403}
    assert api.get("/api/dashboard/parent/kim", "admin", "head").status_code == 200
    assert api.get("/api/dashboard/educator/lee", "admin", "head").status_code == 200


def test_every_record_that_a_dashboard_shows_is_in_the_audit_log(api):
    api.get("/api/dashboard/educator/may", "educator", "may")
    rows = api.app.state.services.store.audit.rows(actor="may")

    assert {(r.operation, r.student_id) for r in rows} >= {
        ("educator_dashboard", "bob"),
        ("educator_dashboard", "dan"),
    }


def test_before_the_first_build_everybody_gets_an_answer(tmp_path):
    with serving(settings_of(tmp_path)) as api:
        people = api.app.state.services.store.people
        people.put(
            classes=[SchoolClass("7a", "7a", None, None, leaderboard_enabled=True, active=True)],
            enrolments=[
                Enrolment("7a", "lee", "educator", None, None),
                Enrolment("7a", "ada", "student", None, None),
            ],
            guardians=[guardian("ada", "kim")],
            source="tests",
        )
        answers = [
            api.get(f"/api/dashboard/{role}/{who}", role, who)
            for role, who in {
                "student": "ada",
                "parent": "kim",
                "educator": "lee",
                "admin": "head",
            }.items()
        ]

        assert [answer.status_code for answer in answers] == [200] * 4
        assert [answer.json()["meta"]["snapshot_id"] for answer in answers] == [None] * 4
