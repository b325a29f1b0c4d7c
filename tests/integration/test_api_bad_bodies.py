"""Everything that can be wrong with a body ends in one clear problem, never in a failure."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies import BATCH_BYTES_MAX, SINGLE_BYTES_MAX
from warehouse.event_fields import AwardBody, EventBody

TRACK = "/api/progress/track"
BATCH = "/api/progress/track/batch"
AWARD = "/api/gamification/award-points"
EVENT = {"student_id": "zoe", "concept_id": "light", "event_type": "started"}
PATH = st.sampled_from([TRACK, BATCH, AWARD])
FIELD = st.sampled_from([*EventBody.model_fields, *AwardBody.model_fields])
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=40)
    | st.sampled_from(["started", "helped", "light", "UTC", "2026-03-01T10:00:00Z", 1, 0.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("path", [TRACK, BATCH, AWARD])
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "empty"),
        (b"{", "line 1"),
        (b"null", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"3", "not a JSON object"),
        (b'{"a": NaN}', "line 1"),
        (b'{"a": -Infinity}', "line 1"),
        (b'{"a": 1e999}', "infinity"),
        (b'{"a": ' + b"9" * 5000 + b"}", "infinity"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "\\ud800"}', "surrogate"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a": ' + b"[" * 8000 + b"]" * 8000 + b"}", "depth"),
        (b'{"a": ' * 1000 + b"1" + b"}" * 1000, "deep"),
        (b'{"a": 1, "b": 2, "a": 3}', "twice"),
        (b'{"a": {"b": 1, "b": 1}}', "twice"),
        (b"{'a': 1}", "line 1"),
        (b'{"a": 1,}', "line 1"),
        (b'{"a": "\x00"}', "line 1"),
    ],
)
def test_what_is_no_json_object_is_refused(api, path, body, told):
    answer = api.post(path, content=body)

    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert answer.json()["cure"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"student_id": None}, "student_id"),
        ({"student_id": ["zoe"]}, "student_id"),
        ({"student_id": ""}, "student_id"),
        ({"student_id": "x" * 129}, "student_id"),
        ({"student_id": "a\u0000b"}, "student_id"),
        ({"concept_id": {}}, "concept_id"),
        ({"concept_id": None}, "concept_id"),
        ({"event_type": "finished"}, "event_type"),
        ({"event_type": 1}, "event_type"),
        ({"score": True}, "score"),
        ({"score": "0.5"}, "score"),
        ({"score": 1.01}, "score"),
        ({"score": -0.01}, "score"),
        ({"score": 10**300}, "score"),
        ({"time_spent": -1}, "time_spent"),
        ({"time_spent": 86_401}, "time_spent"),
        ({"time_spent": "60"}, "time_spent"),
        ({"time_spent": False}, "time_spent"),
        ({"occurred_at": "2026-03-01T10:00:00"}, "occurred_at"),
        ({"occurred_at": "2026-03-04T12:06:00Z"}, "occurred_at"),
        ({"occurred_at": "1999-12-31T23:59:59Z"}, "occurred_at"),
        ({"occurred_at": "2026-02-30T10:00:00Z"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+23:59"}, "occurred_at"),
        ({"occurred_at": 1772600000}, "occurred_at"),
        ({"occurred_at": "yesterday"}, "occurred_at"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"event_id": "no spaces"}, "event_id"),
        ({"event_id": 5}, "event_id"),
        ({"helped_student_id": "ada"}, "helped_student_id"),
        ({"event_type": "helped", "helped_student_id": "zoe"}, "helped_student_id"),
        ({"points": 5}, "points"),
        ({"received_at": "2026-03-01T10:00:00Z"}, "received_at"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_field_is_named_with_its_cure(api, change, field):
    alone = api.track(**(EVENT | change))
    batch = api.post(BATCH, {"events": [EVENT | change, EVENT | {"event_id": f"ok.{field}"}]})

    assert (alone.status_code, alone.json()["field"]) == (422, field)
    assert alone.json()["cure"]
    [rejected] = batch.json()["rejected"]
    assert alone.json() == rejected["problem"] | {"request_id": alone.headers["x-request-id"]}


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "", "application/json;charset=latin-1"],
)
def test_only_json_is_read(api, media_type):
    answer = api.post(TRACK, content=b"{}", **{"Content-Type": media_type})

    assert (answer.status_code, answer.json()["field"]) == (415, "Content-Type")


@pytest.mark.parametrize("media_type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_json_may_say_its_encoding(api, media_type):
    body = json.dumps(EVENT | {"student_id": "zed"}).encode()

    assert api.post(TRACK, content=body, **{"Content-Type": media_type}).status_code == 201


@pytest.mark.parametrize(
    ("path", "limit"),
    [(TRACK, SINGLE_BYTES_MAX), (AWARD, SINGLE_BYTES_MAX), (BATCH, BATCH_BYTES_MAX)],
)
def test_a_body_over_the_limit_is_refused_and_one_at_it_is_read(api, path, limit):
    assert api.post(path, content=b" " * (limit + 1)).status_code == 413
    assert api.post(path, content=b" " * limit).status_code == 422


def test_an_announced_length_over_the_limit_is_refused_unread(api):
    answer = api.post(TRACK, content=b"{}", **{"Content-Length": str(SINGLE_BYTES_MAX + 1)})

    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


@given(event=st.dictionaries(FIELD | st.text(), ANYTHING, max_size=8), path=PATH)
def test_whatever_is_sent_is_accepted_or_refused(api, event, path):
    """Never a failure: neither of this request nor of the group in which it would be written."""
    body = {"events": [EVENT | {"student_id": "yan"} | event]} if path == BATCH else event
    answer = api.post(path, content=json.dumps(body).encode())

    assert answer.status_code in {200, 201, 409, 422}, answer.text


@given(body=st.binary(max_size=200), path=PATH)
def test_whatever_bytes_are_sent_are_refused(api, body, path):
    assert api.post(path, content=body).status_code == 422


@given(student=st.text(min_size=1, max_size=140), figure=st.text(min_size=1, max_size=20))
def test_whatever_is_asked_for_is_answered_or_refused(api, student, figure):
    asked = quote(student, safe="")
    for path in (
        f"/api/gamification/streak/{asked}",
        f"/api/progress/student/{asked}/why/{quote(figure, safe='')}",
        f"/api/progress/student/{asked}/concept/{quote(figure, safe='')}",
        f"/api/gamification/points/ada?cursor={quote(figure)}&limit={asked}",
    ):
        assert api.get(path).status_code in {200, 404, 422}


def test_nothing_of_a_refused_body_is_stored(api):
    """What is stored of this student are the good halves of the batches above."""
    assert {event.event_id[:3] for event in api.pending("zoe")} <= {"ok."}
