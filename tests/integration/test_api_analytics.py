"""Trends and insights of a student who tires after half an hour, and of one who has just begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests import rephrasing_endpoint
from tests.api_school import NOW, Api, publish_school, serving, settings_of
from tests.factories import received
from tests.rephrasing_endpoint import Endpoint
from tests.simulated import Truth, student
from warehouse.events import ReceivedEvent
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.curriculum import Concept
from warehouse.store.database import open_store

TIRED = Truth(late=0.3, tries_a_session=22)
INSIGHTS, TRENDS = "/api/analytics/insights/{}", "/api/analytics/trends/{}"


def simulated(name: str, truth: Truth) -> list[ReceivedEvent]:
    rows = student(truth, 2)[0].iter_rows(named=True)
    return [
        received(
            name, "attempted", row["concept_id"], row["occurred_at"], score=row["score"],
            time_spent=30, event_id=f"{name}.{row['event_id']}",
        )
        for row in rows
    ]  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    made = settings_of(tmp_path_factory.mktemp("analytics"))
    with open_store(made, clock=lambda: NOW) as store:
        concepts = student(TIRED, 2)[0].select("concept_id", "subject_id").unique().rows()
        store.curriculum.merge(Concept(concept, subject, concept) for concept, subject in concepts)
    Lake(made.lake_dir).write(new_batch(NOW), simulated("ann", TIRED))
    publish_school(made)
    return made


@pytest.fixture(scope="module")
def api(settings: Settings) -> Iterator[Api]:
    with serving(settings) as running:
        yield running


def test_what_was_found_is_told_in_figures_and_words(api):
    answer = api.get(INSIGHTS.format("ann"), role="student", sub="ann").json()

    (found,) = [i for i in answer["insights"] if i["kind"] == "session_length"]
    early, late = (round(100 * found["evidence"][f"{part}_score"]) for part in ("early", "late"))
    assert f"{early} to {late} of 100" in found["statement"]
    assert found["confidence"] >= 0.95
    assert found["effect"]["unit"] == "points of 100"
    assert found["effect"]["lower"] < found["effect"]["size"] < found["effect"]["upper"]
    assert answer["meta"]["live"] is False


def test_a_young_reader_is_spoken_to(api):
    plain, simple = (
        api.get(INSIGHTS.format("ann") + query).json()["insights"]
        for query in ("", "?level=simple")
    )
    assert [one["evidence"] for one in plain] == [one["evidence"] for one in simple]
    assert any("ou" in one["statement"].split()[0] for one in simple)
    assert api.get(INSIGHTS.format("ann") + "?level=rude").status_code == 422


def test_the_events_behind_an_insight_can_be_asked_for(api):
    (found,) = [
        one
        for one in api.get(INSIGHTS.format("ann")).json()["insights"]
        if one["kind"] == "session_length"
    ]
    path = f"/api/progress/student/ann/why/{quote(found['figure'], safe='')}"
    answer = api.get(path).json()

    events = answer["events"]
    assert {event["group"] for event in events} == {"early", "late"}
    mean = {
        group: sum(e["score"] for e in events if e["group"] == group)
        / sum(e["group"] == group for e in events)
        for group in ("early", "late")
    }
    assert mean["early"] > mean["late"]
    pages = [api.get(f"{path}?limit=1000&offset={n}").json() for n in range(0, found["n"], 1000)]
    assert sum(len(page["events"]) for page in pages) == found["n"]


def test_who_has_just_begun_is_told_nothing(api):
    assert api.get(INSIGHTS.format("ada")).json()["insights"] == []
    assert api.get(INSIGHTS.format("nobody-yet")).json()["insights"] == []
    answer = api.get("/api/progress/student/ada/why/insight%3Acomeback")
    assert (answer.status_code, answer.json()["field"]) == (404, "figure")


def test_trends_show_weeks_subjects_and_the_clock(api):
    answer = api.get(TRENDS.format("ada")).json()

    assert answer["weekly_progress"] == [
        {
            "week_start": "2026-03-02",
            "started": 3,
            "completed": 1,
            "mastered": 1,
            "total_time_spent": 180,
            "average_score": pytest.approx((1.0 + 0.4 + 0.8) / 3),
            "points": answer["weekly_progress"][0]["points"],
            "learning_velocity": 0.25,
        }
    ]
    shares = {part["subject_id"]: part for part in answer["subject_distribution"]}
    assert {name: part["event_share"] for name, part in shares.items()} == {
        "maths": pytest.approx(5 / 6),
        "physics": pytest.approx(1 / 6),
    }
    assert (shares["maths"]["time_share"], shares["physics"]["time_share"]) == (1.0, 0.0)
    assert answer["metrics"]["strongest_subjects"] == ["maths"]
    assert answer["metrics"]["areas_for_improvement"] == []
    patterns = answer["time_patterns"]
    assert [slot["number"] for slot in patterns["hours"]] == list(range(24))
    assert patterns["hours"][9]["event_count"] == 6
    assert [slot["event_count"] for slot in patterns["weekdays"]] == [2, 3, 1, 0, 0, 0, 0]
    assert answer["labels"]["learning_velocity"]["unit"] == "concepts per week"


def test_every_week_is_there_up_to_the_present_one(api):
    weeks = api.get(TRENDS.format("ann")).json()["weekly_progress"]

    assert len(weeks) == 27
    assert weeks[-1]["week_start"] == "2026-03-02"
    assert sum(week["total_time_spent"] for week in weeks) == 30 * len(simulated("ann", TIRED))


def test_trends_of_somebody_without_events_are_empty(api):
    answer = api.get(TRENDS.format("nobody-yet")).json()
    assert (answer["weekly_progress"], answer["subject_distribution"]) == ([], [])
    assert answer["time_patterns"] == {"hours": [], "weekdays": []}
    assert answer["metrics"]["active_days"] == 0


def test_an_event_that_no_snapshot_holds_counts_at_once(settings):
    with serving(settings, NOW + timedelta(hours=1)) as api:
        api.track(
            student_id="rob", concept_id="light", event_type="completed", score=0.5, time_spent=60,
            occurred_at="2026-03-04T12:30:00Z",
        )  # fmt: skip
        answer = api.get(TRENDS.format("rob")).json()

    assert answer["meta"]["live"] is True
    assert answer["weekly_progress"][0]["completed"] == 1
    assert answer["time_patterns"]["hours"][12]["event_count"] == 1


def test_other_words_come_from_the_endpoint_of_the_school(settings):
    endpoint = Endpoint()
    endpoint.answer = lambda text: f"In other words: {text}"
    with rephrasing_endpoint.serving(endpoint) as url:
        more = {"insights_llm_url": url, "insights_llm_model": "small"}
        with serving(settings.model_copy(update=more)) as api:
            told = api.get(INSIGHTS.format("ann")).json()["insights"]
    assert any(one["statement"].startswith("In other words: ") for one in told)
