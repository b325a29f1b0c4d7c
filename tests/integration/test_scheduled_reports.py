"""Class reports made on Monday: what lies on the shelf, and who may take it from there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.class_reports import Outcome, make_class_reports
from reports.press import Press
from reports.shelf import Shelf, stem
from tests.api_school import NOW, Api, serving, settings_of
from tests.conftest import Clock
from tests.integration.page_reading import Browser
from tests.printed import squeezed, text_of
from tests.weekly_school import MONDAY_MORNING, publish_families
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.store.database import Store, open_store
from warehouse.store.people import Enrolment, SchoolClass

WEEK = date(2026, 2, 23)
REPORT = "/api/analytics/class-report/"
DAYS = "start_date=2026-02-23&end_date=2026-03-02"


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


def made(
    settings: Settings, press: Press, week: date = WEEK, clock: Clock | None = None
) -> tuple[Outcome, list[str]]:
    said: list[str] = []
    with open_store(settings) as store:
        reader = Reader(settings, store, clock=clock or Clock(MONDAY_MORNING))
        outcome = make_class_reports(reader, press, week, said.append)
        reader.close()
    return outcome, said


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, press: Press) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("scheduled"))
    publish_families(settings)
    made(settings, press)
    with serving(settings, MONDAY_MORNING) as api:
        yield api


def test_every_active_class_has_a_document_and_a_table_of_the_week(api):
    root = api.settings.reports_dir / "2026-02-23"

    assert sorted(path.name for path in root.iterdir()) == sorted(
        f"{stem(one)}.{ending}" for one in ("7a", "7/b", "8c") for ending in ("pdf", "csv", "json")
    )
    for one in ("7a", "7/b", "8c"):
        shown = api.get(f"{REPORT}{one.replace('/', '%2F')}?{DAYS}").json()
        table = (root / f"{stem(one)}.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table, newline="")))
        assert [(r["student_id"], int(r["points"])) for r in rows] == [
            (s["student_id"], s["points"]) for s in shown["students"]
        ]
        paper = squeezed(text_of((root / f"{stem(one)}.pdf").read_bytes()))
        assert all(squeezed(sentence) in paper for sentence in shown["words"])


def test_the_same_state_is_the_same_bytes_and_another_week_lies_beside_it(
    tmp_path: Path, press: Press
):
    settings = settings_of(tmp_path)
    publish_families(settings)
    made(settings, press)
    before = {p: p.read_bytes() for p in settings.reports_dir.rglob("*") if p.is_file()}
    outcome, said = made(settings, press)
    assert {p: p.read_bytes() for p in before} == before
    assert (outcome.failed, said) == ({}, [])
    assert [one.is_over for one in outcome.made] == [True] * 3
    made(settings, press, date(2026, 2, 16))
    assert sorted(Shelf(settings.reports_dir).weeks()) == [date(2026, 2, 16), WEEK]


def test_a_class_that_fails_stops_no_other_and_is_named(tmp_path: Path, press: Press):
    settings = settings_of(tmp_path)
    publish_families(settings)
    in_the_way = settings.reports_dir / "2026-02-23" / "7a.pdf"
    in_the_way.mkdir(parents=True)
    outcome, said = made(settings, press)

    assert list(outcome.failed) == ["7a"]
    assert "7a" in said[0]
    assert {one.sheet.class_id for one in outcome.made} == {"7/b", "8c"}
    assert Shelf(settings.reports_dir).of_class("7a") == []


def test_a_school_without_anything_has_no_report_and_no_failure(
    store_settings: Settings, store: Store, press: Press
):
    assert made(store_settings, press)[0] == Outcome()
    store.people.put(
        classes=[SchoolClass("7a", "7a", None, None, True, True)],
        enrolments=[],
        source="tests",
    )
    outcome, _ = made(store_settings, press)
    (only,) = outcome.made
    assert (only.sheet.student_ids, only.sheet.snapshot_id) == ([], None)


def test_weeks_that_are_too_old_go_and_nothing_else(tmp_path: Path, press: Press):
    settings = settings_of(tmp_path, reports_kept_weeks=2)
    publish_families(settings)
    for name in ("2026-02-02", "2026-02-09", "2026-02-16", "notes", "2026-2-2"):
        (settings.reports_dir / name).mkdir(parents=True)
    outcome, _ = made(settings, press)

    assert outcome.removed == [date(2026, 2, 2), date(2026, 2, 9)]
    left = sorted(path.name for path in settings.reports_dir.iterdir())
    assert left == ["2026-02-16", "2026-02-23", "2026-2-2", "notes"]


def test_a_week_made_again_later_is_kept_that_once(tmp_path: Path, press: Press):
    settings = settings_of(tmp_path, reports_kept_weeks=1)
    publish_families(settings)
    outcome, _ = made(settings, press, clock=Clock(MONDAY_MORNING + timedelta(weeks=30)))

    assert outcome.removed == []
    assert Shelf(settings.reports_dir).weeks() == [WEEK]


def test_the_teacher_finds_them_and_everybody_in_a_file_is_in_the_audit_log(api):
    found = api.get(f"{REPORT}7a/scheduled", "educator", "tess").json()
    assert [one["week_start"] for one in found["reports"]] == ["2026-02-23"]
    assert (found["reports"][0]["students"], found["withheld"]) == (3, 0)
    for form in ("pdf", "csv"):
        answer = api.get(f"{REPORT}7a/scheduled/2026-02-23?format={form}", "educator", "tess")
        file = api.settings.reports_dir / "2026-02-23" / f"7a.{form}"
        assert answer.content == file.read_bytes()
        known = {"If-None-Match": answer.headers["etag"]}
        again = api.get(
            f"{REPORT}7a/scheduled/2026-02-23?format={form}", "educator", "tess", **known
        )
        assert again.status_code == 304
    assert 'filename="class-7a-2026-02-23-2026-03-02.csv"' in answer.headers["content-disposition"]
    rows = api.app.state.services.store.audit.rows(actor="tess")
    assert {r.student_id for r in rows if r.operation == "scheduled_report"} == {
        "ada",
        "cleo",
        "dan",
    }


def test_it_is_for_its_teachers_alone(api):
    path = f"{REPORT}7a/scheduled"
    for who in (("educator", "theo"), ("parent", "kim"), ("student", "ada"), ("service", "lms")):
        assert api.get(path, *who).status_code == 403
        assert api.get(f"{path}/2026-02-23", *who).status_code == 403
    assert api.get(f"{path}/2026-02-23").status_code == 200  # an admin
    assert api.get(f"{REPORT}nowhere/scheduled").status_code == 404
    assert api.get(f"{REPORT}nowhere/scheduled/2026-02-23").status_code == 404


@pytest.mark.parametrize(
    ("week", "status"),
    [
        ("2026-02-16", 404),
        ("2026-02-24", 404),
        ("..%2F..%2Fstore", 422),
        ("20260223", 422),
        ("last", 422),
    ],
)
def test_other_weeks_are_not_there(api, week, status):
    assert api.get(f"{REPORT}7a/scheduled/{week}").status_code == status


def test_a_file_with_somebody_who_has_left_is_withheld(api):
    store = api.app.state.services.store
    path = f"{REPORT}7%2Fb/scheduled"
    assert api.get(f"{path}/2026-02-23", "educator", "tess").status_code == 200
    gone = Enrolment("7/b", "bob", "student", None, MONDAY_MORNING - timedelta(minutes=1))
    store.people.put(enrolments=[gone], source="tests")

    found = api.get(path, "educator", "tess").json()
    assert (found["reports"], found["withheld"]) == ([], 1)
    assert api.get(f"{path}/2026-02-23", "educator", "tess").status_code == 404
    assert api.get(f"{path}/2026-02-23").status_code == 200
    tess = Browser(api, "educator", "tess")
    assert "1 report is not shown" in tess.page("/educator/tess/class/7%2Fb").text


def test_a_damaged_file_is_not_handed_out(tmp_path: Path, press: Press):
    settings = settings_of(tmp_path)
    publish_families(settings)
    made(settings, press)
    root = settings.reports_dir / "2026-02-23"
    (root / "7a.pdf").write_bytes(b"%PDF-1.7 torn")
    (root / "8c.json").write_text("{")
    with serving(settings, NOW) as api:
        assert api.get(f"{REPORT}7a/scheduled/2026-02-23").status_code == 404
        assert api.get(f"{REPORT}7a/scheduled/2026-02-23?format=csv").status_code == 200
        assert api.get(f"{REPORT}8c/scheduled").json()["reports"] == []


def test_the_class_page_leads_to_them(api):
    page = Browser(api, "educator", "tess").page("/educator/tess/class/7a")
    links = [link for link in page.links if "/scheduled/" in link]

    assert links == [f"{REPORT}7a/scheduled/2026-02-23?format={form}" for form in ("pdf", "csv")]
    assert "Week of February 23, 2026" in page.text


@pytest.mark.parametrize(
    "class_id", ["../../etc", "a/b", "a-b", "A B", ".hidden", "x" * 128, "ü", "a~b", "7a.pdf"]
)
def test_a_class_of_any_name_has_a_file_of_its_own(class_id):
    name = stem(class_id)

    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) < 200
    others = {"a/b", "a-b", "A B", "A-B", "ü", "u", "7a"} - {class_id}
    assert name not in {stem(other) for other in others}
