"""One line a request and one for what happened, as JSON, and never a word about whom."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api_school import NOW, REQUEST_ID, enrol_family, publish_school, serving, settings_of
from tests.factories import received
from warehouse import logs
from warehouse.build import Build, run_build
from warehouse.build_report import BuildRequest
from warehouse.errors import StoreUnavailable
from warehouse.lake import Lake, new_batch
from warehouse.reader import Reader
from warehouse.store.database import open_store
from warehouse.tokens import Role

ROOT = Path(__file__).parents[2]
STUDENT = "zadie-unmistakable"
TEACHER = "quentin-unmistakable"
EVENT = {"student_id": STUDENT, "concept_id": "light", "event_type": "started"}


class Lines:
    """What was logged since the start of the test."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def all(self, event: str | None = None) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if event in {None, line["event"]}]

    def one(self, event: str) -> dict[str, Any]:
        (line,) = self.all(event)
        return line


@pytest.fixture
def lines():
    found = Lines()
    logs.configure("INFO", "json", found.stream)
    yield found
    logs.configure("ERROR", "text")


@pytest.fixture
def home(tmp_path):
    return settings_of(tmp_path)


def test_a_request_is_one_line(lines, home):
    with serving(home) as api:
        api.get(f"/api/gamification/streak/{STUDENT}", "student", STUDENT)

    line = lines.one("request")
    assert line.pop("seconds") > 0
    assert line.pop("timestamp").endswith("+00:00")
    pseudonym = logs.Pseudonyms(home.jwt_secret.get_secret_value()).of(STUDENT)
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": REQUEST_ID["X-Request-ID"],
        "operation": "student_streak",
        "method": "GET",
        "status": 200,
        "role": "student",
        "subject": pseudonym,
        "about": pseudonym,
    }


def test_events_are_told_by_what_became_of_them(lines, home):
    with serving(home) as api:
        api.post("/api/progress/track/batch", {"events": [EVENT, EVENT, EVENT | {"score": 7}]})

    line = lines.one("progress_events")
    assert (line["requests"], line["accepted"], line["failed"]) == (1, 2, False)
    assert lines.one("request")["rejected"] == {"invalid-event": 1}


def test_looking_at_a_dashboard_is_told(lines, home):
    with serving(home) as api:
        api.get(f"/api/dashboard/student/{STUDENT}", "student", STUDENT)
        api.get("/api/dashboard/student/somebody-else", "student", STUDENT)

    line = lines.one("dashboard_access")
    assert (line["operation"], line["role"]) == ("student_dashboard", "student")
    assert line["subject"] == line["about"]


def test_a_build_tells_what_it_unlocked_and_generated(lines, home):
    first = publish_school(home)
    week = [
        received(STUDENT, "started", "light", f"2026-02-{day:02} 09:00") for day in range(20, 27)
    ]
    later = NOW + timedelta(hours=1)
    with open_store(home) as store:
        Lake(home.lake_dir).write(new_batch(later), week)
        second = run_build(home, store, now=later).snapshot_id

    built = lines.all("analytics_generated")
    assert [line["snapshot_id"] for line in built] == [first, second]
    assert [line["mode"] for line in built] == ["full", "incremental"]
    assert built[1]["new_events"] == 7
    assert set(built[1]["seconds"]) == {"land", "gather", "fill", "index", "publish"}
    unlocked = lines.one("unlocks")
    assert unlocked["badges"] == {"consistency_king": 1}
    assert unlocked["levels"] == {}


def test_a_failed_build_names_its_step(lines, home, monkeypatch):
    monkeypatch.setattr(Lake, "clean", _fail)
    with open_store(home) as store, pytest.raises(RuntimeError):
        Build(home, store, BuildRequest(NOW)).run()

    assert lines.one("build_failed")["step"] == "land"


def test_no_line_names_anybody(lines, home, monkeypatch):
    """Tokens, ids in paths and bodies, addresses, broken requests, failures inside."""
    publish_school(home)
    with serving(home) as api:
        headers = api.headers("student", STUDENT)
        api.client.get(f"/api/progress/student/{STUDENT}", headers=headers)
        api.client.get(f"/api/progress/student/{STUDENT}/why/badge:nope", headers=headers)
        api.client.get(f"/nowhere/{STUDENT}?mail={STUDENT}@example.org", headers=headers)
        api.client.get("/api/progress/student/ada", headers={"Authorization": "Bearer a.b.c"})
        api.client.get("/health", headers={"X-Request-ID": STUDENT, "X-Forwarded-For": "192.0.2.7"})
        api.track(**EVENT)
        api.track(**EVENT | {"surprise": STUDENT})
        api.post("/api/progress/track", content=STUDENT.encode())
        award = {"student_id": STUDENT, "points": 5, "reason": f"thanks {STUDENT}"}
        api.post("/api/gamification/award-points", award, role="admin", sub=TEACHER)
        for failure in (_fail, _unavailable, _key):
            monkeypatch.setattr(Reader, "student", failure)
            api.client.get(f"/api/progress/student/{STUDENT}", headers=headers)
        secret = home.jwt_secret.get_secret_value()
        token = headers["Authorization"].removeprefix("Bearer ")

    assert len(lines.all("request")) == 12
    assert any("exception" in line for line in lines.all())
    text = lines.text.lower()
    for word in (STUDENT, TEACHER, "ada", token, secret, "example.org", "192.0.2.7", "testclient"):
        assert not re.search(rf"\b{re.escape(word.lower())}\b", text), word
    assert str(ROOT).lower() not in text


def test_no_operation_names_anybody(lines, home):
    """Every operation of the document, as everybody, about somebody; more come by themselves."""
    publish_school(home)
    enrol_family(home)
    with serving(home) as api:
        document = api.app.openapi()
        for role in Role:
            headers = api.headers(role.value, STUDENT)
            for path, methods in document["paths"].items():
                address = re.sub(r"{\w+}", STUDENT, path)
                for method in methods:
                    body = {
                        "student_id": STUDENT,
                        "name": STUDENT,
                        "email": f"{STUDENT}@example.org",
                    }
                    sent = None if method == "get" else body
                    api.client.request(method, address, headers=headers, json=sent)

    operations = {o["operationId"] for m in document["paths"].values() for o in m.values()}
    assert {line["operation"] for line in lines.all("request")} == operations
    assert STUDENT not in lines.text
    assert "@" not in lines.text
    assert "eyJ" not in lines.text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Key (student_id)=(ada) exists", "Key (student_id)… exists"),
        ("no such student: 'ada'", "no such student: …"),
        ("mail to ada@example.org bounced", "mail to … bounced"),
        ("Bearer abc.def", "…"),
        ("postgresql://me:hunter2@db/spool", "postgresql://…@db/spool"),
        ("plain words", "plain words"),
    ],
)
def test_what_others_say_is_scrubbed(said, kept):
    assert logs.scrubbed(said) == kept


def test_lines_of_libraries_have_the_same_shape(lines):
    logging.getLogger("somewhere").warning("cannot open %s", "'ada'")
    logging.getLogger("somewhere").info("chatter")

    assert [line["event"] for line in lines.all()] == ["cannot open …"]
    assert lines.all()[0]["logger"] == "somewhere"


def test_an_error_is_told_with_its_causes_and_without_values(lines):
    try:
        try:
            _key()
        except KeyError as error:
            raise StoreUnavailable("The store is gone.", cure="Start it.") from error
    except StoreUnavailable:
        logs.get_logger().error("failed", exc_info=True)

    told = [line for line in lines.one("failed")["exception"] if not line.startswith(" ")]
    assert told == ["StoreUnavailable: The store is gone. Start it.", "KeyError: …"]


def test_a_log_that_cannot_be_written_stops_nothing(home):
    closed = io.StringIO()
    closed.close()
    logs.configure("INFO", "json", closed)
    try:
        with serving(home) as api:
            assert api.track(**EVENT).status_code == 201
    finally:
        logs.configure("ERROR", "text")


def test_a_terminal_shows_what_went_wrong_and_why():
    found = Lines()
    logs.configure("ERROR", "text", found.stream)
    gone = StoreUnavailable("The store is gone.", cure="Start it.")
    try:
        logging.getLogger("api").error("503 GET", exc_info=gone)
        logs.get_logger().error("failed", exc_info=gone)
    finally:
        logs.configure("ERROR", "text")

    assert found.text.count("StoreUnavailable: The store is gone. Start it.") == 2


def test_a_level_leaves_the_rest_out(home):
    found = Lines()
    logs.configure("WARNING", "json", found.stream)
    try:
        with serving(home) as api:
            api.track(**EVENT)
    finally:
        logs.configure("ERROR", "text")

    assert found.text == ""


def _fail(*_args):
    raise RuntimeError(f"what about '{STUDENT}'?\n{STUDENT}")


def _key(*_args):
    raise KeyError(STUDENT)


def _unavailable(*_args):
    raise StoreUnavailable(f"Nothing is known of '{STUDENT}'.")
