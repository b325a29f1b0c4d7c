"""Who may open which page, written from the words of docs/access.md and not from the code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.policy import POLICY
from tests.api_school import Api, serving, settings_of
from tests.integration.page_reading import Browser
from tests.two_classes import publish_two_classes

# Kim is the parent of ada and bob; lee teaches 7a (ada) and 7b (bob, dan), may only 7b.
PEOPLE = {
    "ada": "student",
    "bob": "student",
    "kim": "parent",
    "pat": "parent",
    "lee": "educator",
    "may": "educator",
    "head": "admin",
    "lms": "service",
}
RECORD = {"ada", "kim", "lee", "head"}
PAGES = {
    "/student/ada": RECORD,
    "/student/ada/path": RECORD,
    "/student/ada/badges": RECORD,
    "/student/ada/points": RECORD,
    "/student/ada/report": RECORD,
    "/student/ada/points?table=points-list": RECORD,
    "/student/ada/goals": RECORD,
    "/student/ada/settings": {"ada", "kim", "head"},
    "/student/ada/leaderboard": {"ada"},
    "/student/ada/privacy": {"kim", "head"},
    "/student/ada/support": {"lee", "head"},
    "/student/nobody": {"head"},
    "/parent/kim": {"kim"},
    "/parent/kim/week": {"kim"},
    "/educator/lee": {"lee", "head"},
    "/educator/lee/class/7a": {"lee", "head"},
    "/educator/lee/class/7b/concepts": {"lee", "head"},
    "/educator/may/class/7b/roster": {"may", "head"},
    "/educator/may/class/7a": set(),
    "/educator/may/class/7b/report": {"may", "head"},
    "/educator/lee/class/7a/roster?table=roster": {"lee", "head"},
    "/educator/lee/class/nowhere": set(),
    "/admin/head": {"head"},
    "/admin/head/audit": {"head"},
    "/admin/head/people": {"head"},
    "/notifications": set(PEOPLE) - {"lms"},
    "/preferences": set(PEOPLE) - {"lms"},
}
FORMS = {
    "/student/ada/goals": RECORD,
    "/student/ada/settings": {"ada", "kim", "head"},
    "/student/ada/calendar": {"ada", "kim", "head"},
    "/student/ada/erasure": {"kim"},
    "/student/ada/badges/none/revoke": {"head"},
    "/student/ada/support": {"lee", "head"},
    "/student/ada/support/none": {"lee", "head"},
    "/admin/head/people": {"head"},
    "/admin/head/student": {"head"},
    "/admin/head/erasures": {"head"},
    "/notifications": set(PEOPLE) - {"lms"},
    "/preferences": set(PEOPLE) - {"lms"},
    "/sign-out": set(PEOPLE) - {"lms"},
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("pages"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_to_those_whom_it_concerns_and_to_nobody_else(api, path):
    opened = {
        person
        for person, role in PEOPLE.items()
        if Browser(api, role, person).get(path).status_code == 200
    }

    assert opened == PAGES[path]
    assert api.client.get(path, headers={"Accept": "text/html"}).url.path == "/sign-in"


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_its_token_changes_nothing_for_anybody(api, path):
    for person, role in PEOPLE.items():
        answer = Browser(api, role, person).post(path, {"concepts": "3", "ranked": "no"})
        assert answer.status_code == 403, (person, path)
        forged = {"csrf_token": "0" * 64}
        assert Browser(api, role, person).post(path, forged).status_code == 403


@pytest.mark.parametrize("path", FORMS)
def test_a_form_is_taken_from_those_whom_it_concerns(api, path):
    for person, role in PEOPLE.items():
        browser = Browser(api, role, person)
        token = api.app.state.csrf.token(browser._cookie["Cookie"].removeprefix("spool_session="))
        refused = browser.post(path, {"csrf_token": token}).status_code == 403
        unknown = path.endswith("/none")  # an intervention that is not there, alike to all
        assert refused == (person not in FORMS[path] or unknown), (person, path)


def test_every_page_has_a_line_here():
    known = {name for name in POLICY if name.endswith(("_page", "_form"))}
    open_to_all = {"start_page", "docs_page", "glossary_page", "sign_in_page", "sign_in_form"}
    public = open_to_all | {"demo_page", "unsubscribe_page", "unsubscribe_form"}

    assert len(known - public) <= len(PAGES) + len(FORMS)
