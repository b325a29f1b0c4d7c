"""What people change on pages is changed as by the API."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import imports
from api.pages import admin
from tests.api_school import Api, serving, settings_of
from tests.integration.page_reading import Browser, Page
from tests.oneroster import school as roster
from tests.oneroster import zipped
from tests.two_classes import publish_two_classes
from warehouse.roster.report import RosterReport


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("forms"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def test_a_parent_sets_a_goal(api):
    kim = Browser(api, "parent", "kim")
    answer = kim.send("/student/ada/goals", concepts="4", minutes="90")

    assert (answer.status_code, answer.headers["location"]) == (303, "/student/ada/goals")
    said = api.get("/api/goals/ada", "parent", "kim").json()
    assert said["current"] == {"concepts": 4, "minutes": 90}
    assert said["lines"][-1]["set_by"] == "you"
    assert kim.page("/student/ada/goals").form("/goals")["concepts"] == "4"


@pytest.mark.parametrize("fields", [{"concepts": "many"}, {"concepts": "0"}, {"concepts": ""}])
def test_a_goal_that_is_none_is_refused_in_words(api, fields):
    answer = Browser(api, "parent", "kim").send("/student/bob/goals", minutes="", **fields)

    assert answer.status_code == 422
    assert "This was not taken" in Page(answer.text).text
    assert api.get("/api/goals/bob").json()["lines"] == []


def test_a_student_joins_the_leaderboard_and_leaves(api):
    ada = Browser(api, "student", "ada")
    where = "/student/ada/leaderboard"
    joined = ada.send(where, "/student/ada/settings", alias="Night Owl", ranked="yes")
    assert joined.headers["location"] == where
    assert "You are on it as Night Owl." in ada.page(where).text
    ada.send(where, "/student/ada/settings")
    assert not api.get("/api/students/ada/profile").json()["leaderboard_opt_in"]


def test_settings_keep_language_and_zone(api):
    bob = Browser(api, "student", "bob")
    answer = bob.send("/student/bob/settings", locale="de", time_zone="Europe/Berlin", alias="")

    assert "spool_language=de" in answer.headers["set-cookie"]
    said = api.get("/api/students/bob/profile").json()
    assert (said["locale"], said["time_zone"]) == ("de", "Europe/Berlin")
    wrong = bob.send("/student/bob/settings", time_zone="Atlantis/Capital", alias="")
    assert wrong.status_code == 422


def test_notifications_are_read_and_preferences_kept(api):
    ada = Browser(api, "student", "ada")
    before = api.get("/api/notifications/ada", "student", "ada").json()
    ids = [one["notification_id"] for one in before["notifications"]]
    assert ids
    ada.send("/notifications", read=" ".join(ids))
    assert api.get("/api/notifications/ada", "student", "ada").json()["unread_count"] == 0

    page = ada.page("/preferences")
    fields = page.form("/preferences")
    del fields["badge_earned.email"]
    assert ada.post("/preferences", fields | {"digest": "daily"}).status_code == 303
    said = api.get("/api/notifications/preferences/ada", "student", "ada").json()
    assert said["kinds"]["badge_earned"] == {
        "in_app": True,
        "email": False,
        "push": True,
        "webhook": True,
    }
    assert said["digest"] == "daily"


def test_an_educator_takes_a_flag_on_hands_it_over_and_closes_it(api):
    lee = Browser(api, "educator", "lee")
    where = "/student/bob/support"
    assert "6 attempts at Light, not completed." in lee.page(where).text
    lee.send(where, note="Look at it together")
    (one,) = api.get("/api/interventions/student/bob").json()["interventions"]
    step = f"{where}/{one['intervention_id']}"
    lee.send(where, step, assigned_to="may", note="")
    stale = lee.post(step, lee.page(where).form(step) | {"version": "1", "note": "late"})
    lee.send(where, step, outcome="resolved", useful="yes")

    (one,) = api.get("/api/interventions/student/bob").json()["interventions"]
    assert stale.status_code == 409
    assert (one["status"], one["assigned_to"], one["useful"]) == ("closed", "may", True)
    assert "Look at it together" in lee.page(where).text


def test_an_admin_imports_a_roster_and_is_told_of_a_bad_one(api, tmp_path):
    head = Browser(api, "admin", "head")
    where = "/admin/head/people"
    token = head.page(where).form(where)
    good = zipped(tmp_path / "good.zip", roster("1.2", students=4))
    answer = _upload(head, where, token, good)
    assert answer.status_code == 200
    assert "The roster was imported." in Page(answer.text).text
    assert api.app.state.services.store.people.person("s0") is not None

    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip at all")
    refused = _upload(head, where, token, broken)
    assert refused.status_code == 422
    assert "nothing was changed" in Page(refused.text).text
    assert str(tmp_path) not in refused.text
    assert _upload(head, where, {"csrf_token": "0"}, good).status_code == 403


def test_a_long_import_tells_how_far_it_has_come(api, tmp_path, monkeypatch):
    going_on = threading.Event()

    def slow(*_: object, progress, **__: object) -> RosterReport:
        progress("orgs.csv")
        progress("users.csv")
        going_on.wait(20)
        return RosterReport()

    monkeypatch.setattr(imports, "import_roster", slow)
    monkeypatch.setattr(admin, "SOON_SECONDS", 0.2)
    head, where = Browser(api, "admin", "head"), "/admin/head/people"
    token = head.page(where).form(where)
    package = zipped(tmp_path / "good.zip", roster("1.2", students=1))
    led = _upload(head, where, token, package)
    place = led.headers["location"]
    meanwhile = head.get(place)
    second = _upload(head, where, token, package)
    going_on.set()
    api.app.state.services.imports.after(place.partition("=")[2], 20)
    ended = head.get(place)

    assert led.status_code == 303
    assert place.startswith(f"{where}?import=")
    assert "The roster is being imported. users.csv" in Page(meanwhile.text).text
    assert '<progress aria-labelledby="importing" max="6" value="1">' in meanwhile.text
    assert meanwhile.headers["refresh"] == "1"
    assert second.status_code == 409
    assert "The roster was imported." in Page(ended.text).text
    assert "refresh" not in ended.headers
    assert "imported" not in head.page(f"{where}?import=unknown").text


def test_an_import_that_breaks_down_says_so(api, tmp_path, monkeypatch):
    def broken(*_: object, **__: object) -> RosterReport:
        raise RuntimeError("a defect of ours")

    monkeypatch.setattr(imports, "import_roster", broken)
    head, where = Browser(api, "admin", "head"), "/admin/head/people"
    package = zipped(tmp_path / "good.zip", roster("1.2", students=1))
    answer = _upload(head, where, head.page(where).form(where), package)

    assert answer.status_code == 422
    assert "nothing was changed" in answer.text
    assert "defect" not in answer.text


def _upload(browser, where: str, fields: dict[str, str], path: Path):
    file = ("roster.zip", path.read_bytes(), "application/zip")
    return browser.post(where, fields, files={"file": file})


def test_a_parent_asks_for_erasure_and_an_admin_sees_and_answers_it(api):
    kim, head = Browser(api, "parent", "kim"), Browser(api, "admin", "head")
    kim.send("/student/ada/privacy", "/student/ada/erasure")
    assert "The school will answer." in kim.page("/student/ada/privacy").text
    (one,) = api.app.state.services.store.erasures.all()
    assert (one.student_id, one.asked_by) == ("ada", "kim")
    assert "asked by Kim" in head.page("/admin/head/people").text
    head.send("/admin/head/people", "/admin/head/erasures", request_id=one.request_id)
    (one,) = api.app.state.services.store.erasures.all()
    assert one.answered_by == "head"


def test_a_parent_reads_who_saw_the_record(api):
    Browser(api, "educator", "lee").page("/student/ada/points")
    told = Browser(api, "parent", "kim").page("/student/ada/privacy").text

    assert "Lee teacher student points page" in told
