"""The hostile school in a real browser: nothing runs, nothing leaves, nothing is pushed aside."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.api_school import settings_of
from tests.browser.conftest import Site, Visitors, served, visiting
from tests.browser.pages import WIDE
from tests.hostile_school import (
    ADMIN,
    CLASSES,
    EDUCATOR,
    PARENT,
    STUDENT,
    WHO,
    publish_hostile_school,
)
from warehouse.clock import utc_now

STUDENTS = f"/student/{quote(STUDENT, safe='')}"
PARENTS = f"/parent/{quote(PARENT, safe='')}"
CLASS = f"/educator/{quote(EDUCATOR, safe='')}/class/{quote(CLASSES[0], safe='')}"
ADMINS = f"/admin/{quote(ADMIN, safe='')}"
PAGES = {
    "student": (
        *(
            f"{STUDENTS}{rest}"
            for rest in ("", "/path", "/badges", "/points", "/report", "/leaderboard", "/settings")
        ),
        "/notifications",
    ),
    "parent": (PARENTS, f"{PARENTS}/week", f"{STUDENTS}/privacy"),
    "educator": (
        *(f"{CLASS}{rest}" for rest in ("", "/concepts", "/roster", "/report")),
        f"{STUDENTS}/support",
    ),
    "admin": (ADMINS, f"{ADMINS}/people", f"{ADMINS}/audit"),
}
# What is laid out after a name begins where the name ends, whatever is in the name.
_TURNED = """() => {
  const line = document.createElement("p");
  const name = document.querySelector(".who bdi").cloneNode(true);
  line.append(name, "|first|second");
  document.querySelector("main").prepend(line);
  const place = (from, to) => {
    const range = document.createRange();
    range.setStart(line.lastChild, from);
    range.setEnd(line.lastChild, to);
    return range.getBoundingClientRect();
  };
  const [first, second] = [place(1, 6), place(7, 13)];
  line.remove();
  return second.top === first.top && second.left < first.left;
}"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = settings_of(tmp_path_factory.mktemp("hostile") / "home")
    publish_hostile_school(settings, utc_now())
    with served(settings) as site:
        yield site


@pytest.fixture
def visit(chromium: Browser, hostile: Site) -> Iterator[Visitors]:
    yield from visiting(chromium, hostile)


@pytest.mark.parametrize("role", PAGES)
def test_no_page_runs_asks_or_sends_anything_of_a_text(visit, role):
    one = visit(role, WHO[role])
    wrong = {}
    for path in PAGES[role]:
        assert one.open(path).status == 200, path
        scripts = one.page.evaluate("[...document.scripts].map(s => s.src || s.outerHTML)")
        wrong[path] = [place for place in scripts if not place.startswith(f"{one.url}/static/")]
        wrong[path] += ["a name turns what follows around"] * one.page.evaluate(_TURNED)
        one.page.set_viewport_size({"width": 360, "height": 900})
        wrong[path] += one.page.evaluate(WIDE)
        one.page.set_viewport_size({"width": 1280, "height": 900})
    assert {path: found for path, found in wrong.items() if found} == {}
