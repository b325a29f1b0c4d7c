"""Exports: a few reports at once, many as a job that survives its worker."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from reports.exporting.worker import Worker
from reports.press import Press
from tests.api_school import NOW, Api, serving, settings_of
from tests.printed import text_of
from tests.two_classes import publish_two_classes
from warehouse.export_links import link_token
from warehouse.settings import Settings
from warehouse.store.exports import Wanted
from warehouse.tokens import signing_secret

EXPORT = "/api/analytics/export"
DAYS = {"start": "2026-02-01", "end": "2026-03-10"}
MANY = ["ada", "bob", *(f"student-{n}" for n in range(20))]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("exports"))
    publish_two_classes(settings)
    with serving(settings) as api:
        yield api


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


def export(api: Api, ids: list[str], form: str, role: str = "admin", sub: str = "head") -> Any:
    body = {"student_ids": ids, "date_range": DAYS, "format": form}
    return api.post(EXPORT, body, role=role, sub=sub)


def work(api: Api, press: Press) -> int:
    return Worker(api.app.state.services.reader, press).drain()


def test_a_few_come_at_once_and_say_what_the_single_reports_say(api):
    query = f"?start_date={DAYS['start']}&end_date={DAYS['end']}"
    one = api.get(f"/api/analytics/report/ada{query}").json()
    lines = export(api, ["ada", "bob", "ada"], "json").text.splitlines()
    table = export(api, ["ada", "bob"], "csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))

    assert [json.loads(line)["student_id"] for line in lines] == ["ada", "bob"]
    assert json.loads(lines[0]) == one
    assert list(dict.fromkeys(row["student_id"] for row in rows)) == ["ada", "bob"]
    points = [r for r in rows if r["section"] == "metrics" and r["metric"] == "points"]
    assert next(int(row["value"]) for row in points) == one["metrics"]["points"]


def test_pdfs_come_as_a_zip_with_a_cover_and_the_same_bytes_again(api):
    answer, again = (export(api, ["ada", "bob"], "pdf") for _ in range(2))
    bundle = zipfile.ZipFile(io.BytesIO(answer.content))

    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="progress-reports-2026-02-01-2026-03-10.zip"'
    )
    assert bundle.namelist() == ["000-cover.pdf", "001-ada.pdf", "002-bob.pdf"]
    assert answer.content == again.content
    cover = text_of(bundle.read("000-cover.pdf"))
    assert "Bob 002-bob.pdf" in cover
    assert "Progress report: Bob" in text_of(bundle.read("002-bob.pdf"))


def test_many_are_a_job_with_a_signed_link(api, press):
    asked = export(api, MANY, "json", "admin", "head")
    where = asked.headers["location"]
    before = api.get(where).json()
    done = work(api, press)
    after = api.get(where).json()
    file = api.client.get(after["download_url"])

    assert asked.status_code == 202
    assert asked.json() == before
    assert (before["state"], before["done"], before["total"]) == ("waiting", 0, 22)
    assert before["download_url"] is None
    assert done == 1
    assert (after["state"], after["done"]) == ("done", 22)
    assert file.status_code == 200
    assert [json.loads(line)["student_id"] for line in file.text.splitlines()] == MANY
    assert "progress-reports-2026-02-01-2026-03-10.ndjson" in file.headers["content-disposition"]


def test_a_link_opens_its_own_file_and_only_for_a_while(api, press):
    first, second = (export(api, MANY, "csv").headers["location"] for _ in range(2))
    work(api, press)
    link = api.get(first).json()["download_url"]
    token = link.partition("token=")[2]

    assert api.client.get(link).status_code == 200
    assert api.client.get(f"{second}/file?token={token}").status_code == 404
    assert api.client.get(f"{first}/file?token={token[:-4]}AAAA").status_code == 404
    secret = signing_secret(api.settings)
    old = link_token(secret, first[-36:], NOW - timedelta(minutes=11))
    assert api.client.get(f"{first}/file?token={old}").status_code == 404


def test_nobody_else_sees_the_job(api, press):
    where = export(api, MANY, "csv").headers["location"]

    for role, sub in (("admin", "other"), ("educator", "head"), ("student", "ada")):
        assert api.get(where, role, sub).status_code == 404
        assert api.client.delete(where, headers=api.headers(role, sub)).status_code == 404
    assert api.get(f"{EXPORT}/none").status_code == 404
    assert api.get(where, "service", "lms").status_code == 403


def test_one_who_is_not_permitted_stops_all(api):
    for ids in (["ada", "cleo"], ["ada", "nobody"], ["nobody"]):
        for form in ("json", "csv", "pdf"):
            assert export(api, ids, form, "parent", "kim").status_code == 403
    assert export(api, ["ada", "bob"], "json", "parent", "kim").status_code == 200
    assert export(api, ["ada"], "json", "student", "ada").status_code == 200
    assert export(api, ["bob"], "json", "student", "ada").status_code == 403


def test_each_student_in_it_is_in_the_audit_log(api):
    export(api, ["ada", "bob"], "csv", "educator", "lee")
    rows = api.app.state.services.store.audit.rows(actor="lee")

    assert {(r.operation, r.student_id) for r in rows} >= {
        ("export_reports", "ada"),
        ("export_reports", "bob"),
    }


def test_who_lost_sight_of_a_student_gets_no_link(api, press):
    services = api.app.state.services
    wanted = Wanted(
        "kim", "parent", "json", "en", foresees=False, first_day=None, end_day=None,
        student_ids=("ada", "cleo"),
    )  # fmt: skip
    job = services.store.exports.add(wanted)
    work(api, press)
    shown = api.get(f"{EXPORT}/{job.export_id}", "parent", "kim").json()

    assert (shown["state"], shown["download_url"]) == ("done", None)


def test_a_cancelled_one_is_not_made_and_leaves_no_file(api, press):
    waiting, ready = (export(api, MANY, "csv").headers["location"] for _ in range(2))
    api.client.delete(waiting, headers=api.headers("admin", "head"))
    work(api, press)
    link = api.get(ready).json()["download_url"]
    gone = api.client.delete(ready, headers=api.headers("admin", "head")).json()

    assert api.get(waiting).json()["state"] == "cancelled"
    assert (gone["state"], gone["download_url"]) == ("cancelled", None)
    assert api.client.get(link).status_code == 404
    work(api, press)
    assert not [f for f in files(api.settings) if waiting[-36:] in f or ready[-36:] in f]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"student_ids": []}, "student_ids"),
        ({"student_ids": ["a"] * 2001}, "student_ids"),
        ({"student_ids": [" a"]}, "student_ids.0"),
        ({"format": "xlsx"}, "format"),
        ({"date_range": {"start": "2026-03-05", "end": "2026-03-01"}}, "end_date"),
        ({"date_range": {"start": "yesterday"}}, "date_range.start"),
        ({"date_range": {"from": "2026-03-05"}}, "date_range.from"),
        ({"more": 1}, "more"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_field_and_cure(api, change, field):
    body = {"student_ids": ["ada"], "date_range": DAYS, "format": "json"} | change
    answer = api.post(EXPORT, body, role="admin", sub="head")

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["cure"]


def files(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.exports_dir.glob("*"))
