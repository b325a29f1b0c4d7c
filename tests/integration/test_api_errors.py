"""Every refusal has one shape, and a failure inside tells nothing of the inside."""

from __future__ import annotations

import pytest

from api import errors
from api.errors import KINDS, problem
from api.schemas.service import Problem
from warehouse.errors import SnapshotUnavailable, SpoolError, StoreUnavailable
from warehouse.reader import Reader
from warehouse.store.inbox import Inbox

SECRETS = "/var/lib/spool/store.db password=hunter2"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/progress/student/", 404),
        ("GET", "/health/", 404),
        ("GET", "/api/progress/student/ada/concept/alchemy", 404),
        ("DELETE", "/health", 405),
        ("GET", "/api/progress/track", 405),
        ("GET", "/api/gamification/points/ada?limit=0", 422),
        ("GET", "/api/progress/student/%00", 422),
        ("POST", "/api/progress/track", 403),
        ("POST", "/api/gamification/award-points", 415),
    ],
)
def test_a_refusal_has_one_shape(api, method, path, status):
    answer = api.client.request(method, path, headers=api.headers("admin", "head"))

    _check_shape(answer, status)
    assert answer.json()["detail"]


def test_a_missing_token_has_the_same_shape(api):
    _check_shape(api.client.get("/api/progress/student/ada"), 401)


def test_a_refused_method_names_those_that_work(api):
    assert api.client.delete("/health").headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (RuntimeError(SECRETS), 500),
        (SpoolError(SECRETS), 500),
        (StoreUnavailable(SECRETS, cure=SECRETS), 503),
        (SnapshotUnavailable(SECRETS, cure=SECRETS), 503),
    ],
)
def test_a_failure_inside_is_logged_and_not_told(api, failure, status, monkeypatch, caplog):
    def fail(*_args):
        raise failure

    monkeypatch.setattr(Reader, "student", fail)
    answer = api.get("/api/progress/student/ada")

    _check_shape(answer, status)
    assert "spool" not in answer.text.lower().replace(errors.MEDIA_TYPE, "")
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 503:
        assert answer.headers["retry-after"] == "5"
        assert "hunter2" in caplog.text


def test_an_event_that_cannot_be_stored_is_not_acknowledged(api, monkeypatch):
    def fail(*_args):
        raise StoreUnavailable(SECRETS)

    monkeypatch.setattr(Inbox, "append", fail)
    event = {"student_id": "vic", "concept_id": "light", "event_type": "started"}

    _check_shape(api.track(**event), 503)
    _check_shape(api.post("/api/progress/track/batch", {"events": [event]}), 503)


def test_an_award_that_is_stored_is_acknowledged_even_when_its_total_cannot_be_read(
    api, monkeypatch
):
    def fail(*_args):
        raise SnapshotUnavailable(SECRETS)

    monkeypatch.setattr(Reader, "student", fail)
    award = {"student_id": "wim", "points": 5, "reason": "tidy notes", "event_id": "wim.1"}
    answer = api.post("/api/gamification/award-points", award)

    assert (answer.status_code, answer.json()) == (201, {"event_id": "wim.1", "total_points": None})


def test_kinds_have_one_name_each():
    assert len({kind.slug for kind in KINDS}) == len(KINDS)
    assert all(400 <= kind.status < 600 for kind in KINDS)


def test_every_kind_is_explained_where_its_type_points(api):
    page = api.client.get("/docs").text

    assert all(f'id="problem-{kind.slug}"' in page for kind in KINDS)


def test_an_error_without_a_cure_says_so():
    assert problem(errors.NotFound("Nothing.")) == {
        "type": "/docs#problem-not-found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "Nothing.",
        "cure": None,
        "field": None,
    }


def _check_shape(answer, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    Problem.model_validate(body)
    assert body["status"] == status
    assert body["type"] in {kind.uri for kind in KINDS}
