"""The figures for Prometheus: who may read them, what they count, and whom they never name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import state
from tests.api_school import NOW, publish_school, serving, settings_of
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.errors import StoreUnavailable
from warehouse.lake import Lake
from warehouse.store.database import open_store
from warehouse.store.inbox import Inbox

SCRAPER = "a token that only a scraper has"
EVENT = {"student_id": "rob", "concept_id": "light", "event_type": "started"}


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(state, "KEPT_SECONDS", -1.0)


def figures(api, **headers):
    """Every sample by its name and labels."""
    answer = api.get("/metrics", **headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_operation_role_and_status(api):
    key = ("spool_http_requests_total", ("operation", "student_streak"), ("role", "student"))
    before = figures(api)
    for student in ("rob", "rob", "ada"):
        api.get(f"/api/gamification/streak/{student}", "student", "rob")
    after = figures(api)

    counted = {
        s: after[*key, ("status", s)] - before.get((*key, ("status", s)), 0) for s in ("200", "403")
    }
    assert counted == {"200": 2, "403": 1}
    assert after["spool_http_request_seconds_count", ("operation", "student_streak")] >= 3
    refused = ("operation", "student_streak")
    assert after["spool_http_problems_total", ("kind", "not-permitted"), refused] >= 1


def test_events_are_counted_by_what_became_of_them(tmp_path):
    with serving(settings_of(tmp_path)) as api:
        api.track(**EVENT, event_id="m1")
        api.track(**EVENT, event_id="m1")
        api.track(**EVENT, event_id="m1", score=0.5)
        api.track(**EVENT, score=2)
        batch = [EVENT, EVENT | {"score": 3}, EVENT | {"event_id": "m1", "score": 0.1}]
        api.post("/api/progress/track/batch", {"events": batch})
        found = figures(api)

    outcomes = {
        o: found["spool_ingest_events_total", ("outcome", o)]
        for o in ("accepted", "duplicate", "conflict")
    }
    assert outcomes == {"accepted": 2, "duplicate": 1, "conflict": 2}
    assert found["spool_ingest_rejected_total", ("reason", "invalid-event")] == 2
    assert found["spool_ingest_rejected_total", ("reason", "event-conflict")] == 2
    assert found["spool_ingest_request_events_sum",] == 5
    assert found["spool_ingest_commit_seconds_count",] >= 4


def test_the_inbox_and_the_snapshot_tell_their_size_and_age(tmp_path):
    settings = settings_of(tmp_path)
    snapshot_id = publish_school(settings)
    with serving(settings, NOW) as api:
        api.track(**EVENT)
    with serving(settings, NOW + timedelta(seconds=90)) as api:
        found = figures(api)

    assert found["spool_inbox_events",] == found["spool_inbox_unclaimed_events",] == 1
    assert found["spool_inbox_oldest_seconds",] == 90
    assert found["spool_snapshot_age_seconds",] == 90
    assert found["spool_snapshot_events",] == 7
    assert any(("snapshot_id", snapshot_id) in key for key in found)
    assert found["spool_table_rows", ("table", "gamification.student_points")] == 1
    assert found["spool_build_table_seconds", ("table", "gamification.badges")] > 0


def test_learners_are_counted_as_the_newest_rows_of_the_tables_say(api):
    found = figures(api)

    activity = ("daily_active", "weekly_active", "monthly_active")
    assert [found[f"spool_{name}_students",] for name in activity] == [1, 1, 1]
    assert found["spool_daily_sessions",] == 1
    assert found["spool_average_session_minutes",] == 0
    assert found["spool_streaks_a_week_ago",] == 0
    assert "spool_streak_retention_ratio" not in {name for name, *_ in found}
    assert found["spool_badges_earned_in_week", ("badge", "helper")] == 1


def test_a_snapshot_without_a_metric_s_table_is_no_failure(tmp_path):
    with serving(settings_of(tmp_path)) as api:
        found = figures(api)

    assert {part: found["spool_up", ("part", part)] for part in ("store", "snapshot")} == {
        "store": 1, "snapshot": 1
    }  # fmt: skip
    assert "spool_daily_active_students" not in {name for name, *_ in found}


def test_the_last_build_tells_how_it_ended(tmp_path, monkeypatch):
    settings = settings_of(tmp_path)
    publish_school(settings)
    with serving(settings) as api:
        good = figures(api)
        with open_store(settings) as store:
            monkeypatch.setattr(Lake, "clean", _fail)
            with pytest.raises(OSError, match="disk"):
                Build(settings, store, BuildRequest(NOW + timedelta(hours=1))).run()
        bad = figures(api)

    assert (good["spool_build_succeeded",], bad["spool_build_succeeded",]) == (1, 0)
    steps = {dict(key[1:])["step"] for key in good if key[0] == "spool_build_step_seconds"}
    assert steps == {"land", "gather", "fill", "index", "publish"}
    assert bad["spool_build_started_timestamp_seconds",] == (NOW + timedelta(hours=1)).timestamp()


def test_a_store_that_is_gone_takes_only_its_own_figures_along(api, monkeypatch):
    monkeypatch.setattr(Inbox, "count", _unavailable)
    found = figures(api)

    assert found["spool_up", ("part", "store")] == 0
    assert found["spool_up", ("part", "snapshot")] == 1
    assert not any(name.startswith("spool_inbox") for name, *_ in found)


def test_figures_are_kept_for_some_seconds(school, monkeypatch):
    monkeypatch.setattr(state, "KEPT_SECONDS", 60.0)
    with serving(school.settings) as api:
        figures(api)
        monkeypatch.setattr(Inbox, "count", _unavailable)

        assert figures(api)["spool_up", ("part", "store")] == 1


def test_process_figures_are_there(api):
    assert figures(api)["process_resident_memory_bytes",] > 0


def test_no_label_names_a_person(api):
    api.get("/api/progress/student/ada", "student", "ada")
    text = api.get("/metrics").text

    assert not re.search(r'"[^"]*\b(ada|rob|head|lms)\b[^"]*"', text)


@pytest.mark.parametrize(
    ("role", "status"),
    [("admin", 200), ("service", 200), ("student", 403), ("parent", 403), ("educator", 403)],
)
def test_who_may_read_them(api, role, status):
    assert api.get("/metrics", role, "ada").status_code == status


def test_a_scraper_s_token_opens_the_figures_and_nothing_else(tmp_path):
    headers = {"Authorization": f"Bearer {SCRAPER}"}
    with serving(settings_of(tmp_path, metrics_token=SCRAPER)) as api:
        assert api.client.get("/metrics", headers=headers).status_code == 200
        assert api.client.get("/api/progress/student/ada", headers=headers).status_code == 401
    with serving(settings_of(tmp_path)) as api:
        assert api.client.get("/metrics", headers=headers).status_code == 401
        assert api.client.get("/metrics").status_code == 401


def _fail(*_args):
    raise OSError("the disk is full")


def _unavailable(*_args):
    raise StoreUnavailable("The store is gone.")
