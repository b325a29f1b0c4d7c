"""The first start, as a stranger sees it: a whole school at two addresses, gone after Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journey.conftest import SPOOL, Programs, free_port

PEOPLE = {
    "s0001": "student",
    "parent-0001": "parent",
    "teacher-0001": "educator",
    "admin-0001": "admin",
}
ASSETS = "{ assetNodes { id groupName assetMaterializations(limit: 1) { timestamp } } }"
START_SECONDS = 420  # with training, beside other work
# A shell's `&` leaves Ctrl-C ignored in what it starts; ours must hear it all the same.
IN_BACKGROUND = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
EXECUTE = "os.execv(sys.argv[1], sys.argv[1:])"


class Everything:
    """What `make run` starts, at ports of its own."""

    def __init__(self, programs: Programs) -> None:
        self.api, self.dagster = free_port(), free_port()
        ports = "--port", str(self.api), "--dagster-port", str(self.dagster)
        self._log = programs.settings.home.parent / "up.log"
        with self._log.open("w") as log:
            self._process = programs.start(
                sys.executable, "-c", IN_BACKGROUND + EXECUTE, SPOOL, "up", "--sample", *ports,
                log=log,
            )  # fmt: skip

    def wait_for(self, port: int, path: str) -> httpx.Response:
        """The first good answer; the start may take as long as it needs to build a school."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10)
            except httpx.TransportError:
                answer = httpx.Response(503)
            if answer.is_success:
                return answer
            time.sleep(0.3)

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=60)

    def kill(self) -> None:
        """What still runs after a failed test would outlive it: ask it to end first."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()


@pytest.fixture
def everything(programs: Programs) -> Iterator[Everything]:
    started = Everything(programs)
    yield started
    started.kill()


def test_everybody_of_the_sample_school_signs_in_and_ctrl_c_ends_all(everything):
    health = everything.wait_for(everything.api, "/health").json()
    assert health["status"] == "ok"
    for person, role in PEOPLE.items():
        path = f"/api/dashboard/{role}/{person}"
        assert asked(everything.api, person, role, path)["meta"]["snapshot_id"] is not None
    told = asked(everything.api, "s0001", "student", "/api/analytics/insights/s0001")["insights"]
    assert "session_length" in {each["kind"] for each in told}, "who tires is not told of it"

    everything.wait_for(everything.dagster, "/server_info")
    nodes = graph(everything.dagster)
    assert {"lake", "progress", "gamification", "analytics", "meta"} <= set(nodes)
    assert sorted(nodes.pop("reports")) == [False, True], "class reports wait for Monday"
    assert all(made for group in nodes.values() for made in group), "an asset was never made"

    assert everything.interrupt() == 0
    assert not answers(everything.api)
    assert not answers(everything.dagster)


def asked(port: int, person: str, role: str, path: str) -> dict[str, Any]:
    """The API's answer to a person of the sample school who has signed in and seen their page."""
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as browser:
        door = browser.post("/demo", data={"person_id": person})
        assert door.headers["location"] == f"/{role}/{person}", door.text
        page = browser.get(door.headers["location"])
        assert page.status_code == 200, page.text
        assert page.headers["content-type"].startswith("text/html")
        answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def graph(port: int) -> dict[str, list[bool]]:
    """The asset graph of the Dagster UI: by group, whether each asset has been made.

    The UI answers before it has read our definitions; until then its graph is empty.
    """
    deadline = time.monotonic() + START_SECONDS
    nodes: list[dict[str, Any]] = []
    while not nodes:
        assert time.monotonic() < deadline, "the Dagster UI shows no asset"
        time.sleep(0.5)
        answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": ASSETS}, timeout=60)
        nodes = answer.json()["data"]["assetNodes"]
    groups: dict[str, list[bool]] = {}
    for node in nodes:
        groups.setdefault(node["groupName"], []).append(bool(node["assetMaterializations"]))
    return groups


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
