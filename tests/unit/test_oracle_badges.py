"""The oracle's badges against figures worked out by hand."""

from __future__ import annotations

from datetime import date

from tests.factories import instant, received
from tests.oracle.asking import WORLD, pick, rows
from tests.oracle.world import World


def test_five_mastered_on_one_day_earn_quick_learner_at_the_fifth():
    concepts = [*WORLD.curriculum, "unknown"]
    hours = ["10:00", "10:01", "10:02", "10:03", "10:03", "10:04", "10:05"]
    events = [
        received("ada", "mastered", concept, f"2024-03-05 {hour}")
        for concept, hour in zip(concepts, hours, strict=True)
    ]
    found = rows("gamification.badges", events, badge_id="quick_learner")
    # rivers and rome share 10:03; the smaller id comes first, so the fifth is rome.
    assert pick(found, "earned_at", "event_id") == [
        (instant("2024-03-05 10:03"), "ada-rome-mastered-20240305T100300.000000")
    ]


def test_subject_master_is_earned_once_per_subject():
    events = [
        received("ada", "mastered", "fractions", "2024-03-04 10:00"),
        received("ada", "mastered", "cells", "2024-03-04 11:00"),
        received("ada", "mastered", "algebra", "2024-03-05 10:00", event_id="last"),
    ]
    found = rows("gamification.badges", events, badge_id="subject_master")
    assert pick(found, "subject_id", "earned_at") == [
        ("biology", instant("2024-03-04 11:00")),
        ("maths", instant("2024-03-05 10:00")),
    ]
    ledger = rows("gamification.point_ledger", events, badge_id="subject_master")
    assert pick(ledger, "subject_id", "points", "concept_id") == [
        ("biology", 100, None),
        ("maths", 100, None),
    ]


def test_progress_names_the_nearest_unfinished_subject():
    world = World({"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "z"})
    events = [
        received("ada", "mastered", concept, "2024-03-05 10:00") for concept in ("a", "d", "f")
    ]
    found = rows("gamification.badge_progress", events, world, badge_id="subject_master")
    assert pick(found, "have", "need") == [(1, 2)]


def finished_week(*done_at: str):
    """Three concepts started on Monday, each completed at the time given."""
    concepts = ("algebra", "cells", "fractions")
    for concept, at in zip(concepts, done_at, strict=True):
        yield received("ada", "started", concept, "2024-03-04 10:00")
        yield received("ada", "completed", concept, at, event_id=f"done-{concept}")


def test_a_perfect_week_is_earned_when_it_has_ended():
    events = list(finished_week("2024-03-09 10:00", "2024-03-01 10:00", "2024-03-05 10:00"))
    monday = instant("2024-03-11 00:00")
    early = instant("2024-03-10 23:59:59.999999")
    table = "gamification.badges"
    assert rows(table, events, as_of=early, badge_id="perfect_week") == []
    progress = rows("gamification.badge_progress", events, as_of=early, badge_id="perfect_week")
    assert pick(progress, "have", "need") == [(3, 3)]
    found = rows(table, events, as_of=monday, badge_id="perfect_week")
    assert pick(found, "earned_at", "event_id") == [(monday, "done-algebra")]
    ledger = rows("gamification.point_ledger", events, as_of=monday, badge_id="perfect_week")
    assert pick(ledger, "week_start", "local_date", "occurred_at", "points") == [
        (date(2024, 3, 4), date(2024, 3, 11), monday, 50)
    ]
    weeks = rows("analytics.weekly_progress", events, as_of=monday)
    # 5 for the day before the week; 3*5 + 2*10 + 3 days; and the badge on Monday.
    assert pick(weeks, "week_start", "points") == [
        (date(2024, 2, 26), 10 + 5),
        (date(2024, 3, 4), 15 + 20 + 15),
        (date(2024, 3, 11), 50),
    ]


def test_a_week_with_one_concept_left_open_is_not_perfect():
    events = list(finished_week("2024-03-09 10:00", "2024-03-11 00:00", "2024-03-05 10:00"))
    later = instant("2024-03-20 00:00")
    assert rows("gamification.badges", events, as_of=later, badge_id="perfect_week") == []


def test_explorer_is_earned_at_the_first_event_in_a_fifth_subject():
    visits = ["rome", "unknown", "algebra", "fractions", "cells", "rivers", "notes", "notes"]
    events = [
        received("ada", "attempted", concept, f"2024-03-05 10:0{n}", event_id=f"e{n}")
        for n, concept in enumerate(visits)
    ]
    assert pick(rows("gamification.badges", events, badge_id="explorer"), "event_id") == [("e6",)]


def test_seven_days_in_a_row_earn_consistency_king_on_the_seventh():
    days = [received(at=f"2024-03-0{n} 10:00", event_id=f"e{n}") for n in range(1, 9)]
    found = rows("gamification.badges", days, badge_id="consistency_king")
    assert pick(found, "event_id") == [("e7",)]
    assert rows("gamification.badges", days[:6], badge_id="consistency_king") == []
    progress = rows("gamification.badge_progress", days[2:], badge_id="consistency_king")
    # The latest day is the 8th, today the 10th: the streak of six is over.
    assert pick(progress, "have", "need") == [(0, 7)]
