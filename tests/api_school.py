"""A small published school and its API in this process, for the tests of the API.

Ada has learned for a while, and all that she did is in the snapshot; nobody else has done anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.main import create_app
from tests.factories import received
from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.events import ReceivedEvent
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings, load_settings
from warehouse.store.curriculum import Concept
from warehouse.store.database import open_store
from warehouse.store.people import (
    EDUCATOR,
    STUDENT,
    Enrolment,
    Guardian,
    Person,
    SchoolClass,
)
from warehouse.tokens import Role, make_token

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECRET = "a secret for tests, long enough even for algorithms that we do not take"
# The same for every request, so that answers can be compared as a whole.
REQUEST_ID = {"X-Request-ID": "0123456789abcdef0123456789abcdef"}
FAMILY = ("ada", "rob", "eve", "pat", "head")
CURRICULUM = (
    Concept("fractions/reading", "maths", "Reading fractions"),
    Concept("fractions/adding", "maths", "Adding fractions", ("fractions/reading",)),
    Concept("fractions/dividing", "maths", "Dividing fractions", ("fractions/adding",)),
    Concept("counting", "maths", "Counting"),
    Concept("light", "physics", "Light"),
    Concept("lenses", "physics", "Lenses", ("light",)),
)
ADA = (
    received("ada", "started", "fractions/reading", "2026-03-02 09:00", time_spent=60),
    received("ada", "mastered", "fractions/reading", "2026-03-02 09:30", score=1.0),
    received("ada", "started", "fractions/adding", "2026-03-03 09:00", time_spent=120),
    received("ada", "attempted", "fractions/adding", "2026-03-03 09:10", score=0.4),
    received("ada", "completed", "fractions/adding", "2026-03-03 09:20", score=0.8),
    received("ada", "started", "light", "2026-03-04 09:00"),
    received("ada", "helped", None, "2026-03-04 10:00"),
)


def settings_of(home: Path, **more: Any) -> Settings:
    """Settings that take nothing from the environment; nothing is read before it is asked for."""
    fixed = {
        "home": home,
        "jwt_secret": SECRET,
        "database_url": None,
        "default_timezone": "UTC",
        "read_ahead": False,
        "export_worker": False,
    }
    return load_settings(**fixed | more)


def publish_school(settings: Settings) -> str:
    """Tell the store the curriculum, land Ada's events, build; the id of the snapshot."""
    with open_store(settings, clock=lambda: NOW - timedelta(days=30)) as store:
        store.curriculum.merge(CURRICULUM)
        Lake(settings.lake_dir).write(new_batch(NOW), ADA)
        return run_build(settings, store, now=NOW).snapshot_id


def enrol_family(settings: Settings) -> None:
    """Ada and Rob are in Eve's class; Pat is Ada's parent."""
    with open_store(settings) as store:
        store.people.put(
            [Person(who, who.title(), None, None, None, active=True) for who in FAMILY],
            classes=[SchoolClass("class-1", "Class 1", None, None, True, True)],
            enrolments=[
                Enrolment("class-1", "ada", STUDENT, None, None),
                Enrolment("class-1", "rob", STUDENT, None, None),
                Enrolment("class-1", "eve", EDUCATOR, None, None),
            ],
            guardians=[Guardian("ada", "pat", "mother", True, None, None)],
            source="test",
        )


def bearer(settings: Settings, role: str, sub: str) -> dict[str, str]:
    """The header of somebody in a role."""
    token = make_token(settings, Role(role), sub, timedelta(hours=1), now=utc_now())
    return {"Authorization": f"Bearer {token}"}


class Api:
    """Calls the API as somebody."""

    def __init__(self, client: TestClient, app: FastAPI, settings: Settings) -> None:
        self.client = client
        self.app = app
        self.settings = settings

    def pending(self, student_id: str) -> list[ReceivedEvent]:
        """The student's events in the inbox."""
        return [event for event, _ in self.app.state.services.store.inbox.pending(student_id)]

    def headers(self, role: str, sub: str) -> dict[str, str]:
        return bearer(self.settings, role, sub)

    def get(self, path: str, role: str = "admin", sub: str = "head", **headers: str) -> Any:
        return self.client.get(path, headers=self.headers(role, sub) | headers)

    def post(
        self,
        path: str,
        json: object = None,
        *,
        role: str = "service",
        sub: str = "lms",
        content: bytes | Iterator[bytes] | None = None,
        **headers: str,
    ) -> Any:
        """Send JSON, or these bytes as JSON."""
        sent = self.headers(role, sub) | {"Content-Type": "application/json"} | headers
        if content is not None:
            return self.client.post(path, content=content, headers=sent)
        return self.client.post(path, json=json, headers=sent)

    def put(self, path: str, json: object, *, role: str = "admin", sub: str = "head") -> Any:
        return self.client.put(path, json=json, headers=self.headers(role, sub))

    def track(self, **event: object) -> Any:
        return self.post("/api/progress/track", event)


@contextmanager
def serving(settings: Settings, now: datetime = NOW) -> Iterator[Api]:
    """The API over a home, at a time that stands still."""
    app = create_app(settings, clock=lambda: now)
    with TestClient(app, raise_server_exceptions=False, headers=REQUEST_ID) as client:
        yield Api(client, app, settings)
