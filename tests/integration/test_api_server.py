"""What only a real server shows: bodies in parts, addresses as sent, many clients at once."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import uvicorn

from api import bodies
from api.bodies import SINGLE_BYTES_MAX
from api.main import create_app
from tests.api_school import NOW, bearer

ROOT = Path(__file__).parents[2]
TRACK = "/api/progress/track"
EVENT = {"student_id": "sam", "concept_id": "light", "event_type": "attempted"}


@pytest.fixture(scope="module")
def client(school) -> Iterator[httpx.Client]:
    """A client of a server on a port of its own, with the rights of a learning platform."""
    app = create_app(school.settings, clock=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=bearer(school.settings, "service", "lms")
    ) as client:
        yield client
    server.should_exit = True
    thread.join()


def test_a_body_in_chunks_is_read_like_any_other(client):
    whole = json.dumps(EVENT).encode()
    answer = client.post(
        TRACK, content=iter([whole[:7], whole[7:]]), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 201


def test_a_body_without_an_end_is_cut_at_the_limit(client):
    """The server answers and hangs up long before the sender would have finished."""
    head = _head(client, "Transfer-Encoding: chunked")
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    with _connection(client) as connection:
        connection.sendall(head)
        for _ in range(SINGLE_BYTES_MAX // 4096 + 1):
            connection.sendall(chunk)
        answer = _all(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"body-too-large" in answer


def test_a_long_body_is_refused_before_it_is_sent(client):
    with _connection(client) as connection:
        connection.sendall(_head(client, f"Content-Length: {10**12}"))
        answer = _all(connection)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_come_is_not_waited_for(client, monkeypatch):
    monkeypatch.setattr(bodies, "ARRIVAL_SECONDS_MAX", 0.2)
    with _connection(client) as connection:
        connection.sendall(_head(client, "Content-Length: 100") + b'{"student')
        answer = _all(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_wrong_setting_ends_the_server_with_a_sentence():
    ended = subprocess.run(
        [sys.executable, "-m", "api"],
        env={"JWT_SECRET": "short", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert "JWT_SECRET" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_client_that_hangs_up_disturbs_nobody(client):
    for _ in range(5):
        with _connection(client) as connection:
            connection.sendall(_head(client, "Content-Length: 100") + b'{"student')

    assert client.post(TRACK, json=EVENT).status_code == 201


@pytest.mark.parametrize("student", ["a%252Fb", "a%2fb", "%F0%9F%98%80", "a;b", "a%3Fb"])
def test_an_id_is_decoded_once(client, school, student):
    headers = bearer(school.settings, "admin", "head")
    answer = client.get(f"/api/progress/student/{student}", headers=headers)

    meant = {"a%252Fb": "a%2Fb", "a%2fb": "a/b", "a%3Fb": "a?b", "%F0%9F%98%80": "😀"}
    assert answer.json()["student_id"] == meant.get(student, student)


def test_many_clients_at_once_are_all_heard_once(client):
    """Their ids overlap: each is accepted from one of them and a duplicate from the others."""

    def send(number):
        sent = EVENT | {"student_id": "tom", "event_id": f"tom.{number % 40}"}
        return client.post(TRACK, json=sent).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(send, range(160)))

    assert (statuses.count(201), statuses.count(200)) == (40, 120)


def _head(client: httpx.Client, length: str) -> bytes:
    lines = [
        f"POST {TRACK} HTTP/1.1",
        "Host: spool",
        f"Authorization: {client.headers['Authorization']}",
        "Content-Type: application/json",
        length,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _connection(client: httpx.Client) -> socket.socket:
    connection = socket.create_connection((client.base_url.host, client.base_url.port or 0))
    connection.settimeout(10)
    return connection


def _all(connection: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass  # hanging up on what is still being sent resets the connection
    return b"".join(parts)
