"""One event all the way: sent, seen live, built, published, on disk, sent again, counted once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from tests.journey.conftest import SPOOL, Programs, Server
from tests.servers import addresses, backings, redis_server  # noqa: F401  # a fixture
from tests.stores import postgresql_server  # noqa: F401  # a fixture
from warehouse.settings import Settings, load_settings
from warehouse.tokens import Role

STUDENT = "s0001"
ANSWERS = (
    f"/api/progress/student/{STUDENT}",
    f"/api/progress/student/{STUDENT}/concept/phys-light",
    f"/api/progress/student/{STUDENT}/why/points",
    f"/api/progress/learning-path/{STUDENT}",
    f"/api/gamification/points/{STUDENT}",
    f"/api/gamification/badges/{STUDENT}",
    f"/api/gamification/streak/{STUDENT}",
)


@pytest.fixture(params=backings("test_journey"))
def settings(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """The journey's home, over files or over real servers."""
    with addresses(request, request.param) as found:
        yield load_settings(home=settings.home, jwt_secret=settings.jwt_secret, **found)


@pytest.fixture
def student(programs: Programs) -> Iterator[httpx.Client]:
    """A student of a small sample school that has been built once, with a token of their own."""
    programs.run(SPOOL, "sample", "--students", "3", "--days", "30")
    programs.run(SPOOL, "build")
    server = Server(programs)
    server.start()
    with server.client(Role.STUDENT, STUDENT) as client:
        yield client
    server.stop()


def a_perfect_try() -> dict[str, Any]:
    return {
        "event_id": "journey-1",
        "student_id": STUDENT,
        "concept_id": "phys-light",
        "event_type": "attempted",
        "score": 1.0,
        "time_spent": 61,
        "occurred_at": (datetime.now(UTC) - timedelta(minutes=10)).isoformat(),
    }


def answers(client: httpx.Client) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the student sees everywhere, and the meta of each answer apart."""
    seen, metas = {}, []
    for path in ANSWERS:
        response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.text}"
        body = response.json()
        metas.append(body.pop("meta"))
        seen[path] = body
    return seen, metas


def test_an_event_is_seen_at_once_published_as_seen_and_counted_once(student, programs):
    before, metas = answers(student)
    assert not any(meta["live"] for meta in metas)
    first = metas[0]["snapshot_id"]

    sent = a_perfect_try()
    assert send(student, sent) == (201, "accepted")
    live, metas = answers(student)
    assert live != before
    assert all(meta["live"] and meta["pending_events"] == 1 for meta in metas)
    assert {meta["snapshot_id"] for meta in metas} == {first}

    built = programs.run(SPOOL, "build").split()[-1]
    published, metas = answers(student)
    assert published == live
    assert {(meta["snapshot_id"], meta["live"]) for meta in metas} == {(built, False)}
    assert events_on_disk(programs).count(sent["event_id"]) == 1

    assert send(student, sent) == (200, "duplicate")
    assert answers(student)[0] == live

    programs.run(SPOOL, "build")  # from here on the inbox has forgotten it
    assert send(student, sent) == (201, "accepted")
    assert answers(student)[0] == live
    programs.run(SPOOL, "build")
    assert answers(student)[0] == live


def send(client: httpx.Client, event: dict[str, Any]) -> tuple[int, str]:
    answer = client.post("/api/progress/track", json=event)
    return answer.status_code, answer.json()["status"]


def events_on_disk(programs: Programs) -> list[str]:
    """The ids of all events in the lake's Parquet files."""
    files = (programs.settings.lake_dir / "events").rglob("*.parquet")
    return [one for file in files for one in pq.read_table(file)["event_id"].to_pylist()]
