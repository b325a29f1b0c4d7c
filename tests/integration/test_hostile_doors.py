"""Every door for texts, tried with every payload: taken whole, or refused with a clear problem."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from api.schemas.interventions import Note
from pipelines.cli import app
from tests.api_school import Api, serving, settings_of
from tests.hostile import PAYLOADS
from tests.hostile_school import NAMES, fits
from tests.integration.page_reading import Browser
from tests.oneroster import CLASS, ENROLMENT, USER_1_1, package, table, user, zipped
from tests.strict_html import read, squeezed
from tests.two_classes import publish_two_classes
from warehouse.event_fields import is_name
from warehouse.store.students import Alias

REFUSED = tuple(text for text in PAYLOADS if not is_name(text))
SOME = (*REFUSED, *NAMES[::9])


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("doors"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


def test_payloads_are_of_both_kinds():
    assert len(PAYLOADS) >= 300
    assert len(NAMES) > 200
    assert len(REFUSED) > 60


@pytest.mark.parametrize("field", ["student_id", "concept_id", "item_id", "helped_student_id"])
def test_an_event_is_taken_whole_or_refused_by_its_field(api, field):
    given = {"student_id": "lou", "concept_id": "light", "event_type": "started"}
    if field == "helped_student_id":
        given = {"student_id": "lou", "event_type": "helped"}
    events = [given | {field: text} for text in PAYLOADS]
    answer = api.post("/api/progress/track/batch", {"events": events}).json()
    refused = {one["index"]: one["problem"] for one in answer["rejected"]}

    assert {n for n, text in enumerate(PAYLOADS) if not is_name(text)} == refused.keys()
    assert all(_is_clear(problem, field) for problem in refused.values())
    if field == "item_id":
        kept = {event.item_id for event in api.pending("lou")}
        assert set(NAMES) <= kept


def test_what_is_no_id_of_an_event_is_refused(api):
    events = [
        {"student_id": "lou", "concept_id": "light", "event_type": "started", "event_id": text}
        for text in PAYLOADS
    ]
    answer = api.post("/api/progress/track/batch", {"events": events}).json()
    taken = set(range(len(PAYLOADS))) - {one["index"] for one in answer["rejected"]}

    assert {PAYLOADS[n] for n in taken} == {"a" * 128}


def test_a_reason_is_taken_whole_or_refused(api):
    for text in SOME:
        body = {"student_id": "dan", "points": 1, "reason": text}
        _judge(api.post("/api/gamification/award-points", body), "reason", taken=is_name(text))
    told = api.get("/api/gamification/points/dan").json()["history"]
    assert {row["note"] for row in told if row["note"]} == set(NAMES[::9])


def test_a_break_is_named_as_somebody_wrote_it_or_not_at_all(api):
    for text in SOME:
        body = {"first_day": "2026-05-01", "last_day": "2026-05-02", "name": text}
        answer = api.post("/api/breaks/class/7b", body, role="educator", sub="lee")
        _judge(answer, "name", taken=is_name(text))
    told = api.get("/api/breaks/class/7b", "educator", "lee").json()["breaks"]
    assert {one["name"] for one in told} == set(NAMES[::9])


def test_a_note_is_kept_as_it_was_written_or_refused(api):
    flag = {"student_id": "bob", "rule": "stuck", "concept_id": "light"}
    one = api.post("/api/interventions", flag, role="educator", sub="lee").json()
    address, kept = f"/api/interventions/{one['intervention_id']}", []
    for text in SOME:
        given = {"version": one["version"], "note": text}
        answer = api.put(address, given, role="educator", sub="lee")
        takes = fits(TypeAdapter(Note), text)
        _judge(answer, "note", taken=takes)
        if takes:
            one = answer.json()
            kept.append(text.strip())
    assert [step["note"] for step in one["history"] if step["note"]] == kept


def test_an_alias_is_plain_or_refused(api):
    for text in PAYLOADS[::2]:
        answer = api.put("/api/students/ada/profile", {"alias": text})
        _judge(answer, "alias", taken=fits(TypeAdapter(Alias), text))


@pytest.mark.parametrize("field", ["time_zone", "locale"])
def test_a_zone_and_a_language_are_known_ones_or_refused(api, field):
    for text in PAYLOADS[::6]:
        _judge(api.put("/api/students/ada/profile", {field: text}), field, taken=False)


def test_a_purpose_is_kept_or_refused_and_never_breaks_the_log(api):
    for text in PAYLOADS[::3]:
        header: Any = {"X-Purpose": text.encode()}
        answer = api.client.get(
            "/api/gamification/points/ada", headers=api.headers("admin", "head") | header
        )
        if answer.status_code != 200:
            assert _is_clear(answer.json(), "X-Purpose")
    assert api.get("/api/audit/verify").json()["whole"]


def test_forms_refuse_what_the_api_refuses_in_words(api):
    ada = Browser(api, "student", "ada")
    fields = ada.page("/student/ada/settings").form("/settings")
    for text in PAYLOADS[::6]:
        answer = ada.post("/student/ada/settings", fields | {"alias": text, "ranked": "yes"})
        if answer.status_code != 303:
            assert answer.status_code == 422
            assert read(answer.text).wrong == []
            assert "This was not taken" in answer.text


def test_a_roster_keeps_names_as_they_are_and_refuses_what_is_no_id(api, tmp_path: Path):
    head = Browser(api, "admin", "head")
    where = "/admin/head/people"
    token = head.page(where).form(where)
    good = package(
        "1.1",
        [user(f"r{n}", "student", givenName=text, familyName="") for n, text in _lines()],
        [
            {"sourcedId": f"k{n}", "title": text, "schoolSourcedId": "school"}
            for n, text in _lines()
        ],
        [],
    )
    page = _upload(head, where, token, zipped(tmp_path / "good.zip", good))
    people = api.app.state.services.store.people
    names = people.names([f"r{n}" for n, _ in _lines()])

    assert page.status_code == 200, page.text
    assert read(page.text).wrong == []
    assert {names[f"r{n}"] for n, _ in _lines()} == {" ".join(text.split()) for _, text in _lines()}

    bad = good | {
        "users.csv": table(USER_1_1, [user(text, text, email=text) for text in PAYLOADS]),
        "classes.csv": table(CLASS, [{"sourcedId": text, "title": "x"} for text in PAYLOADS]),
        "enrollments.csv": table(
            ENROLMENT, [{"sourcedId": "e", "role": text, "beginDate": text} for text in PAYLOADS]
        ),
    }
    page = _upload(head, where, token, zipped(tmp_path / "bad.zip", bad))
    assert page.status_code == 422
    assert read(page.text).wrong == []
    assert "nothing was changed" in page.text


def test_a_curriculum_is_taken_whole_or_each_line_is_named(settings, tmp_path, monkeypatch):
    """At a terminal, where a text must be neither markup nor a command."""
    monkeypatch.setenv("JWT_SECRET", settings.jwt_secret.get_secret_value())
    good, bad = tmp_path / "good.csv", tmp_path / "bad[bold][link=evil].csv"
    rows = [(text, text, NAMES[n // 20]) for n, text in enumerate(NAMES)]
    good.write_text(_csv(("concept_id", "name", "subject_id"), rows))
    more = [(text, text, text) for text in (*REFUSED, "[/b]", "[link=https://evil.example]x")]
    bad.write_text(_csv(("concept_id", "name", "subject_id"), [*more, ("[/b]", "[/b]", "[/]")]))

    taken = CliRunner().invoke(app, ["import", "--curriculum", str(good)])
    refused = CliRunner().invoke(app, ["import", "--curriculum", str(bad)])
    missing = CliRunner().invoke(app, ["import", str(tmp_path / "[/nowhere].csv")])
    assert (taken.exit_code, refused.exit_code, missing.exit_code) == (0, 1, 1)
    assert f"{len(NAMES)} concepts" in taken.output.replace("\n", " ")
    assert "'[/b]'" in refused.output
    assert "[/nowhere].csv" in missing.output.replace("\n", "")
    for output in (taken.output, refused.output):
        assert all(sign.isprintable() or sign == "\n" for sign in output)


def test_an_import_names_strange_columns_as_they_are(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("JWT_SECRET", settings.jwt_secret.get_secret_value())
    file = tmp_path / "events.csv"
    columns = ("student_id", "event_type", "concept_id", "[/bold]", "[link=https://evil.example]")
    file.write_text(_csv(columns, [("ada", "started", "light", "", "")]))

    told = CliRunner().invoke(app, ["import", str(file)])
    assert told.exit_code == 0, told.output
    assert "[/bold]" in told.output


def _lines() -> list[tuple[int, str]]:
    """What a file may hold as a value: one line, and something to be seen."""
    return [(n, text) for n, text in enumerate(PAYLOADS) if squeezed(text)]


def _csv(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def _upload(browser: Browser, where: str, fields: dict[str, str], path: Path) -> Any:
    file = ("roster.zip", path.read_bytes(), "application/zip")
    return browser.post(where, fields, files={"file": file})


def _judge(answer: Any, field: str, *, taken: bool) -> None:
    assert (answer.status_code < 300) == taken, (answer.request.content, answer.text)
    if not taken:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.status_code == 422
        assert _is_clear(answer.json(), field)


def _is_clear(problem: dict[str, Any], field: str) -> bool:
    """It names the field and what to do, and repeats nothing that does harm where it is read."""
    assert problem["field"] == field
    assert problem["detail"].isprintable()
    return bool(problem["detail"] and problem["cure"])
