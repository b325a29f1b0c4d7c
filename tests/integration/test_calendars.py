"""Calendar feeds: who may read them, when their address ends, and where it is made."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.api_school import Api, serving, settings_of
from tests.calendars import made, read, summaries
from tests.integration.page_reading import Browser
from tests.two_classes import guardian
from warehouse.store.people import Person
from warehouse.store.transactions import reading, writing


@pytest.fixture
def api(two_classes_home: Path) -> Iterator[Api]:
    with serving(settings_of(two_classes_home, public_url="https://learn.example")) as api:
        yield api


def test_a_secret_is_shown_once_and_only_its_hash_is_kept(api):
    path = made(api, "ada")
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    with reading(api.app.state.services.store.engine) as connection:
        row = connection.execute(text("select * from calendar_feeds")).one()
    assert secret not in str(row)
    said = api.get("/api/students/ada/calendar", "student", "ada").json()
    assert said == {
        "student_id": "ada",
        "feeds": [{"held_by": "you", "made_at": "2026-03-04T12:00:00Z"}],
    }
    assert secret not in str(api.get("/student/ada/settings", "student", "ada").text)


def test_a_new_address_ends_the_old_one_and_so_does_switching_off(api):
    old, parents = made(api, "ada"), made(api, "ada", "parent", "kim")
    new = made(api, "ada")
    assert api.client.get(old).status_code == 404
    assert read(api, new)
    gone = api.client.delete("/api/students/ada/calendar", headers=api.headers("student", "ada"))
    assert gone.status_code == 204
    assert api.client.get(new).status_code == 404
    assert read(api, parents)
    api.client.delete("/api/students/ada/calendar", headers=api.headers("admin", "head"))
    assert api.client.get(parents).status_code == 404
    assert api.get("/api/students/ada/calendar", "parent", "kim").json()["feeds"] == []


@pytest.mark.parametrize(
    "secret",
    ["", "a", "none", "x" * 43, "x" * 5_000, "%00", "..%2f..%2fada", "%F0%9F%92%A9", "%ff"],
)
def test_a_wrong_secret_is_like_any_address_that_names_nothing(api, secret):
    wrong, nowhere = api.client.get(f"/calendar/{secret}.ics"), api.client.get("/nowhere")
    assert (wrong.status_code, wrong.json()) == (404, nowhere.json())


def test_a_parents_feed_says_whose_it_is_and_ends_with_the_relation(api):
    path = made(api, "ada", "parent", "kim")
    assert all(one.startswith("Ada: ") for one in summaries(read(api, path)))
    held = api.get("/api/students/ada/calendar", "admin", "head").json()["feeds"]
    assert [one["held_by"] for one in held] == ["a parent"]
    store = api.app.state.services.store
    store.people.put(guardians=[guardian("ada", "kim", consent=False)], source="tests")
    assert api.client.get(path).status_code == 404
    store.people.put(guardians=[guardian("ada", "kim")], source="tests")
    assert read(api, path)


@pytest.mark.parametrize("who", ["ada", "kim"])
def test_the_feed_of_the_absent_is_gone(api, who):
    path, store = made(api, "ada", "parent", "kim"), api.app.state.services.store
    store.people.put([Person(who, "X", None, None, None, active=False)], source="tests")
    assert api.client.get(path).status_code == 404
    store.people.put([Person(who, "X", None, None, None, active=True)], source="tests")
    assert read(api, path)
    with writing(store.engine) as connection:
        connection.execute(text("delete from people where person_id = :who"), {"who": who})
    assert api.client.get(path).status_code == 404
    assert store.calendar_feeds.of("ada") == []


def test_who_is_on_no_roster_can_have_a_feed(api):
    assert len(read(api, made(api, "newcomer"))) == 5


def test_each_reading_is_in_the_audit_log(api):
    for role, sub in (("student", "ada"), ("parent", "kim")):
        path = made(api, "ada", role, sub)
        etag = api.client.get(path).headers["etag"]
        api.client.get(path, headers={"If-None-Match": etag})
    rows = api.get("/api/audit/student/ada", "parent", "kim").json()["entries"]
    noted = [(row["actor"], row["role"]) for row in rows if row["operation"] == "calendar_feed"]
    assert noted == [("kim", "parent")] * 2 + [("ada", "student")] * 2


def test_guessing_is_slowed_and_neighbours_go_on(two_classes_home):
    with serving(settings_of(two_classes_home, rate_limits="failures=3/hour")) as api:
        good = api.post("/api/students/ada/calendar", role="student", sub="ada").json()["url"]
        found = [api.client.get(f"/calendar/{n}.ics").status_code for n in range(5)]
        assert found == [404, 404, 404, 429, 429]
        assert api.client.get(good.partition("8004")[2]).status_code == 200


def test_the_settings_make_show_and_end_a_feed(api):
    ada = Browser(api, "student", "ada")
    where, form = "/student/ada/settings", "/student/ada/calendar"
    shown = ada.send(where, form, feed="make")
    assert shown.status_code == 200
    path = shown.text.partition('value="https://learn.example')[2].partition('"')[0]
    assert f'href="webcal://learn.example{path}"' in shown.text
    assert read(api, path)
    assert path not in ada.get(where).text
    assert "Yours: made on 4 Mar 2026" in ada.page(where).text
    assert '<input type="hidden" name="next" value="/student/ada/settings">' in shown.text
    ended = ada.send(where, form, feed="remove")
    assert ended.headers["location"] == "/student/ada/settings#calendar"
    assert api.client.get(path).status_code == 404
    assert ada.send(where, form, feed="nonsense").status_code == 422


def test_a_parent_is_led_to_the_calendar_and_an_admin_makes_none(api):
    kim, head = Browser(api, "parent", "kim"), Browser(api, "admin", "head")
    assert "/student/ada/settings#calendar" in kim.page("/parent/kim").links
    assert (
        kim.send("/student/ada/settings", "/student/ada/calendar", feed="make").status_code == 200
    )
    page = head.get("/student/ada/settings").text
    assert "A parent's: made on" in page.replace("&#39;", "'")
    assert 'value="make"' not in page
    refused = head.send("/student/ada/settings", "/student/ada/calendar", feed="make")
    assert refused.status_code == 403
    head.send("/student/ada/settings", "/student/ada/calendar", feed="remove")
    assert api.app.state.services.store.calendar_feeds.of("ada") == []


def test_of_many_who_ask_at_once_one_address_stays(store):
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: store.calendar_feeds.make("ada", "kim"), range(24)))
    good = [store.calendar_feeds.found(secret) for secret in secrets]
    assert [feed for feed in good if feed] == store.calendar_feeds.of("ada")
    (feed,) = store.calendar_feeds.of("ada")
    assert (feed.person_id, feed.role) == ("kim", "parent")
    with writing(store.engine) as connection:
        connection.execute(text("delete from people where person_id = 'kim'"))
    assert store.calendar_feeds.of("ada") == []
