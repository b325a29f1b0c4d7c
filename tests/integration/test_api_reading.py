"""What the API answers about a student, from the published snapshot and live."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.api_school import Api

READS = (
    "/api/progress/student/{}",
    "/api/progress/student/{}/concept/counting",
    "/api/progress/learning-path/{}",
    "/api/progress/student/{}/why/points",
    "/api/gamification/points/{}",
    "/api/gamification/badges/{}",
    "/api/gamification/streak/{}",
)


def test_overall_progress_sums_up_the_concepts(api, school):
    answer = api.get("/api/progress/student/ada").json()

    assert answer["summary"] == {
        "concepts_started": 3,
        "concepts_completed": 2,
        "concepts_mastered": 1,
        "total_time_spent": 180,
        "average_score": pytest.approx((1.0 + 0.4 + 0.8) / 3),
        "completion_rate": pytest.approx(2 / 3),
        "learning_velocity": 0.25,
        "active_days": 3,
    }
    assert [(c["concept_id"], c["status"]) for c in answer["concepts"]] == [
        ("fractions/adding", "completed"),
        ("fractions/reading", "mastered"),
        ("light", "in_progress"),
    ]
    assert answer["meta"] == {
        "snapshot_id": school.snapshot_id,
        "as_of": "2026-03-04T12:00:00Z",
        "live": False,
        "pending_events": 0,
    }


def test_a_concept_id_may_hold_a_slash(api):
    answer = api.get("/api/progress/student/ada/concept/fractions%2Fadding").json()

    assert answer["concept_id"] == "fractions/adding"
    assert (answer["status"], answer["attempts"], answer["best_score"]) == ("completed", 1, 0.8)
    assert answer["started_at"] == "2026-03-03T09:00:00Z"


def test_a_known_concept_without_events_is_not_started(api):
    answer = api.get("/api/progress/student/ada/concept/lenses").json()

    assert (answer["status"], answer["attempts"], answer["last_accessed"]) == (
        "not_started",
        0,
        None,
    )


def test_an_unknown_concept_is_not_found(api):
    answer = api.get("/api/progress/student/ada/concept/alchemy")

    assert answer.status_code == 404
    assert answer.json()["field"] == "concept_id"


def test_the_learning_path_opens_what_is_prepared(api):
    answer = api.get("/api/progress/learning-path/ada").json()

    nodes = {n["concept_id"]: (n["status"], n["unlocked"]) for n in answer["nodes"]}
    assert nodes == {
        "counting": ("not_started", True),
        "fractions/adding": ("completed", True),
        "fractions/dividing": ("not_started", True),
        "fractions/reading": ("mastered", True),
        "light": ("in_progress", True),
        "lenses": ("not_started", False),
    }
    assert {(e["from"], e["to"]) for e in answer["edges"]} == {
        ("fractions/reading", "fractions/adding"),
        ("fractions/adding", "fractions/dividing"),
        ("light", "lenses"),
    }
    assert answer["next"] == ["light", "counting", "fractions/dividing"]
    assert answer["subjects"] == [
        {"subject_id": "maths", "percent": 25.0},
        {"subject_id": "physics", "percent": 0.0},
    ]


def test_points_are_the_sum_of_their_history(api):
    answer = api.get("/api/gamification/points/ada?limit=500").json()

    assert answer["total_points"] == sum(row["points"] for row in answer["history"]) > 0
    assert answer["next_cursor"] is None
    times = [row["occurred_at"] for row in answer["history"]]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_history_join_to_the_whole(api, size):
    whole = api.get("/api/gamification/points/ada?limit=500").json()["history"]

    pages, query = [], f"limit={size}"
    while query:
        answer = api.get(f"/api/gamification/points/ada?{query}").json()
        assert len(answer["history"]) <= size
        pages += answer["history"]
        cursor = answer["next_cursor"]
        query = f"limit={size}&cursor={cursor}" if cursor else ""

    assert pages == whole


def test_new_points_neither_repeat_nor_hide_rows_of_later_pages(api):
    for minute in range(5):
        _award(api, "pager", points=minute + 1)
    first = api.get("/api/gamification/points/pager?limit=2").json()
    _award(api, "pager", points=100)
    rest = api.get(f"/api/gamification/points/pager?cursor={first['next_cursor']}").json()

    seen = [row["event_id"] for row in first["history"] + rest["history"]]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("cursor", ["x", "bm9wZQ", "W10", "WzEsImEiLC0xXQ", "é", "a" * 401])
def test_a_made_up_cursor_is_refused(api, cursor):
    answer = api.get(f"/api/gamification/points/ada?cursor={quote(cursor)}")

    assert (answer.status_code, answer.json()["field"]) == (422, "cursor")


@pytest.mark.parametrize("limit", ["0", "501", "-1", "many", "1.5"])
def test_a_page_has_1_to_500_rows(api, limit):
    answer = api.get(f"/api/gamification/points/ada?limit={limit}")

    assert (answer.status_code, answer.json()["field"]) == (422, "limit")


def test_badges_are_earned_or_within_reach(api):
    answer = api.get("/api/gamification/badges/ada").json()

    [helper] = answer["badges"]
    assert (helper["badge_id"], helper["points_value"]) == ("helper", 25)
    assert helper["earned_at"] == "2026-03-04T10:00:00Z"
    reach = {b["badge_id"]: (b["subject_id"], b["have"], b["need"]) for b in answer["available"]}
    assert reach == {
        "quick_learner": (None, 0, 5),
        "consistency_king": (None, 3, 7),
        "subject_master": ("maths", 1, 4),
        "perfect_week": (None, 2, 3),
        "explorer": (None, 2, 5),
    }
    assert answer["available"][0]["criteria"] == {
        "metric": "concepts_mastered",
        "window": "day",
        "threshold": 5,
    }


def test_a_streak_counts_days(api):
    answer = api.get("/api/gamification/streak/ada").json()

    assert answer["current_streak"] == answer["longest_streak"] == 3
    assert answer["last_activity_date"] == "2026-03-04"


@pytest.mark.parametrize("path", READS)
def test_a_student_without_events_stands_at_the_beginning(api, path):
    answer = api.get(path.format("nobody"))

    assert answer.status_code == 200
    assert answer.json()["student_id"] == "nobody"


def test_the_beginning_is_zeros_and_empty_lists(api):
    summary = api.get("/api/progress/student/nobody").json()["summary"]
    points = api.get("/api/gamification/points/nobody").json()
    badges = api.get("/api/gamification/badges/nobody").json()
    streak = api.get("/api/gamification/streak/nobody").json()

    assert (summary["concepts_started"], summary["completion_rate"]) == (0, None)
    assert (points["total_points"], points["level_name"], points["points_to_next_level"]) == (
        0,
        "Novice",
        101,
    )
    assert points["history"] == badges["badges"] == []
    assert {b["badge_id"]: b["have"] for b in badges["available"]} == dict.fromkeys(
        [
            "quick_learner",
            "consistency_king",
            "subject_master",
            "perfect_week",
            "helper",
            "explorer",
        ],
        0,
    )
    assert (streak["current_streak"], streak["last_activity_date"]) == (0, None)


@pytest.mark.parametrize(
    ("figure", "events"),
    [
        ("streak", 3),
        ("badge:helper", 1),
        ("badge:explorer", 2),
        ("concept:fractions/adding", 3),
        ("concept:lenses", 0),
    ],
)
def test_a_figure_names_the_events_behind_it(api, figure, events):
    answer = api.get(f"/api/progress/student/ada/why/{quote(figure, safe='')}").json()

    assert answer["figure"] == figure
    assert len(answer["events"]) == events


def test_points_are_explained_row_by_row(api):
    why = api.get("/api/progress/student/ada/why/points").json()["events"]
    points = api.get("/api/gamification/points/ada?limit=500").json()

    assert sum(row["points"] for row in why) == points["total_points"]


@pytest.mark.parametrize("figure", ["luck", "points:1", "badge:luck", "badge:", "concept:alchemy"])
def test_what_is_no_figure_cannot_be_explained(api, figure):
    assert api.get(f"/api/progress/student/ada/why/{figure}").status_code == 404


@pytest.mark.parametrize("path", READS)
def test_an_answer_is_sent_once_per_snapshot(api, school, path):
    first = api.get(path.format("ada"))
    again = api.get(path.format("ada"), **{"If-None-Match": first.headers["etag"]})

    assert first.headers["etag"] == f'"{school.snapshot_id}"'
    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("sent", ['W/"{}"', '"other", "{}"', "*"])
def test_validators_are_compared_weakly(api, school, sent):
    header = {"If-None-Match": sent.format(school.snapshot_id)}

    assert api.get("/api/gamification/streak/ada", **header).status_code == 304
    assert api.get("/api/gamification/streak/ada", **{"If-None-Match": '"x"'}).status_code == 200


def test_an_acknowledged_event_shows_at_once_and_changes_the_validator(api):
    before = api.get("/api/progress/student/bo")
    api.track(student_id="bo", concept_id="light", event_type="completed", score=0.5)
    after = api.get("/api/progress/student/bo", **{"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.json()["summary"]["concepts_completed"] == 1
    assert after.json()["meta"]["live"] is True
    assert after.json()["meta"]["pending_events"] == 1
    unchanged = api.get("/api/progress/student/bo", **{"If-None-Match": after.headers["etag"]})
    assert unchanged.status_code == 304


def test_one_student_never_gets_the_kept_answer_of_another(api):
    api.track(student_id="cy", concept_id="light", event_type="mastered")
    for student in ("cy", "di", "cy", "di"):
        own = api.get(f"/api/progress/student/{student}", role="student", sub=student).json()
        assert own["student_id"] == student
        assert own["summary"]["concepts_mastered"] == (student == "cy")


@pytest.mark.parametrize("student", ["a%0Ab", "%20ada", "ada%20", "x" * 129, "%00"])
def test_an_id_that_cannot_be_is_refused(api, student):
    answer = api.get(f"/api/progress/student/{student}")

    assert (answer.status_code, answer.json()["field"]) == (422, "student_id")


@pytest.mark.parametrize("student", ["çelik", "bo'b", "a/b", "a b", "数学"])
def test_any_other_id_is_a_student(api, student):
    api.track(student_id=student, concept_id="light", event_type="started")
    answer = api.get(f"/api/progress/student/{quote(student, safe='')}")

    assert answer.json()["student_id"] == student
    assert answer.json()["summary"]["concepts_started"] == 1


def _award(api: Api, student: str, points: int) -> None:
    sent = {"student_id": student, "points": points, "reason": "tidy notes"}
    assert api.post("/api/gamification/award-points", sent).status_code == 201
