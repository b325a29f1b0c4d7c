"""The oracle against figures worked out by hand: it must be right before it may judge."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import instant, received
from tests.oracle.asking import AS_OF, WORLD, pick, rows
from tests.oracle.tables import oracle
from tests.oracle.world import Goal, World


def test_progress_of_one_concept_is_counted_by_hand():
    events = [
        received("ada", "started", at="2024-03-04 10:00", time_spent=60),
        received("ada", "attempted", at="2024-03-04 11:00", score=0.5, time_spent=100),
        received("ada", "attempted", at="2024-03-04 12:00", score=0.75),
        received("ada", "mastered", at="2024-03-05 10:00", score=1.0),
        received("ada", "started", at="2024-03-06 10:00"),
        received("ada", "helped", at="2024-03-07 10:00", score=0.0, time_spent=900),
    ]
    assert rows("progress.concept_progress", events) == [
        {
            "student_id": "ada",
            "concept_id": "fractions",
            "status": "mastered",
            "attempts": 2,
            "best_score": 1.0,
            "average_score": 0.75,
            "total_time_spent": 160,
            "started_at": instant("2024-03-04 10:00"),
            "completed_at": None,
            "mastery_date": instant("2024-03-05 10:00"),
            "last_accessed": instant("2024-03-06 10:00"),
            "last_active_date": date(2024, 3, 6),
            "event_count": 5,
            "scored_count": 3,
            "first_score": 0.5,
        }
    ]


def test_the_first_received_of_an_id_stays():
    first = received(event_id="e", received_at=instant("2024-03-04 11:00"))
    other = received("bob", event_id="e", received_at=instant("2024-03-04 12:00"))
    found = rows("gamification.student_points", [other, first, first])
    assert pick(found, "student_id", "total_points") == [("ada", 10)]


def test_equal_receipt_is_decided_by_the_fingerprint():
    both = [received(event_id="e", score=score) for score in (0.25, 0.75)]
    lower = min(both, key=lambda event: event.fingerprint)
    for events in (both, both[::-1]):
        assert pick(rows("progress.concept_progress", events), "best_score") == [(lower.score,)]


def test_what_occurred_later_or_became_known_later_is_left_out():
    events = [
        received(at=AS_OF, received_at=instant("2024-03-11")),
        received(at="2024-03-10 12:00:00.000001"),
    ]
    table = "progress.concept_progress"
    assert pick(oracle(events, WORLD, AS_OF)[table], "event_count") == [(1,)]
    known = oracle(events, WORLD, AS_OF, known_at=instant("2024-03-10"))
    assert known[table] == []


def test_the_ledger_of_a_first_day():
    events = [
        received("ada", "started", at="2024-03-04 10:00", event_id="a"),
        received("ada", "mastered", at="2024-03-04 10:00", event_id="b", score=1.0),
        received("ada", "mastered", at="2024-03-04 11:00", event_id="c", score=1.0),
        received("ada", "points_awarded", at="2024-03-04 12:00", event_id="d", points=-20),
    ]
    found = rows("gamification.point_ledger", events)
    columns = ("reason", "points", "concept_id", "subject_id", "note", "actor", "event_id")
    assert pick(found, *columns) == [
        ("award", -20, None, None, "tidy notes", "teacher", "d"),
        ("concept_mastered", 25, "fractions", "maths", None, None, "b"),
        ("concept_started", 5, "fractions", "maths", None, None, "a"),
        ("daily_streak", 5, None, None, None, None, "a"),
        ("perfect_score", 10, "fractions", "maths", None, None, "b"),
    ]
    points = rows("gamification.student_points", events)
    found_points = pick(points, "total_points", "level", "level_name", "points_to_next_level")
    assert found_points == [(25, 1, "Novice", 76)]


@pytest.mark.parametrize(
    ("given", "level", "name", "missing"),
    [
        (-50, 1, "Novice", 151),
        (100, 1, "Novice", 1),
        (101, 2, "Apprentice", 400),
        (500, 2, "Apprentice", 1),
        (501, 3, "Scholar", 500),
        (1000, 3, "Scholar", 1),
        (1001, 4, "Expert", 4000),
        (5000, 4, "Expert", 1),
        (5001, 5, "Master", None),
    ],
)
def test_levels_begin_where_the_rules_say(given, level, name, missing):
    found = rows("gamification.student_points", [received("ada", "points_awarded", points=given)])
    assert pick(found, "level", "level_name", "points_to_next_level") == [(level, name, missing)]


@pytest.mark.parametrize(
    ("as_of", "current"),
    [("2024-03-07 23:59", 2), ("2024-03-08 23:59", 2), ("2024-03-09 00:00", 0)],
)
def test_a_streak_lives_until_the_end_of_the_day_after(as_of, current):
    days = ["2024-03-04", "2024-03-05", "2024-03-03", "2024-03-06", "2024-03-07"]
    events = [received(at=day) for day in days if day != "2024-03-05"]
    found = rows("gamification.streaks", events, as_of=instant(as_of))
    last = date(2024, 3, 7)
    assert found == [
        {
            "student_id": "ada",
            "current_streak": current,
            "longest_streak": 2,
            "last_activity_date": last,
        }
    ]
    joined = [received(at=day) for day in days]
    assert rows("gamification.streaks", joined)[0]["longest_streak"] == 5


def test_today_is_asked_of_the_profile_then_of_the_latest_event():
    # 11:00 UTC on the 10th is the 11th in Kiritimati (+14), and the 10th in UTC.
    events = [received(at="2024-03-08 20:00", zone="UTC")]
    as_of = instant("2024-03-10 11:00")
    utc = rows("gamification.streaks", events, as_of=as_of)
    assert utc[0]["current_streak"] == 0
    events = [received(at="2024-03-08 20:00", zone="Pacific/Kiritimati")]  # the 9th there
    as_of = instant("2024-03-11 09:00")  # still the 11th in UTC, the 11th 23:00 there
    assert rows("gamification.streaks", events, as_of=as_of)[0]["current_streak"] == 0
    home = World(WORLD.curriculum, zones={"ada": "America/St_Johns"})
    as_of = instant("2024-03-11 02:00")  # the 10th, 23:30, in St John's
    assert rows("gamification.streaks", events, home, as_of=as_of)[0]["current_streak"] == 1


def test_own_goals_hold_from_their_week_until_replaced():
    goals = [
        Goal("ada", date(2024, 3, 4), 1, 2),
        Goal("ada", date(2024, 3, 11), None, 1),
    ]
    world = World(WORLD.curriculum, goals=goals)
    events = [
        received("ada", "completed", "algebra", "2024-03-02 10:00"),
        received("ada", "completed", "algebra", "2024-03-04 10:00", time_spent=60),
        received("ada", "completed", "cells", "2024-03-05 10:00", time_spent=61, event_id="met"),
        received("ada", "attempted", "cells", "2024-03-12 10:00", time_spent=59),
    ]
    found = rows("gamification.weekly_goals", events, world, as_of=instant("2024-03-20"))
    columns = ("concepts_target", "minutes_target", "concepts_done", "minutes_done", "event_id")
    assert pick(found, *columns) == [
        (5, None, 1, 0.0, None),
        (1, 2, 1, 121 / 60, "met"),
        (None, 1, 0, 59 / 60, None),
    ]
    ledger = rows("gamification.point_ledger", events, world, reason="weekly_goal")
    assert pick(ledger, "points", "week_start", "event_id") == [(50, date(2024, 3, 4), "met")]


def test_weeks_are_counted_by_the_local_day():
    # Sunday evening in New York, Monday in UTC.
    event = received(at="2024-03-11 03:59", zone="America/New_York")
    found = rows("analytics.weekly_progress", [event], as_of=instant("2024-03-20"))
    assert pick(found, "week_start", "started", "points") == [(date(2024, 3, 4), 1, 10)]


def test_velocity_counts_the_last_28_days():
    events = [
        received("ada", "mastered", "algebra", "2024-02-11 12:00"),
        received("ada", "mastered", "cells", "2024-02-11 12:00:01"),
        received("ada", "mastered", "rome", "2024-03-10 12:00"),
    ]
    found = rows("analytics.student_metrics", events)
    assert pick(found, "concepts_mastered", "learning_velocity") == [(3, 0.5)]


def test_subjects_rank_by_mean_score_with_at_least_three_scores():
    scores = {"fractions": 0.5, "cells": 0.25, "rome": 0.5, "rivers": 0.75, "notes": 1.0}
    events = [
        received("ada", "attempted", concept, f"2024-03-05 10:0{n}", score=score)
        for concept, score in scores.items()
        for n in range(2 if concept == "notes" else 3)
    ]
    found = rows("analytics.subject_scores", events)
    assert pick(found, "subject_id", "strength_rank", "improvement_rank") == [
        ("biology", None, 1),
        ("geography", 1, None),
        ("history", 2, 2),
        ("maths", 3, 3),
        ("music", None, None),
    ]


def test_equal_means_rank_by_subject_whatever_their_last_bit():
    scored = {"fractions": [0.8] * 27, "cells": [0.8] * 29, "rome": [0.7] * 3}
    events = [
        received("ada", "attempted", concept, f"2024-03-05 10:{n:02}", score=score)
        for concept, scores in scored.items()
        for n, score in enumerate(scores)
    ]
    found = rows("analytics.subject_scores", events)
    assert pick(found, "subject_id", "strength_rank", "improvement_rank") == [
        ("biology", 1, None),
        ("history", 3, None),
        ("maths", 2, None),
    ]


def test_helping_and_awards_alone_make_points_but_no_learning():
    events = [received("ada", "helped", None), received("ada", "points_awarded", points=7)]
    found = oracle(events, WORLD, AS_OF)
    assert pick(found["gamification.student_points"], "total_points") == [(32,)]
    assert pick(found["gamification.badges"], "badge_id") == [("helper",)]
    assert found["gamification.streaks"] == []
    metrics = found["analytics.student_metrics"]
    assert pick(metrics, "concepts_started", "active_days", "first_active_date") == [(0, 0, None)]
    assert pick(found["analytics.weekly_progress"], "points", "started") == [(32, 0)]
