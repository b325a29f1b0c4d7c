"""What people are told over the API: own news at once, a family's, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api_school import NOW, Api, publish_school, serving, settings_of
from tests.factories import received
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.people import Guardian, Person

LIST = "/api/notifications/{}"
WISHES = "/api/notifications/preferences/{}"
READ = "/api/notifications/mark-read"
BEN = [
    received("ben", "completed", concept, f"2026-02-24 10:0{n}", time_spent=600)
    for n, concept in enumerate(("counting", "light", "lenses", "fractions/adding", "other"))
]


def family(settings: Settings) -> None:
    """Mum guards Ada and Ben; Dad has no consent; Ben met his goal last week, told long after."""
    people = [("mum", "Mo"), ("dad", "Dan"), ("ada", "Ada"), ("ben", None)]
    with open_store(settings, clock=lambda: NOW - timedelta(days=30)) as store:
        store.people.put(
            [Person(one, name, None, None, None, active=True) for one, name in people],
            guardians=[
                Guardian("ada", "mum", "parent", True, None, None),
                Guardian("ben", "mum", "parent", True, None, NOW + timedelta(days=1)),
                Guardian("ada", "dad", "parent", False, None, None),
            ],
            source="tests",
        )
        late = [one._replace(received_at=NOW) for one in BEN]
        Lake(settings.lake_dir).write(new_batch(NOW), late)
        run_build(settings, store, now=NOW)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_of(Path(tmp_path_factory.mktemp("notices")))
    publish_school(settings)
    family(settings)
    return settings


@pytest.fixture
def api(home: Settings) -> Iterator[Api]:
    with serving(home) as api:
        yield api


def listed(api: Api, person: str, role: str, **query: object) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"{LIST.format(person)}?{asked}", role, person)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["notifications"])


def told(api: Api, person: str, role: str) -> list[tuple[str, str]]:
    return [(n["kind"], n["body"]) for n in listed(api, person, role)]


def test_a_student_is_told_of_their_own(api):
    assert told(api, "ada", "student") == [
        ("badge_earned", "You earned the badge Helper."),
        ("streak_milestone", "You learned on 3 days in a row."),
    ]
    newest = listed(api, "ada", "student")[0]
    assert (newest["student_id"], newest["badge_id"]) == ("ada", "helper")
    assert (newest["read_at"], newest["late"]) == (None, False)
    assert newest["occurred_at"] == "2026-03-04T10:00:00Z"


def test_an_acknowledged_event_is_told_at_once(home):
    now = NOW + timedelta(days=1)
    with serving(home, now) as api:
        event = {"student_id": "cyd", "event_type": "helped", "helped_student_id": "ada"}
        api.track(**event, occurred_at="2026-03-05T11:00:00Z")
        assert told(api, "cyd", "student") == [("badge_earned", "You earned the badge Helper.")]
        answer = api.get(LIST.format("cyd"), "student", "cyd").json()
        assert (answer["meta"]["live"], answer["meta"]["pending_events"]) == (True, 1)


def test_a_parent_is_told_of_each_child_and_of_their_weeks(api):
    week = "the week of 23 February 2026"
    done = "Your child completed 5 concepts, mastered 0 and spent 50 min learning"
    assert told(api, "mum", "parent") == [
        ("badge_earned", "Ada earned the badge Helper."),
        (
            "weekly_summary",
            f"{done} in {week}. The weekly goal was met.",
        ),
        ("weekly_goal_met", f"Your child reached the goal for {week}."),
        ("level_reached", "Your child reached level 2, Apprentice."),
    ]
    summary = listed(api, "mum", "parent")[1]
    assert summary["figures"] == {
        "started": 0, "completed": 5, "mastered": 0, "time_spent": 3000, "points": 105,
        "goal_met": 1,
    }  # fmt: skip
    assert [n["late"] for n in listed(api, "mum", "parent")] == [False, False, True, True]


def test_the_list_has_the_ids_of_the_table(api):
    people = (("ada", "student"), ("ben", "student"), ("mum", "parent"))
    shown = {n["notification_id"] for who, role in people for n in listed(api, who, role)}
    reader = api.app.state.services.reader
    with reader._current().con.cursor() as cursor:
        table = cursor.execute("select notification_id from notifications.notifications").fetchall()
    assert {row[0] for row in table} == shown
    assert len(table) == len(shown) > 5


def test_without_consent_nothing_is_told(api):
    assert told(api, "dad", "parent") == []


def test_a_relation_that_has_ended_takes_its_news_with_it(home):
    with serving(home, NOW + timedelta(days=1)) as api:
        assert {n["student_id"] for n in listed(api, "mum", "parent")} == {"ada"}


def test_what_was_read_is_read_for_its_reader_and_stays_so(home):
    with serving(home) as api:
        ids = [n["notification_id"] for n in listed(api, "ben", "student")]
        others = [n["notification_id"] for n in listed(api, "ada", "student")]
        body = {"notification_ids": [ids[0], others[0], "no such id", ids[0]]}
        for _ in range(2):
            answer = api.post(READ, body, role="student", sub="ben")
            assert answer.json() == {"read": ids[:1], "unknown": [others[0], "no such id"]}
        left = api.get(LIST.format("ben"), "student", "ben").json()
        assert [n["notification_id"] for n in left["notifications"]] == ids[1:]
        assert left["unread_count"] == len(ids) - 1
        all_of_them = listed(api, "ben", "student", unread="false")
        assert [n["read_at"] is not None for n in all_of_them] == [True] + [False] * (len(ids) - 1)
        assert len(listed(api, "ada", "student")) == len(others)
        run_build(home, api.app.state.services.store, now=NOW, full=True)
        assert len(listed(api, "ben", "student")) == len(ids) - 1


def test_pages_follow_each_other(api):
    everything = listed(api, "mum", "parent")
    found, cursor = [], ""
    for _ in everything:
        query = f"?limit=1{cursor}"
        answer = api.get(LIST.format("mum") + query, "parent", "mum").json()
        found += answer["notifications"]
        cursor = f"&cursor={answer['next_cursor']}"
    assert answer["next_cursor"] is None
    assert found == everything


@pytest.mark.parametrize(
    ("path", "role", "sub", "status"),
    [
        (LIST.format("ada"), "student", "ben", 403),
        (LIST.format("ada"), "parent", "mum", 403),
        (LIST.format("mum"), "educator", "tea", 403),
        (LIST.format("ada"), "service", "ada", 403),
        (LIST.format("ada"), "admin", "head", 200),
        (WISHES.format("ada"), "parent", "mum", 403),
        (WISHES.format("mum"), "parent", "mum", 200),
        (WISHES.format("mum"), "admin", "head", 200),
    ],
)
def test_the_list_is_its_owners(api, path, role, sub, status):
    assert api.get(path, role, sub).status_code == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "notification_ids"),
        ({"notification_ids": "one"}, "notification_ids"),
        ({"notification_ids": [1]}, "notification_ids.0"),
        ({"notification_ids": ["x"] * 501}, "notification_ids"),
        ({"notification_ids": ["x" * 129]}, "notification_ids.0"),
        ({"notification_ids": [], "more": 1}, "more"),
    ],
)
def test_a_wrong_body_names_its_field(api, body, field):
    answer = api.post(READ, body, role="student", sub="ada")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_preferences_are_shown_whole_and_replaced_whole(api):
    before = api.get(WISHES.format("dad"), "parent", "dad").json()
    assert before["quiet_hours"] == {"start": "21:00", "end": "07:00"}
    assert (before["digest"], before["daily_cap"], before["recorded_at"]) == ("immediate", 10, None)
    assert all(on for channels in before["kinds"].values() for on in channels.values())
    assert len(before["kinds"]) == 8
    body = {
        "kinds": {"weekly_summary": {"email": False, "push": True}},
        "quiet_hours": None,
        "digest": "weekly",
        "daily_cap": 3,
    }
    answer = api.put(WISHES.format("dad"), body, role="parent", sub="dad")
    assert answer.status_code == 200
    after = api.get(WISHES.format("dad"), "parent", "dad").json()
    assert answer.json() == after
    assert [k for k, c in after["kinds"].items() for on in c.values() if not on] == [
        "weekly_summary"
    ]
    assert (after["quiet_hours"], after["digest"], after["daily_cap"]) == (None, "weekly", 3)
    api.put(WISHES.format("dad"), {}, role="parent", sub="dad")
    assert api.get(WISHES.format("dad"), "parent", "dad").json()["kinds"] == before["kinds"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kinds": {"gossip": {"email": False}}}, "kinds.gossip"),
        ({"kinds": {"badge_earned": {"pigeon": False}}}, "kinds.badge_earned.pigeon"),
        ({"kinds": {"badge_earned": {"email": "no"}}}, "kinds.badge_earned.email"),
        ({"quiet_hours": {"start": "24:00", "end": "07:00"}}, "quiet_hours.start"),
        ({"quiet_hours": {"start": "21:00"}}, "quiet_hours.end"),
        ({"quiet_hours": {"start": "21:00", "end": "21:00"}}, "quiet_hours"),
        ({"digest": "hourly"}, "digest"),
        ({"daily_cap": 3.5}, "daily_cap"),
        ({"daily_cap": 101}, "daily_cap"),
        ({"more": 1}, "more"),
    ],
)
def test_wrong_preferences_name_their_field(api, body, field):
    answer = api.put(WISHES.format("dad"), body, role="parent", sub="dad")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_what_is_not_wanted_in_the_list_is_not_in_it(api):
    body = {"kinds": {"weekly_summary": {"in_app": False}}}
    api.put(WISHES.format("mum"), body, role="parent", sub="mum")
    assert "weekly_summary" not in {n["kind"] for n in listed(api, "mum", "parent")}
    assert "badge_earned" in {n["kind"] for n in listed(api, "mum", "parent")}
    api.put(WISHES.format("mum"), {}, role="parent", sub="mum")


def test_before_the_first_build_the_list_is_live(tmp_path):
    with serving(settings_of(tmp_path)) as api:
        api.track(student_id="ada", event_type="helped", helped_student_id="bob")
        assert [n["kind"] for n in listed(api, "ada", "student")] == ["badge_earned"]
        assert listed(api, "mum", "parent") == []
