"""Interventions over the API: who may act on a flag, in which order, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api_school import CURRICULUM, NOW, Api, serving, settings_of
from tests.factories import received
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.store.database import open_store
from warehouse.store.people import Enrolment, Person, SchoolClass

TRIES = [
    received(student, "attempted", concept, f"2026-03-02 08:{n}0", score=0.2)
    for student in ("bob", "eve")
    for concept in ("light", "lenses", "counting")
    for n in range(4)
]
PATH = "/api/interventions"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Bob and Eve are stuck; Lee and May teach Bob, Una teaches Eve."""
    settings = settings_of(tmp_path_factory.mktemp("interventions"))
    with open_store(settings) as store:
        store.curriculum.merge(CURRICULUM)
        store.people.put(
            people=[Person(n, n.title(), None, None, None, active=True) for n in ("bob", "eve")],
            classes=[
                SchoolClass(c, c, None, None, leaderboard_enabled=True, active=True)
                for c in ("7a", "7b")
            ],
            enrolments=[
                Enrolment("7a", "lee", "educator", None, None),
                Enrolment("7a", "may", "educator", None, None),
                Enrolment("7a", "bob", "student", None, None),
                Enrolment("7b", "una", "educator", None, None),
                Enrolment("7b", "eve", "student", None, None),
            ],
            source="tests",
        )
        Lake(settings.lake_dir).write(new_batch(NOW), TRIES)
        run_build(settings, store, now=NOW)
    with serving(settings) as api:
        yield api


def test_from_the_flag_to_the_outcome(api):
    opened = acknowledge(api, "lee", concept_id="light", note="asked him")
    one = opened.json()
    assert opened.status_code == 201
    assert (one["status"], one["version"], one["opened_by"]) == ("acknowledged", 1, "lee")
    assert flagged(api, "light") == one["intervention_id"]

    again = acknowledge(api, "may", concept_id="light", note="so did I")
    assert (again.status_code, again.json()) == (200, one)

    assigned = change(api, "lee", one, version=1, assigned_to="may")
    assert (assigned.json()["status"], assigned.json()["assigned_to"]) == ("assigned", "may")
    closed = change(api, "may", one, version=2, outcome="resolved", note="it went", useful=True)
    assert (closed.json()["status"], closed.json()["useful"]) == ("closed", True)
    assert [(s["actor"], s["note"]) for s in closed.json()["history"]] == [
        ("lee", "asked him"),
        ("lee", None),
        ("may", "it went"),
    ]
    assert flagged(api, "light") is None
    listed = api.get(f"{PATH}/class/7a", "educator", "lee").json()["interventions"]
    assert closed.json() in listed
    own = api.get(f"{PATH}/student/bob", "educator", "may").json()["interventions"]
    assert closed.json() in own


def test_a_change_of_an_old_version_or_of_a_closed_one_is_a_conflict(api):
    one = acknowledge(api, "lee", concept_id="lenses").json()
    assert change(api, "lee", one, version=1, note="tried").status_code == 200

    assert change(api, "may", one, version=1, outcome="resolved").status_code == 409
    assert change(api, "may", one, version=9, outcome="resolved").status_code == 409
    assert change(api, "may", one, version=2, outcome="no_change").status_code == 200
    refused = change(api, "may", one, version=3, outcome="resolved")
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "/docs#problem-intervention-conflict",
    )
    assert change(api, "may", one, version=3, useful=False).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"student_id": "bob"},
        {"student_id": "bob", "rule": "lazy"},
        {"student_id": "bob", "rule": "stuck"},
        {"student_id": "bob", "rule": "inactive", "concept_id": "light"},
        {"student_id": "bob", "rule": "inactive"},  # he has no such flag
        {"student_id": "bob", "rule": "stuck", "concept_id": "nothing"},
        {"student_id": "bob", "rule": "stuck", "concept_id": "counting", "note": ""},
        {"student_id": "bob", "rule": "stuck", "concept_id": "counting", "note": "x" * 1001},
        {"student_id": "bob", "rule": "stuck", "concept_id": "counting", "note": "\x00"},
        {"student_id": "bob", "rule": "stuck", "concept_id": "counting", "note": 7},
        {"student_id": "bob", "rule": "stuck", "concept_id": "counting", "since": "today"},
        {"student_id": 7, "rule": "slowing"},
    ],
)
def test_what_is_no_flag_is_refused(api, body):
    answer = api.post(PATH, body, role="educator", sub="lee")

    assert answer.status_code == 422
    assert answer.json()["cure"]
    assert not api.get(f"{PATH}/student/eve", "admin", "head").json()["interventions"]


@pytest.mark.parametrize(
    "body",
    [
        {"version": 1},
        {"note": "without a version"},
        {"version": "1", "note": "x"},
        {"version": True, "note": "x"},
        {"version": 0, "note": "x"},
        {"version": 2**40, "note": "x"},
        {"version": 1, "note": None},
        {"version": 1, "outcome": "expelled"},
        {"version": 1, "useful": "yes"},
        {"version": 1, "assigned_to": "una"},  # she does not teach him
        {"version": 1, "assigned_to": "nobody"},
        {"version": 1, "status": "closed"},
    ],
)
def test_what_is_no_change_is_refused(api, body):
    one = acknowledge(api, "lee", concept_id="counting").json()
    answer = api.client.put(
        f"{PATH}/{one['intervention_id']}", json=body, headers=api.headers("educator", "lee")
    )

    assert answer.status_code == 422
    assert api.get(f"{PATH}/student/bob", "educator", "lee").json()["interventions"][0] == one


def test_only_who_teaches_the_student_may_and_the_unknown_looks_like_the_forbidden(api):
    one = acknowledge(api, "lee", concept_id="counting").json()
    body = {"version": one["version"], "note": "x"}
    refused = [
        api.client.put(f"{PATH}/{which}", json=body, headers=api.headers(role, who))
        for which in (one["intervention_id"], "nothing")
        for role, who in (("educator", "una"), ("student", "bob"), ("parent", "bob"))
    ]
    refused += [
        api.get(f"{PATH}/{path}", role, who)
        for path in ("student/bob", "student/nobody", "class/7a", "class/nowhere")
        for role, who in (("educator", "una"), ("student", "bob"), ("parent", "kim"))
    ]
    refused.append(acknowledge(api, "una", concept_id="counting"))

    assert {answer.status_code for answer in refused} == {403}
    assert len({str(problem(answer)) for answer in refused}) == 1
    unknown = api.client.put(f"{PATH}/nothing", json=body, headers=api.headers("admin", "head"))
    assert unknown.status_code == 404
    assert change(api, "head", one, role="admin", **body).status_code == 200


def acknowledge(api: Api, who: str, **flag: object) -> Any:
    body = {"student_id": "bob", "rule": "stuck", **flag}
    return api.post(PATH, body, role="educator", sub=who)


def change(api: Api, who: str, one: dict[str, Any], *, role: str = "educator", **body: object):
    path = f"{PATH}/{one['intervention_id']}"
    return api.client.put(path, json=body, headers=api.headers(role, who))


def flagged(api: Api, concept_id: str) -> str | None:
    """The intervention that the dashboard shows beside Bob's flag."""
    shown = api.get("/api/dashboard/educator/lee", "educator", "lee").json()
    (bob,) = shown["classes"][0]["roster"]
    reasons = {reason["concept_id"]: reason["intervention_id"] for reason in bob["reasons"]}
    one = reasons[concept_id]
    listed = {i["intervention_id"] for i in shown["classes"][0]["interventions"]}
    assert one is None or one in listed
    return str(one) if one else None


def problem(answer: Any) -> dict[str, Any]:
    """The refusal without the id of its request."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}
