"""Events and awards through the API: acknowledged once, counted once, refused with a reason."""

from __future__ import annotations

import pytest

from tests.api_school import NOW, Api

EVENT = {"concept_id": "light", "event_type": "attempted", "score": 0.5, "time_spent": 90}


def test_an_event_is_accepted_once(api):
    sent = EVENT | {"student_id": "eve", "event_id": "eve.1"}
    answers = [api.track(**sent) for _ in range(3)]

    assert [a.status_code for a in answers] == [201, 200, 200]
    assert [a.json() for a in answers] == [
        {"event_id": "eve.1", "status": "accepted"},
        {"event_id": "eve.1", "status": "duplicate"},
        {"event_id": "eve.1", "status": "duplicate"},
    ]
    assert api.get("/api/progress/student/eve/concept/light").json()["attempts"] == 1


def test_an_event_without_an_id_gets_one(api):
    first, second = (api.track(student_id="flo", **EVENT).json() for _ in range(2))

    assert first["event_id"] != second["event_id"]
    assert api.get("/api/progress/student/flo/concept/light").json()["attempts"] == 2


def test_an_id_with_other_content_is_a_conflict(api):
    api.track(student_id="gil", event_id="gil.1", **EVENT)
    answer = api.track(student_id="gil", event_id="gil.1", **(EVENT | {"score": 0.6}))

    assert (answer.status_code, answer.json()["field"]) == (409, "event_id")
    assert api.get("/api/progress/student/gil/concept/light").json()["best_score"] == 0.5


def test_the_sender_is_kept_with_the_event(api):
    api.post(
        "/api/progress/track",
        EVENT | {"student_id": "han", "event_id": "han.1"},
        role="student",
        sub="han",
    )
    [event] = api.pending("han")

    assert (event.actor, event.source, event.received_at) == ("han", "api", NOW)


def test_every_event_of_a_batch_is_judged_alone(api):
    api.track(student_id="ida", event_id="ida.1", **EVENT)
    answer = api.post(
        "/api/progress/track/batch",
        {
            "events": [
                EVENT | {"student_id": "ida", "event_id": "ida.1"},
                EVENT | {"student_id": "ida", "event_id": "ida.2"},
                EVENT | {"student_id": "ida", "event_id": "ida.2"},
                EVENT | {"student_id": "ida", "event_id": "ida.1", "score": 1},
                EVENT | {"student_id": "ida", "event_id": "ida.3", "score": 2},
                "not an event",
                EVENT | {"student_id": "ida"},
            ]
        },
    )

    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["duplicates"]) == (2, 2)
    told = [(r["index"], r["event_id"], r["problem"]["status"]) for r in body["rejected"]]
    assert told == [(3, "ida.1", 409), (4, "ida.3", 422), (5, None, 422)]
    assert body["rejected"][1]["problem"]["field"] == "score"


def test_an_empty_batch_does_nothing(api):
    answer = api.post("/api/progress/track/batch", {"events": []})

    assert answer.json() == {"accepted": 0, "duplicates": 0, "rejected": []}


def test_a_batch_has_up_to_1000_events(api):
    events = [EVENT | {"student_id": "jo", "event_id": f"jo.{i}"} for i in range(1001)]

    assert api.post("/api/progress/track/batch", {"events": events}).json()["field"] == "events"
    whole = api.post("/api/progress/track/batch", {"events": events[:1000]})
    assert whole.json() == {"accepted": 1000, "duplicates": 0, "rejected": []}


@pytest.mark.parametrize(
    "body",
    [{}, {"events": None}, {"events": {}}, {"events": [], "more": 1}, {"event": []}],
)
def test_a_batch_is_an_object_with_a_list(api, body):
    answer = api.post("/api/progress/track/batch", body)

    assert (answer.status_code, answer.json()["field"]) == (422, "events")


def test_a_student_cannot_put_events_of_others_into_a_batch(api):
    events = [EVENT | {"student_id": student} for student in ("kim", "ada", "kim")]
    answer = api.post(
        "/api/progress/track/batch", {"events": events}, role="student", sub="kim"
    ).json()

    assert answer["accepted"] == 2
    assert [(r["index"], r["problem"]["status"]) for r in answer["rejected"]] == [(1, 403)]
    assert api.pending("ada") == []


def test_an_award_counts_at_once_and_once(api):
    award = {"student_id": "lee", "points": 20, "reason": "tidy notes", "event_id": "award.1"}
    first, again = (_award(api, award) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"event_id": "award.1", "total_points": 20}
    [row] = api.get("/api/gamification/points/lee").json()["history"]
    assert (row["reason"], row["note"], row["actor"]) == ("award", "tidy notes", "head")


def test_an_award_may_correct_another(api):
    _award(api, {"student_id": "mia", "points": 50, "reason": "too much"})
    answer = _award(api, {"student_id": "mia", "points": -70, "reason": "corrected"})

    assert answer.json()["total_points"] == -20
    assert api.get("/api/gamification/points/mia").json()["level_name"] == "Novice"


def test_another_award_under_a_taken_id_is_a_conflict(api):
    award = {"student_id": "ned", "points": 5, "reason": "tidy notes", "event_id": "award.2"}
    _award(api, award)

    assert _award(api, award | {"points": 6}).status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": 10_001}, "points"),
        ({"points": 1.5}, "points"),
        ({"points": True}, "points"),
        ({"points": "5"}, "points"),
        ({"points": 10**30}, "points"),
        ({"points": None}, "points"),
        ({"reason": ""}, "reason"),
        ({"reason": "a\nb"}, "reason"),
        ({"student_id": 7}, "student_id"),
        ({"event_id": "a b"}, "event_id"),
        ({"level": 5}, "level"),
    ],
)
def test_an_award_is_checked(api, change, field):
    answer = _award(api, {"student_id": "oda", "points": 5, "reason": "tidy notes"} | change)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["cure"]


def test_the_award_of_points_cannot_come_in_as_an_event(api):
    answer = api.track(student_id="pam", event_type="points_awarded")

    assert (answer.status_code, answer.json()["field"]) == (422, "event_type")


def _award(api: Api, award: dict[str, object]):
    return api.post("/api/gamification/award-points", award, role="admin", sub="head")
