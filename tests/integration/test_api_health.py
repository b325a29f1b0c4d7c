"""Health says what works."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.errors import SNAPSHOT_UNAVAILABLE
from api.main import create_app
from tests.api_school import NOW, publish_school, serving, settings_of
from warehouse.errors import InvalidSettings, SnapshotUnavailable, StoreUnavailable
from warehouse.reader import Reader
from warehouse.store.inbox import Inbox


def test_health_of_a_published_school(school):
    with serving(school.settings, NOW + timedelta(seconds=90)) as api:
        answer = api.client.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "snapshot_id": school.snapshot_id,
        "snapshot_age_seconds": 90,
        "store": "ok",
        "pending_events": 0,
    }


def test_an_empty_home_takes_events_and_answers_before_the_first_build(tmp_path):
    with serving(settings_of(tmp_path)) as api:
        api.track(student_id="ada", concept_id="light", event_type="mastered")
        health = api.client.get("/health").json()
        answer = api.get("/api/progress/student/ada").json()

    assert (health["status"], health["snapshot_id"], health["pending_events"]) == ("ok", None, 1)
    assert answer["summary"]["concepts_mastered"] == 1
    assert answer["meta"] == {
        "snapshot_id": None,
        "as_of": "2026-03-04T12:00:00Z",
        "live": True,
        "pending_events": 1,
    }


def test_health_names_a_store_that_fails(school, monkeypatch):
    def fail(*_args):
        raise StoreUnavailable("gone")

    monkeypatch.setattr(Inbox, "count", fail)
    with serving(school.settings) as api:
        answer = api.client.get("/health")

    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["store"]) == ("unavailable", "unavailable")


def test_without_any_readable_snapshot_nothing_is_answered(tmp_path):
    """Answering from the inbox alone would show every student as a beginner."""
    settings = settings_of(tmp_path)
    snapshot_id = publish_school(settings)
    (settings.snapshots_dir / f"{snapshot_id}.duckdb").write_bytes(b"torn")

    with serving(settings) as api:
        health = api.client.get("/health")
        answer = api.get("/api/progress/student/ada")

    assert (health.status_code, health.json()["status"]) == (503, "unavailable")
    assert (answer.status_code, answer.json()["title"]) == (503, SNAPSHOT_UNAVAILABLE.title)


def test_a_torn_snapshot_leaves_the_one_before_in_service(tmp_path):
    settings = settings_of(tmp_path)
    snapshot_id = publish_school(settings)
    torn = settings.snapshots_dir / "20990101T000000000000-ffffff.duckdb"

    with serving(settings) as api:
        before = api.get("/api/progress/student/ada").json()
        torn.write_bytes(b"torn")
        link = settings.snapshots_dir / "link"
        link.symlink_to(torn.name)
        link.replace(settings.snapshots_dir / "current.duckdb")
        after = api.get("/api/progress/student/ada").json()

    assert after == before
    assert after["meta"]["snapshot_id"] == snapshot_id


def test_health_names_snapshots_that_cannot_be_read(school, monkeypatch):
    def fail(*_args):
        raise SnapshotUnavailable("gone")

    monkeypatch.setattr(Reader, "snapshot_info", fail)
    with serving(school.settings) as api:
        answer = api.client.get("/health")

    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["store"]) == ("unavailable", "ok")


def test_without_a_secret_the_api_does_not_start(own_home):
    with pytest.raises(InvalidSettings, match="JWT_SECRET"):
        create_app()
