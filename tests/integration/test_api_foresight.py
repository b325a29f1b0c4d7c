"""Predictions through the API: what they say, and who is shown them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api_school import (
    ADA,
    CURRICULUM,
    NOW,
    Api,
    enrol_family,
    publish_school,
    serving,
    settings_of,
)
from tests.factories import received
from tests.foretelling import RISK_REPORT, counting
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import open_store

PATH = "/api/progress/learning-path/ada"
TRENDS = "/api/analytics/trends/ada"
RECOMMENDED = "/api/analytics/recommendations/ada"
FAMILY = {"student": "ada", "parent": "pat", "educator": "eve", "admin": "head"}
MORE = [
    received("ada", "attempted", "light", f"2026-03-0{day} 11:00", score=score)
    for day, score in ((1, 1.0), (2, 0.0), (3, 1.0))
] + [received("rob", "started", "light", "2026-02-27 09:00")]


@pytest.fixture(scope="module")
def foretold(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_of(tmp_path_factory.mktemp("foretold"))
    enrol_family(settings)
    with open_store(settings, clock=lambda: NOW - timedelta(days=30)) as store:
        store.curriculum.merge(CURRICULUM)
        Lake(settings.lake_dir).write(new_batch(NOW), [*ADA, *MORE])
        Build(settings, store, BuildRequest(NOW), suppliers=counting()).run()
    return settings


@pytest.fixture(scope="module")
def api(foretold: Settings) -> Iterator[Api]:
    with serving(foretold) as api:
        yield api


def asked(api: Api, path: str, role: str) -> dict[str, Any]:
    answer = api.get(path, role, FAMILY[role])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_educator_sees_how_likely_the_next_try_succeeds(api: Api):
    path = asked(api, PATH, "educator")
    chances = {node["concept_id"]: node["mastery_probability"] for node in path["nodes"]}
    # three tries at light, two of them right; everything else has too few to say anything
    assert chances.pop("light") == pytest.approx(3 / 5)
    assert set(chances.values()) == {None}
    assert path["predictions"] == {
        "shown": True,
        "reason": None,
        "models": {name: f"{name}-1" for name in ("mastery", "risk", "soon", "trend")},
    }


def test_next_are_the_recommended_concepts_with_their_reasons(api: Api):
    path = asked(api, PATH, "educator")
    best = asked(api, RECOMMENDED, "educator")["recommendations"]
    assert path["recommendations"] == best
    assert path["next"] == [row["concept_id"] for row in best][:3]
    assert (best[0]["concept_id"], best[0]["kind"]) == ("light", "continue")
    assert best[0]["reason"] == (
        "Light is begun, and the next try has a good chance to succeed: about 60 of 100. "
        "That rests on 3 tries and lies between 40 and 80."
    )
    new = {row["concept_id"]: row["reason"] for row in best if row["kind"] == "begin"}
    assert new["fractions/dividing"].startswith(
        "Dividing fractions is new, what it builds on is done, and a first try would succeed in "
        "about 50 of 100. There are too few tries yet"
    )


def test_trends_carry_the_forecast_and_the_outlook(api: Api):
    found = asked(api, TRENDS, "educator")
    assert [(row["measure"], row["horizon"]) for row in found["forecast"]] == [("mastered", 1)]
    light = next(row for row in found["mastery"] if row["concept_id"] == "light")
    assert (light["evidence_count"], light["mastered_in_14_days"]) == (3, pytest.approx(4 / 5))
    guess = next(row for row in found["mastery"] if not row["enough_evidence"])
    assert (guess["probability"], guess["lower"], guess["upper"]) == (None, None, None)


@pytest.mark.parametrize("role", ["student", "parent", "educator"])
def test_a_change_is_no_prediction_and_told_to_all_who_may_read_the_trends(api: Api, role: str):
    (change,) = asked(api, TRENDS, role)["changes"]
    assert (change["measure"], change["weeks_after"]) == ("mastered", 6)
    assert change["statement"].endswith(" concepts.")


@pytest.mark.parametrize("path", [PATH, TRENDS, RECOMMENDED])
@pytest.mark.parametrize("role", ["student", "parent"])
def test_students_and_parents_are_shown_none_unless_the_school_wants_it(
    api: Api, path: str, role: str
):
    found = asked(api, path, role)
    assert found["predictions"] == {
        "shown": False,
        "reason": "Predictions are not shown to this role here.",
        "models": {},
    }
    assert not found.get("recommendations")
    assert not found.get("forecast")
    assert not found.get("mastery")
    assert all(node["mastery_probability"] is None for node in found.get("nodes", ()))


def test_a_school_decides_to_whom_they_are_shown_and_kept_answers_do_not_outlive_it(
    foretold: Settings, api: Api
):
    before = api.get(PATH, "student", "ada")
    opened = foretold.model_copy(update={"predictions_shown_to": "educators, students"})
    with serving(opened) as other:
        kept = {"If-None-Match": before.headers["ETag"]}
        now = other.get(PATH, "student", "ada", **kept)
        assert now.status_code == 200
        assert now.json()["predictions"]["shown"]
        assert now.json()["recommendations"]
        assert not asked(other, PATH, "parent")["predictions"]["shown"]
    closed = foretold.model_copy(update={"predictions_shown_to": "nobody"})
    with serving(closed) as other:
        assert not asked(other, PATH, "educator")["predictions"]["shown"]
        dashboard = asked(other, "/api/dashboard/educator/eve", "educator")
        assert dashboard["classes"][0]["risk"] == dashboard["risk_quality"] == []
        assert all(
            reason["rule"] != "predicted"
            for student in dashboard["classes"][0]["roster"]
            for reason in student["reasons"]
        )


def test_an_educator_sees_the_risk_beside_its_error_rates(api: Api):
    shown = asked(api, "/api/dashboard/educator/eve", "educator")
    (line,) = shown["classes"][0]["risk"]
    assert (line["student_id"], line["probability"]) == ("rob", 0.5)
    assert line["words"] == "No learning for the next 14 days: 50 in 100."
    assert line["reasons"] == ["Was last active on 2026-02-27."]
    assert shown["risk_quality"] == [RISK_REPORT]
    rob = next(s for s in shown["classes"][0]["roster"] if s["student_id"] == "rob")
    assert [reason["rule"] for reason in rob["reasons"]] == ["predicted"]
    assert rob["reasons"][0]["words"].startswith("May not learn here in the next 14 days: 50 in")


def test_a_parent_is_never_shown_a_predicted_risk(foretold: Settings):
    everything = foretold.model_copy(update={"predictions_shown_to": "educators,parents,students"})
    with serving(everything) as api:
        for path, role in (
            ("/api/dashboard/parent/pat", "parent"),
            ("/api/dashboard/student/ada", "student"),
            (TRENDS, "parent"),
            (PATH, "parent"),
        ):
            assert "risk" not in asked(api, path, role).keys() - {"predictions"}
            assert '"rule":"predicted"' not in api.get(path, role, FAMILY[role]).text


def test_what_educators_say_of_the_models_flags_is_told(api: Api):
    flag = {"student_id": "rob", "rule": "predicted"}
    opened = api.post("/api/interventions", flag, role="educator", sub="eve").json()
    change = {"version": opened["version"], "useful": True, "outcome": "improving"}
    assert api.put(
        f"/api/interventions/{opened['intervention_id']}", change, role="educator", sub="eve"
    ).is_success
    shown = asked(api, "/api/dashboard/educator/eve", "educator")
    assert shown["feedback"] == [
        {"rule": "predicted", "interventions": 1, "answered": 1, "useful": 1, "useful_ratio": 1.0}
    ]


def test_without_a_model_the_answer_says_so(tmp_path: Path):
    settings = settings_of(tmp_path / "plain")
    enrol_family(settings)
    publish_school(settings)
    with serving(settings) as api:
        path = asked(api, PATH, "educator")
        assert path["predictions"]["shown"]
        assert path["predictions"]["reason"].startswith("There is no model yet")
        assert path["recommendations"] == []
        assert path["next"] == ["light", "counting", "fractions/dividing"]
        assert asked(api, TRENDS, "educator")["forecast"] == []


def test_before_the_first_build_there_is_nothing_to_foretell(tmp_path: Path):
    settings = settings_of(tmp_path / "empty")
    enrol_family(settings)
    with serving(settings) as api:
        assert asked(api, RECOMMENDED, "educator")["recommendations"] == []
        assert asked(api, PATH, "educator")["predictions"]["models"] == {}


def test_the_next_steps_of_a_dashboard_are_the_recommended_ones_where_they_may_be(api: Api):
    shown = asked(api, "/api/dashboard/student/ada", "educator")["next_steps"]
    best = asked(api, RECOMMENDED, "educator")["recommendations"]
    assert [(step["concept_id"], step["reason"]) for step in shown] == [
        (row["concept_id"], row["reason"]) for row in best[:3]
    ]
    own = asked(api, "/api/dashboard/student/ada", "student")["next_steps"]
    assert {step["reason"] for step in own} == {None}
