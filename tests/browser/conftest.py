"""A real browser before a real server, over a small invented school; started once for all tests.

Whatever a page says on its console, whatever its policy for content stops, every dialog and every
request that leaves the site is collected and fails the test that saw it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Dialog,
    Page,
    Request,
    sync_playwright,
)

from pipelines.sample.load import load_sample
from tests.api_school import settings_of
from tests.journey.conftest import Programs, Server
from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.tokens import Role, make_token

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PEOPLE = {
    "student": "s0001",
    "parent": "parent-0001",
    "educator": "teacher-0001",
    "admin": "admin-0001",
}
STUDENTS, DAYS = 12, 30
# Nothing moves: a colour half way between two schemes has no contrast.
STILL: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
TIMEOUT = 30_000
SCREENSHOTS = Path(__file__).parent / "screenshots"


@dataclass
class Site:
    """The school and its server."""

    settings: Settings
    server: Server
    url: str

    def token(self, role: str, person: str | None = None) -> str:
        who = person or PEOPLE[role]
        return make_token(self.settings, Role(role), who, timedelta(hours=2), now=datetime.now(UTC))

    def track(self, **event: object) -> None:
        """An event as the school's platform sends it."""
        headers = {"Authorization": f"Bearer {self.token('service', 'lms')}"}
        httpx.post(f"{self.url}/api/progress/track", json=event, headers=headers).raise_for_status()


@dataclass
class Visit:
    """Somebody's browser, and what went wrong in it."""

    context: BrowserContext
    page: Page
    url: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        return self.page.goto(self.url + path, wait_until="load")

    def watch(self) -> None:
        """Note whatever should not be."""
        page = self.page
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", self._dismiss)
        self.context.on("request", self._judge)

    def _dismiss(self, dialog: Dialog) -> None:
        self.said.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _judge(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:")):
            self.said.append(f"a request to {request.url}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = settings_of(tmp_path_factory.mktemp("browser") / "home")
    with open_store(settings) as store:
        now = utc_now()
        load_sample(settings, store, students=STUDENTS, days=DAYS, seed=7, until=now)
        run_build(settings, store, now=now)
    with served(settings, SPOOL_SAMPLE="true") as site:
        yield site


@contextmanager
def served(settings: Settings, **variables: str) -> Iterator[Site]:
    """A school before its own server."""
    programs = Programs(settings)
    programs.set(**variables)
    server = Server(programs)
    server.start()
    yield Site(settings, server, server.url)
    server.stop()
    programs.close()


# Of a module and no longer: while Playwright is there the thread has a loop that runs, and every
# other test of the same process that begins one of its own would fail.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    binary = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if binary is None:
        pytest.fail("Chromium is missing; `make test` installs Debian's chromium-headless-shell.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(FLAGS))
        yield browser
        browser.close()


class Visitors:
    """Lets people in; whatever their pages complained of fails the test at its end."""

    def __init__(self, chromium: Browser, site: Site) -> None:
        self._chromium, self._site = chromium, site
        self.visits: list[Visit] = []

    def __call__(
        self,
        role: str | None = None,
        person: str | None = None,
        *,
        language: str | None = None,
        **how: Any,
    ) -> Visit:
        context = self._chromium.new_context(**STILL | how)
        context.set_default_timeout(TIMEOUT)
        cookies = {"spool_session": self._site.token(role, person)} if role else {}
        if language:
            cookies["spool_language"] = language
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self._site.url}
                for name, value in cookies.items()
            ]
        )
        visit = Visit(context, context.new_page(), self._site.url)
        visit.watch()
        self.visits.append(visit)
        return visit


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visitors]:
    yield from visiting(chromium, site)


def visiting(chromium: Browser, site: Site) -> Iterator[Visitors]:
    """Visitors of a site, who have nothing to complain of at the end."""
    visitors = Visitors(chromium, site)
    yield visitors
    for one in visitors.visits:
        one.context.close()
    assert [text for one in visitors.visits for text in one.said] == []
