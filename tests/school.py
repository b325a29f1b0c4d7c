"""The small school in which stories happen: students, curriculum, zones, dates, and its rules."""

from __future__ import annotations

from datetime import date, time

from tests.oracle.world import RULES_TEXT, read_rules

# a quote and a letter beyond ASCII cost nothing here
STUDENTS = ("ada", "bo'b", "çelik", "dan", "eve", "fay")
CURRICULUM = {
    "m1": "maths",
    "m2": "maths",
    "p1": "physics",
    "p2": "physics",
    "p3": "physics",
    "b1": "biology",
    "h1": "history",
    "g1": "geography",
}
CONCEPTS = (*CURRICULUM, "x1", "x2")  # the x concepts are in no curriculum
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
)
# Mondays with a change of clocks in one of the zones, or of the ISO year, in the weeks after.
MONDAYS = (
    date(2024, 3, 4),  # St John's goes forward on the 10th
    date(2024, 3, 25),  # Berlin forward on the 31st, Lord Howe and Chatham back on 7 April
    date(2024, 9, 23),  # Chatham forward on the 29th, Lord Howe on 6 October
    date(2024, 10, 21),  # Berlin back on the 27th, St John's on 3 November
    date(2024, 12, 23),  # into ISO week 1 of 2025
)
LAST = time(23, 59, 59, 999999)
TIMES = (time(12), time(0), LAST, time(0, 0, 0, 1), time(1, 30), time(2, 15), time(2, 45), time(18))
SCORES = (None, 1.0, 0.5, 0.0, 0.7, 0.75, 0.1, 0.3, 0.9999)
SECONDS = (0, 30, 60, 119, 600, 86_400)
AWARDS = (1, -1, 40, -50, 100, 101, 396, 500, 4_000, -10_000, 10_000)

# The badges of the rules file, and every other metric and window within easy reach.
EASY_BADGES = (
    ("started_two_in_a_day", "concepts_started", "day", 2, 1),
    ("completed_three", "concepts_completed", "all", 3, 2),
    ("completed_two_in_a_week", "concepts_completed", "week", 2, 0),
    ("mastered_two_in_a_subject", "concepts_mastered", "subject", 2, 11),
    ("perfect_two_in_a_subject", "perfect_scores", "subject", 2, 3),
    ("started_whole_subject", "concepts_started", "subject", '"all"', 4),
    ("two_subjects_in_a_day", "subjects_explored", "day", 2, 5),
    ("active_three_in_a_week", "active_days", "week", 3, 6),
    ("streak_of_two", "streak_days", "streak", 2, 7),
    ("helped_twice", "helped", "all", 2, 8),
    ("goals_twice", "weekly_goals_met", "all", 2, 9),
    ("small_perfect_week", "week_completion", "week", 1, 10),
)
STORY_RULES_TEXT = RULES_TEXT + "".join(
    f"""
[[badges]]
id = "{badge_id}"
name = "{badge_id}"
description = "{badge_id}"
icon_url = "/static/badges/{badge_id}.svg"
points_value = {points}
metric = "{metric}"
window = "{window}"
threshold = {threshold}
"""
    for badge_id, metric, window, threshold, points in EASY_BADGES
)
STORY_RULES = read_rules(STORY_RULES_TEXT)
