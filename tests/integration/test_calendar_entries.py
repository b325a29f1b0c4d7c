"""What stands in a calendar feed: whose days, which words, and that text of people stays text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from reports.letters import on_one_line
from tests.api_school import (
    ADA,
    CURRICULUM,
    NOW,
    Api,
    enrol_family,
    serving,
    settings_of,
)
from tests.calendars import events, made, read, summaries
from tests.foretelling import counting
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.people import Person

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)
MUCH_LATER = NOW + 60 * DAY
SAID = {
    "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "CLASS", "TRANSP",
}  # fmt: skip
HOSTILE = (
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b",
    "x;y,z:\"q\"",
    "\u202egnihtyna\u2066 \u200f",
    "tab\there \x07bell\x00\x1f\x85",
    "ü" * 150,
    "\u2028line",
)  # fmt: skip


@pytest.fixture
def api(two_classes_home: Path) -> Iterator[Api]:
    with serving(settings_of(two_classes_home, public_url="https://learn.example")) as api:
        yield api


def test_a_students_feed_holds_goals_breaks_and_the_streak(api):
    store = api.app.state.services.store
    store.goals.set("ada", MONDAY + 14 * DAY, minutes=90, set_by="ada", set_by_role="student")
    tomorrow = NOW.date() + DAY
    for owner in ({"student_id": "ada"}, {"class_id": "7a"}, {"class_id": "7b"}):
        name = next(iter(owner.values()))
        store.breaks.plan(
            tomorrow, tomorrow + DAY, name=name, set_by="lee", set_by_role="educator", **owner
        )
    answer = api.client.get(made(api, "ada"))
    whole = icalendar.Calendar.from_ical(answer.text)
    found = events(answer.text)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (str(whole["NAME"]), str(whole["X-WR-TIMEZONE"])) == ("Learning", "UTC")
    shown = [(e.decoded("DTSTART"), e.decoded("DTEND"), str(e["SUMMARY"])) for e in found]
    goals = [(MONDAY + n * 7 * DAY, MONDAY + (n + 1) * 7 * DAY) for n in range(5)]
    assert sorted(shown) == sorted(
        [
            *((*goals[n], "Goal of the week: 3 concepts") for n in (0, 1)),
            *((*goals[n], "Goal of the week: 90 minutes") for n in (2, 3, 4)),
            *((tomorrow, tomorrow + 2 * DAY, name) for name in ("7a", "ada")),
            # these breaks are so new that the next build only bridges the streak with them
            (tomorrow, tomorrow + DAY, "Last day to keep the streak of 3 days"),
        ]
    )
    assert {e["CLASS"] for e in found} == {"PRIVATE"}
    assert {e["TRANSP"] for e in found} == {"TRANSPARENT"}
    assert "Done so far: " in str(found[0]["DESCRIPTION"])
    for other in ("bob", "kim", "lee"):
        assert other not in answer.text.lower()


def test_the_same_state_is_the_same_bytes(api):
    path = made(api, "ada")
    first, again = api.client.get(path), api.client.get(path)
    assert first.content == again.content
    etag = first.headers["etag"]
    unchanged = api.client.get(path, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert {e.decoded("DTSTAMP") for e in events(first.text)} == {NOW}

    api.put("/api/goals/ada", {"concepts": 7}, role="student", sub="ada")
    changed = api.client.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Goal of the week: 7 concepts" in summaries(events(changed.text))
    before, after = (sorted(str(e["UID"]) for e in events(a.text)) for a in (first, changed))
    assert before == after
    assert len(set(after)) == len(after)
    assert all(uid.endswith("@learn.example") for uid in after)


def test_lines_are_folded_and_end_as_they_should(api):
    plan(api, "äöü€" * 40)
    body = api.client.get(made(api, "ada")).content
    assert body.endswith(b"END:VCALENDAR\r\n")
    lines = body.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert max(map(len, lines)) <= 75


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_people_stays_text(api, hostile):
    plan(api, hostile)
    store = api.app.state.services.store
    store.people.put(
        [Person("ada", hostile, None, None, None, active=True)], source="tests"
    )  # fmt: skip
    for role, sub in (("student", "ada"), ("parent", "kim")):
        body = api.client.get(made(api, "ada", role, sub)).text
        whole, found = icalendar.Calendar.from_ical(body), events(body)
        assert len(found) == 7
        assert {name for event in found for name in event} <= SAID
        begun = [line for line in body.split("\r\n") if line.startswith("BEGIN:")]
        assert len(begun) == len(found) + 1
        shown = on_one_line(hostile)
        assert any(shown[:100] in one for one in summaries(found))
        if role == "parent":
            assert str(whole["NAME"]) == f"Learning: {shown}"
            assert all(one.startswith(f"{shown}: ") for one in summaries(found))
        for forbidden in "\x00\x07\x1f\x85\u202e\u2066\u200f\u2028":
            assert forbidden not in body


def plan(api: Api, name: str) -> None:
    """A break, as nothing but the store would take its name."""
    first = NOW.date()
    api.app.state.services.store.breaks.plan(
        first, first, student_id="ada", name=name, set_by="kim", set_by_role="parent"
    )


def test_the_door_for_breaks_takes_no_second_line(api):
    body = {"first_day": "2026-03-10", "last_day": "2026-03-11", "name": "a\r\nEND:VEVENT"}
    answer = api.post("/api/breaks/student/ada", body, role="parent", sub="kim")
    assert (answer.status_code, answer.json()["field"]) == (422, "name")


def test_a_feed_speaks_its_holders_language_and_keeps_the_students_days(api):
    store = api.app.state.services.store
    store.people.put(
        [
            Person("ada", "Ada", None, "Asia/Tokyo", "de", active=True),
            Person("kim", "Kim", None, "UTC", "en", active=True),
        ],
        source="tests",
    )
    own, parents = made(api, "ada"), made(api, "ada", "parent", "kim")
    sunday = datetime(2026, 3, 8, 20, 0, tzinfo=UTC)  # already Monday in Tokyo
    with serving(api.settings, sunday) as later:
        first = read(later, own)[0]
        assert str(first["SUMMARY"]) == "Ziel der Woche: 3 Themen"
        assert first.decoded("DTSTART") == MONDAY + 7 * DAY
        assert str(read(later, parents)[0]["SUMMARY"]) == "Ada: Goal of the week: 3 concepts"


@pytest.fixture(scope="module")
def foretold(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A school whose models recommend; long after the last practice everything is due again."""
    settings = settings_of(tmp_path_factory.mktemp("foretold"), predictions_shown_to="students")
    enrol_family(settings)
    with open_store(settings, clock=lambda: NOW - 30 * DAY) as store:
        store.curriculum.merge(CURRICULUM)
        Lake(settings.lake_dir).write(new_batch(NOW), ADA)
        Build(settings, store, BuildRequest(MUCH_LATER), suppliers=counting()).run()
    return settings


@pytest.mark.parametrize(
    ("shown_to", "told"),
    [("students", ["student"]), ("educators", []), ("students,parents", ["student", "parent"])],
)
def test_reviews_are_told_to_whom_predictions_are_shown(foretold, shown_to, told):
    settings = foretold.model_copy(update={"predictions_shown_to": shown_to})
    with serving(settings, MUCH_LATER) as api:
        for role, sub in (("student", "ada"), ("parent", "pat")):
            answer = api.post("/api/students/ada/calendar", role=role, sub=sub).json()
            found = read(api, answer["url"].partition("8004")[2])
            due = [one for one in found if "Review: " in one["SUMMARY"]]
            assert bool(due) == (role in told)
            assert {one.decoded("DTSTART") for one in due} <= {MUCH_LATER.date()}


def test_a_streak_that_is_over_or_short_is_not_told(api):
    path, bobs = made(api, "ada"), made(api, "bob")
    assert not [one for one in summaries(read(api, bobs)) if "streak" in one]
    for days, told in ((1, ["Last day to keep the streak of 3 days"]), (2, [])):
        with serving(api.settings, NOW + days * DAY) as later:
            assert [one for one in summaries(read(later, path)) if "streak" in one] == told


def test_learning_moves_the_streak_on_at_once(api):
    path = made(api, "ada")
    with serving(api.settings, NOW + DAY) as later:
        (before,) = (e for e in read(later, path) if "streak" in e["SUMMARY"])
        at = (NOW + DAY).isoformat()
        later.track(student_id="ada", concept_id="light", event_type="attempted", occurred_at=at)
        (after,) = (e for e in read(later, path) if "streak" in e["SUMMARY"])
    assert (before.decoded("DTSTART"), after.decoded("DTSTART")) == (
        NOW.date() + DAY,
        NOW.date() + 2 * DAY,
    )
    assert str(after["SUMMARY"]) == "Last day to keep the streak of 4 days"
