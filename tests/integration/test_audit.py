"""The audit log: every use of a record is in it, in order, and a change to it shows."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from sqlalchemy import delete, update

from tests.api_school import Api, serving, settings_of
from tests.people_school import publish_people
from warehouse.store.audit import Access, AuditWriter, audit_key
from warehouse.store.audit_schema import AUDIT, AUDIT_END
from warehouse.store.database import open_store
from warehouse.store.transactions import writing

LOOK = Access("tess", "educator", "student_progress", "ada", None, None)


@pytest.fixture(scope="module")
def school(tmp_path_factory) -> Iterator[Api]:
    settings = settings_of(tmp_path_factory.mktemp("audited"))
    publish_people(settings)
    with serving(settings) as api:
        yield api


def of(api: Api, student: str) -> list[tuple[str, str, str | None]]:
    entries = api.get(f"/api/audit/student/{student}", "parent", "pat").json()["entries"]
    return [(e["actor"], e["operation"], e["purpose"]) for e in entries]


def test_a_log_that_nobody_touched_is_whole(store):
    for _ in range(3):
        store.audit.append([LOOK, LOOK._replace(student_id="bea", purpose="ünïcode")])
    verdict = store.audit.verify()
    assert (verdict.rows, verdict.reason) == (6, None)
    assert [entry.seq for entry in store.audit.rows(student_id="bea")] == [6, 4, 2]


def test_a_seal_is_what_it_has_always_been(store, store_settings):
    """A chain begun by an earlier version goes on, so no way of writing it faster may change it."""
    said = Access("tess", "educator", "student_progress", "é\u2028😀\x7f", 'in "words" \\ /', None)
    store.audit.append([said])
    (entry,) = store.audit.rows()
    fields = ["0" * 64, 1, entry.at.isoformat(timespec="microseconds"), *said]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    seal = hmac.digest(audit_key(store_settings.home), text.encode(), hashlib.sha256).hex()
    assert store.audit.verify() == (1, seal, None, None)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (update(AUDIT).where(AUDIT.c.seq == 2).values(actor="nobody"), "row 2 was changed"),
        (update(AUDIT).where(AUDIT.c.seq == 2).values(purpose="fine"), "row 2 was changed"),
        (delete(AUDIT).where(AUDIT.c.seq == 3), "row 3 is missing"),
        (delete(AUDIT).where(AUDIT.c.seq >= 4), "the last ones are missing"),
        (delete(AUDIT_END), "the end of the chain is missing"),
        (update(AUDIT_END).values(seq=4), "the end of the chain was changed"),
    ],
)
def test_a_log_that_somebody_changed_says_where(store, harm, reason):
    store.audit.append([LOOK._replace(student_id=f"s{n}") for n in range(5)])
    with writing(store.engine) as connection:
        connection.execute(harm)
    assert reason in (store.audit.verify().reason or "")


def test_rows_that_change_places_show(store):
    store.audit.append([LOOK._replace(student_id=f"s{n}") for n in range(3)])
    with writing(store.engine) as connection:
        for old, new in ((1, 9), (2, 1), (9, 2)):
            connection.execute(update(AUDIT).where(AUDIT.c.seq == old).values(seq=new))
    assert "row 1 was changed" in (store.audit.verify().reason or "")


def test_writers_of_two_processes_make_one_chain(store, store_settings):
    other = open_store(store_settings)
    writers = [AuditWriter(one.audit) for one in (store, other)]
    futures: list[Future[None]] = []

    def send(writer: AuditWriter) -> None:
        futures.extend(writer.submit([LOOK, LOOK]) for _ in range(30))

    threads = [threading.Thread(target=send, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for future in futures:
        future.result(timeout=30)
    for writer in writers:
        writer.close()
    other.close()
    verdict = store.audit.verify()
    assert (verdict.rows, verdict.reason) == (120, None)


def test_every_use_by_another_is_noted_before_the_answer(school):
    school.get("/api/progress/student/bea", "educator", "tess", **{"X-Purpose": "marking"})
    school.get("/api/gamification/points/bea", "admin", "head")
    school.get("/api/gamification/points/bea", "student", "bea")
    school.get("/api/gamification/points/bea", "educator", "theo")

    assert of(school, "bea")[:3] == [
        ("pat", "student_audit", None),
        ("head", "student_points", None),
        ("tess", "student_progress", "marking"),
    ]
    assert "theo" not in str(of(school, "bea"))


def test_a_kept_answer_is_a_use_too(school):
    first = school.get("/api/gamification/badges/bea", "parent", "pat")
    again = school.get(
        "/api/gamification/badges/bea", "parent", "pat", **{"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert of(school, "bea").count(("pat", "student_badges", None)) == 2


@pytest.mark.parametrize(
    ("path", "role", "sub", "students"),
    [
        ("/api/dashboard/parent/pat", "parent", "pat", {"ada", "bea"}),
        ("/api/dashboard/educator/theo", "educator", "theo", {"ada", "fay"}),
        ("/api/dashboard/educator/theo", "admin", "head", {"ada", "fay"}),
        ("/api/dashboard/student/ada", "parent", "pat", {"ada"}),
    ],
)
def test_a_view_of_many_is_noted_for_each_of_them(school, path, role, sub, students):
    log = school.app.state.services.store.audit
    before = log.verify().rows
    assert school.get(path, role, sub).status_code == 200
    after = log.rows(limit=log.verify().rows - before)
    assert sorted((e.actor, e.student_id) for e in after) == sorted((sub, s) for s in students)


def test_a_log_that_is_written_to_is_verified_as_of_one_moment(store):
    store.audit.append([LOOK])
    found: list[str | None] = []

    def look() -> None:
        found.extend(store.audit.verify().reason for _ in range(20))

    looking = threading.Thread(target=look)
    looking.start()
    while looking.is_alive():
        store.audit.append([LOOK])
    looking.join()
    assert set(found) == {None}


def test_an_award_is_noted_for_the_student_in_the_body(school):
    award = {"student_id": "bea", "points": 5, "reason": "helped"}
    answer = school.post("/api/gamification/award-points", award, role="educator", sub="tess")
    assert answer.status_code == 201
    assert ("tess", "award_points", None) in of(school, "bea")


def test_what_cannot_be_noted_is_not_answered(school, monkeypatch):
    def full(_accesses):
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(school.app.state.services.store.audit, "append", full)
        answer = school.get("/api/progress/student/bea", "educator", "tess")
        own = school.get("/api/progress/student/bea", "student", "bea")
    assert (answer.status_code, own.status_code) == (503, 200)
    assert "concepts" not in answer.text


def test_the_log_is_read_page_by_page_and_verified(school):
    for _ in range(5):
        school.get("/api/progress/student/cem", "educator", "tess")
    page = school.get("/api/audit?actor=tess&limit=3").json()
    older = school.get(f"/api/audit?actor=tess&limit=3&before={page['next_before']}").json()
    assert [e["seq"] for e in page["entries"]] > [e["seq"] for e in older["entries"]]
    assert page["entries"][0]["actor_name"] == "Tess"
    assert school.get("/api/audit/verify").json()["whole"] is True


@pytest.mark.parametrize("purpose", ["x" * 201, "a\tb"])
def test_a_purpose_that_cannot_be_kept_is_refused(school, purpose):
    answer = school.get("/api/progress/student/bea", "educator", "tess", **{"X-Purpose": purpose})
    assert (answer.status_code, answer.json()["field"]) == (422, "X-Purpose")


def test_what_is_no_id_is_refused_and_spoils_nothing(school):
    assert school.get(f"/api/progress/student/{'x' * 500}").status_code == 422
    assert school.get("/api/audit/verify").json()["whole"] is True
