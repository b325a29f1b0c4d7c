"""Pages for people: what they show is what the API says, to those to whom the API says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from reports.dashboards import reading
from tests.api_school import NOW, Api, serving, settings_of
from tests.integration.page_reading import HTML, Browser, Page
from tests.two_classes import publish_two_classes

OPEN = ("/sign-in", "/glossary", "/docs")
WHO = {"student": "ada", "parent": "kim", "educator": "lee", "admin": "head"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("pages"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def page(api: Api, path: str, role: str, sub: str = "", **headers: str) -> Page:
    return Browser(api, role, sub or WHO[role]).page(path, **headers)


@pytest.mark.parametrize("path", OPEN)
def test_pages_allow_no_script_or_style_but_ours(api, path):
    answer = api.client.get(path, headers=HTML)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?! src=\"/static/)|javascript:|\son\w+=|\sstyle=", answer.text)


def test_the_start_leads_to_the_door_or_home(api):
    def start(**headers: str) -> str:
        answer = api.client.get("/", headers=headers, follow_redirects=False)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    token = api.headers("parent", "kim")["Authorization"].removeprefix("Bearer ")
    assert start() == "/sign-in"
    assert start(Cookie=f"spool_session={token}") == "/parent/kim"
    assert start(Cookie="spool_session=stale") == "/sign-in"


def test_every_file_of_a_page_can_be_kept_for_good(api):
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', api.client.get("/sign-in").text)

    assert len(found) >= 3
    for address in found:
        answer = api.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in api.client.get("/static/spool.css?v=old").headers["cache-control"]
    assert api.client.get("/static/spool.py").status_code == 404


def test_a_browser_without_a_session_is_led_to_the_door_and_back(api):
    answer = api.client.get("/student/ada?a=1", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fstudent%2Fada%3Fa%3D1",
    )
    door = Page(api.client.get(answer.headers["location"]).text)
    following = door.form("/sign-in")["next"]
    assert following == "/student/ada?a=1"
    token = api.headers("student", "ada")["Authorization"].removeprefix("Bearer ")
    inside = api.client.post("/sign-in", data={"token": token, "next": following})
    api.client.cookies.clear()
    assert inside.status_code == 200
    assert "Hello, Ada" in Page(inside.text).text


@pytest.mark.parametrize(
    "place", ["//evil.example", "/\\evil.example", "https://evil.example", "x"]
)
def test_the_door_leads_nowhere_else(api, place):
    token = api.headers("student", "ada")["Authorization"].removeprefix("Bearer ")
    answer = api.client.post(
        "/sign-in", data={"token": token, "next": place}, follow_redirects=False
    )
    api.client.cookies.clear()

    assert answer.headers["location"] == "/student/ada"


def test_a_bad_token_stays_outside_and_so_does_a_form_of_another_site(api):
    refused = api.client.post("/sign-in", data={"token": "none"})
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers
    token = api.headers("student", "ada")["Authorization"].removeprefix("Bearer ")
    other = {"Sec-Fetch-Site": "cross-site"}
    assert api.client.post("/sign-in", data={"token": token}, headers=other).status_code == 404


def test_signing_out_by_a_form_needs_its_token(api):
    ada = Browser(api, "student", "ada")
    assert ada.post("/sign-out", {}).status_code == 403
    gone = ada.send("/student/ada", "/sign-out")

    assert gone.headers["location"] == "/sign-in"
    assert 'spool_session=""' in gone.headers["set-cookie"]


def test_the_students_page_shows_what_the_dashboard_says(api):
    shown = page(api, "/student/ada", "student")
    said = api.get("/api/dashboard/student/ada", "student", "ada").json()

    assert f"{said['streak']['current_streak']} days" in shown.text
    assert f"{said['level']['total_points']}" in shown.text
    assert f"{said['goal']['concepts_done']} of {said['goal']['concepts_target']} concept" in (
        shown.text
    )
    for step in said["next_steps"]:
        assert step["name"] in shown.text


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(api):
    people = api.get("/student/bob", "student", "ada", **HTML)
    unknown = api.get("/student/nobody", "student", "ada", **HTML)
    programs = api.get("/student/bob", "student", "ada")

    assert (people.status_code, unknown.status_code, programs.status_code) == (403, 403, 403)
    assert people.text.replace("bob", "nobody") == unknown.text
    assert programs.headers["content-type"] == "application/problem+json"
    assert api.get("/nowhere/at/all", "student", "ada", **HTML).status_code == 404


def test_pages_speak_the_language_that_was_chosen(api):
    german = page(api, "/student/ada", "student", **{"Accept-Language": "de"})
    chosen = api.client.post("/language", data={"language": "de", "next": "/sign-in"})
    api.client.cookies.clear()

    assert "Hallo, Ada" in german.text
    assert '<html lang="de" dir="ltr">' in chosen.text
    cookie = {**HTML, "Cookie": "spool_language=ar-XB"}
    rtl = api.get("/student/ada", "student", "ada", **cookie)
    assert '<html lang="ar-XB" dir="rtl">' in rtl.text


def test_figures_older_than_a_day_say_so(api):
    with serving(api.settings, NOW + timedelta(days=2)) as later:
        old = page(later, "/student/ada", "student")
    fresh = page(api, "/student/ada", "student")

    assert "These figures are older than a day" in old.text
    assert "older than a day" not in fresh.text


def test_a_failure_inside_is_told_without_its_cause(api, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError("secret cause")

    monkeypatch.setattr(reading, "student", fail)
    answer = Browser(api, "student", "ada").get("/student/ada")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in Page(answer.text).text
    assert "secret cause" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_page_that_looks_again_gets_only_its_main_part(api):
    part = Browser(api, "student", "ada").get("/student/ada", **{"HX-Request": "true"}).text

    assert "Hello, Ada" in part
    assert "<html" not in part
    assert "<nav" not in part


def test_before_anything_is_learned_pages_say_what_will_stand_there(api):
    dan = Browser(api, "student", "dan")

    assert "No points yet" in dan.page("/student/dan/points").text
    assert "The first badge is waiting" in dan.page("/student/dan/badges").text
    assert "Nothing yet today." in dan.page("/student/dan").text
