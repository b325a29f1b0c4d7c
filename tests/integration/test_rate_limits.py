"""Limits over HTTP: 429 says when to return; Redis shares the counts, and may be gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from redis.connection import AbstractConnection

from api import sharing
from api.budgets import Limiter
from tests.api_school import Api, serving, settings_of
from warehouse.clock import utc_now
from warehouse.tokens import Role

READ = "/api/gamification/streak/rob"
EVENT = {"student_id": "rob", "concept_id": "light", "event_type": "started"}


def statuses(api: Api, times: int, **headers: str) -> list[int]:
    return [api.get(READ, "student", "rob", **headers).status_code for _ in range(times)]


def test_beyond_the_budget_comes_429_with_the_time_to_wait(tmp_path):
    with serving(settings_of(tmp_path, rate_limits="reads=5/hour")) as api:
        assert statuses(api, 5) == [200] * 5
        refused = api.get(READ, "student", "rob")

    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert refused.json()["type"] == "/docs#problem-too-many-requests"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]


def test_bad_tokens_are_counted_by_address_and_good_ones_go_on(tmp_path):
    with serving(settings_of(tmp_path, rate_limits="failures=3/hour")) as api:
        bad = [
            api.client.get(READ, headers={"Authorization": "Bearer a.b.c"}).status_code
            for _ in range(5)
        ]
        good = statuses(api, 1)

    assert (bad, good) == ([401, 401, 401, 429, 429], [200])


def test_a_batch_beyond_the_budget_stores_nothing(tmp_path):
    with serving(settings_of(tmp_path, rate_limits="tracking=10/hour")) as api:
        answer = api.post(
            "/api/progress/track/batch", {"events": [EVENT] * 11}, role="student", sub="rob"
        )

        assert answer.status_code == 429
        assert api.pending("rob") == []


def test_open_pages_are_limited_by_address(tmp_path):
    with serving(settings_of(tmp_path, rate_limits="address=3/hour")) as api:
        assert [api.client.get("/sign-in").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_an_address_is_taken_from_a_trusted_proxy_only(tmp_path):
    rates = "failures=1/hour"
    headers = {"Authorization": "Bearer a.b.c"}
    with serving(settings_of(tmp_path, rate_limits=rates)) as api:
        found = [
            api.client.get(READ, headers=headers | {"X-Forwarded-For": f"198.51.100.{n}"})
            for n in range(3)
        ]

    assert [answer.status_code for answer in found] == [401, 429, 429]


def test_processes_share_their_counts_over_redis(tmp_path, redis_server):
    settings = settings_of(tmp_path, rate_limits="reads=20/hour", redis_url=redis_server.url)
    with redis_server.client() as client:
        client.flushall()
    with serving(settings) as first, serving(settings) as second:
        assert statuses(first, 15) == [200] * 15
        _until(lambda: _counted(redis_server) == 15)
        assert statuses(second, 3) == [200] * 3  # it learns with its next exchange
        _until(lambda: _counted(redis_server) == 18)
        time.sleep(2 * sharing.EXCHANGE_SECONDS)
        assert statuses(second, 5) == [200, 200, 429, 429, 429]


def test_redis_knows_nobody_by_name(redis_server):
    with redis_server.client() as client:
        names = [name.decode() for name in client.scan_iter("*")]

    assert names
    assert not any("rob" in name for name in names)


@pytest.fixture
def asking_redis(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the threads that have waited for an answer of Redis, this test's aside."""
    found: set[str] = set()
    read = AbstractConnection.read_response

    def noted(connection: AbstractConnection, *args: Any, **more: Any) -> Any:
        thread = threading.current_thread()
        if thread is not threading.main_thread():
            found.add(thread.name)
        return read(connection, *args, **more)

    monkeypatch.setattr(AbstractConnection, "read_response", noted)
    return found


def test_redis_killed_in_the_middle_is_never_an_error_and_no_request_waits_for_it(
    tmp_path, redis_server, asking_redis
):
    settings = settings_of(tmp_path, rate_limits="reads=100000/hour", redis_url=redis_server.url)
    found: list[int] = []
    with serving(settings) as api:
        ended = threading.Event()

        def ask() -> None:
            while not ended.is_set():
                found.append(api.get(READ, "student", "rob").status_code)

        traffic = threading.Thread(target=ask)
        traffic.start()
        _until(lambda: _shared(api) == 1)
        redis_server.kill()
        _until(lambda: _shared(api) == 0)
        before = len(found)
        _until(lambda: len(found) > before + 10)
        redis_server.start()
        _until(lambda: _shared(api) == 1)
        counted = len(found)
        _until(lambda: _counted(redis_server) > counted)  # also what came while it was away
        ended.set()
        traffic.join()

    assert set(found) == {200}
    assert asking_redis == {"shared-counts"}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock"])
def test_a_redis_that_was_never_there_stops_nothing(tmp_path, url):
    with serving(settings_of(tmp_path, rate_limits="reads=2/hour", redis_url=url)) as api:
        assert statuses(api, 3) == [200, 200, 429]


def _shared(api: Api) -> float:
    (sample,) = next(iter(api.app.state.metrics.shared.collect())).samples
    return float(sample.value)


def _counted(redis_server) -> int:
    """The largest count of reads that Redis holds."""
    with redis_server.client() as client:
        return max((int(client.get(name)) for name in client.scan_iter("spool:reads:*")), default=0)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def test_a_limit_costs_little_beside_the_answer_it_guards(api):
    """Both measured in the same moments, so that a busy machine slows both."""
    read = min(api.client.portal.call(_seconds_a_read, api) for _ in range(5))
    limiter = Limiter("", utc_now)
    spent = min(_seconds_a_limit(limiter) for _ in range(5))

    assert spent < 0.05 * read, f"{spent * 1e6:.1f} µs of {read * 1e6:.0f} µs"


async def _seconds_a_read(api: Api, times: int = 100) -> float:
    """A kept answer, from the first layer of the application to its last."""
    headers = [(k.lower().encode(), v.encode()) for k, v in api.headers("student", "rob").items()]
    scope = {
        "type": "http", "method": "GET", "path": READ, "raw_path": READ.encode(), "scheme": "http",
        "query_string": b"", "headers": headers, "client": ("192.0.2.1", 1), "server": ("api", 80),
        "root_path": "", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    statuses = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        statuses.append(message.get("status", 200))

    began = time.perf_counter()
    for _ in range(times):
        await api.app(dict(scope), receive, send)
    assert set(statuses) == {200}
    return (time.perf_counter() - began) / times


def _seconds_a_limit(limiter: Limiter, times: int = 2000) -> float:
    began = time.perf_counter()
    for number in range(times):
        limiter.request("student_streak", "GET", Role.STUDENT, f"s{number % 1000}", "192.0.2.1")
    return (time.perf_counter() - began) / times
