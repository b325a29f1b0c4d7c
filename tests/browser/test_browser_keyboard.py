"""Every page by keyboard alone, and the same page without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import Visit
from tests.browser.pages import EXPECTED, PAGES

PARTS, MOST_WAYS, TIMES = 5, 8, 3
HOMES = {role: pages[0] for role, pages in PAGES.items() if role}
# All that can be used: of radio buttons the group is one stop, of what is closed nothing.
_USABLE = """() => {
  window.usable = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  )].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled
    && !(e.type === "radio" && !e.checked));
  window.met = new Set();
  return usable.length;
}"""
# Where the keyboard is: its place among these (-1: none of them), whether one sees it, and whether
# it moved: a day and a time have a stop for each part, and one for what opens.
_HERE = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  met.add(e);
  const parts = ["date", "time"].includes(e.type) ? PARTS : 1;
  const stays = window.before === e ? (window.stays || 1) + 1 : 1;
  Object.assign(window, {before: e, stays});
  return [usable.indexOf(e), drawn || style.boxShadow !== "none", stays <= parts,
    e.outerHTML.slice(0, 120)];
}""".replace("PARTS", str(PARTS))
_MISSED = "() => usable.filter(e => !met.has(e)).map(e => e.outerHTML.slice(0, 120))"
# Rows of who looked grow by looking; what a page without scripts has no part in is not said.
_SAID = """() => {
  document.querySelectorAll("#uses tbody, #audit-log tbody").forEach(e => e.remove());
  return document.querySelector("main").innerText.replace(/\\s+/g, " ");
}"""


@pytest.mark.parametrize("role", HOMES)
def test_a_walk_through_all_pages_by_keyboard_alone(visit, role):
    """From home along the links of the role, and home again from each."""
    one = visit(role)
    one.open(HOMES[role])
    ways = one.page.eval_on_selector_all(
        ":is(nav.tabs, .who, main) a:not([href^='#'], [download], details *)",
        "links => [...new Set(links.map(e => e.getAttribute('href')))]",
    )
    assert len(ways) > 2
    for way in ways[:MOST_WAYS]:
        answer = _go(one.page, way)
        assert answer.status == 200, way
        assert one.page.inner_text("h1")
        _go(one.page, "/")  # from wherever one is, home again
    _open(one.page)


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_every_page_can_be_used_without_a_mouse(visit, role):
    one = visit(role)
    wrong = {}
    for path in PAGES[role]:
        one.open(path)
        wrong[path] = _walk(one.page) or _skip(one.page)
    one.said[:] = [text for text in one.said if EXPECTED not in text]
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_without_scripts_every_page_says_the_same(visit, role):
    with_scripts, without = visit(role), visit(role, java_script_enabled=False)
    for path in PAGES[role]:
        for _ in range(TIMES):  # a page may tell how old its figures are, in minutes
            said, bare = (_said(one, path) for one in (with_scripts, without))
            if said == bare:
                break
        assert said == bare, path
        assert said.strip(), path
    for one in (with_scripts, without):
        one.said[:] = [text for text in one.said if EXPECTED not in text]


def _said(one: Visit, path: str) -> str:
    one.open(path)
    return str(one.page.evaluate(_SAID))


def _walk(page: Page) -> list[Any]:
    """Once around: what cannot be reached, is not seen when it is, or holds the keyboard."""
    for _ in range(page.evaluate(_USABLE) * PARTS):
        page.keyboard.press("Tab")
        place, is_seen, has_moved, element = page.evaluate(_HERE)
        if place == -1:
            break  # out of the page and at the browser's own: no trap
        if not has_moved:
            return [f"holds the keyboard: {element}"]
        if not is_seen:
            return [f"not seen: {element}"]
    return list(page.evaluate(_MISSED))


def _skip(page: Page) -> list[str]:
    """The first stop leads past what stands on every page."""
    page.evaluate("document.activeElement.blur()")
    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    is_there = page.evaluate("document.activeElement.id === 'main' && location.hash === '#main'")
    page.keyboard.press("Tab")
    inside = page.evaluate(
        "document.activeElement.closest('main, footer') || document.activeElement.tagName"
    )
    return [] if is_there and inside else ["the way past the navigation leads nowhere"]


def _open(page: Page) -> None:
    """What a figure means opens, leads on, and closes again."""
    _tab_to(page, "e => e.matches('details.means > summary')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('details[open] > p > a')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details.means[open]')") is None


def _go(page: Page, way: str) -> Response:
    """To a link by the tabulator alone, then on by it."""
    _tab_to(page, f"e => e.getAttribute('href') === '{way}'")
    with page.expect_navigation(wait_until="load") as there:
        page.keyboard.press("Enter")
    return there.value


def _tab_to(page: Page, wanted: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(f"({wanted})(document.activeElement)"):
            return
    raise AssertionError(f"the tabulator never comes to {wanted}")
