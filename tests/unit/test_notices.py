"""Notifications in words: to students as you, to others by name, and of no classmate."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reports.languages import language
from reports.notices import Names, duration, notice

NAMES = Names(
    badges={"helper": "Helper", "subject_master": "Subject Master"},
    levels={3: "Scholar"},
    concepts={"f1": "Adding fractions"},
    students={"ada": "Ada"},
)


def row(kind: str, role: str = "student", **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("badge_id", "subject_id", "concept_id", "rule", "number", "need"))
    return {**blank, "kind": kind, "recipient_role": role, "student_id": "ada", **more}


MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("told", "title", "body"),
    [
        (
            row("badge_earned", badge_id="helper"),
            "New badge: Helper",
            "You earned the badge Helper.",
        ),
        (
            row("badge_earned", "parent", badge_id="new_one", subject_id="maths"),
            "New badge: new one",
            "Ada earned the badge new one in maths.",
        ),
        (
            row("subject_mastered", subject_id="maths", badge_id="subject_master"),
            "Subject mastered: maths",
            "You mastered every concept of maths and earned the badge Subject Master.",
        ),
        (
            row("subject_mastered", "parent", subject_id="maths"),
            "Subject mastered: maths",
            "Ada mastered every concept of maths.",
        ),
        (
            row("weekly_goal_met", week_start=MONDAY),
            "Weekly goal met",
            "You reached your goal for the week of 2 March 2026.",
        ),
        (row("level_reached", number=3), "Level 3, Scholar", "You reached level 3, Scholar."),
        (row("level_reached", "parent", number=9), "Level 9", "Ada reached level 9."),
        (
            row("streak_milestone", number=7),
            "A streak of 7 days",
            "You learned on 7 days in a row.",
        ),
        (
            row("streak_at_risk", number=4),
            "Your streak of 4 days ends today",
            ("You have not learned yet today: a little before midnight keeps your streak of 4 days"
            " going."),
        ),
        (
            row("weekly_summary", "parent", week_start=MONDAY, completed=0, mastered=0),
            "Ada: the week of 2 March 2026",
            "Ada did not learn in the week of 2 March 2026.",
        ),
        (
            row(
                "weekly_summary", "parent", week_start=MONDAY, started=2, completed=1, mastered=0,
                total_time_spent=7500, points=15, goal_met=False,
            ),
            "Ada: the week of 2 March 2026",
            ("Ada completed 1 concept, mastered 0 and spent 2 h 5 min learning in the week of"
            " 2 March 2026. The weekly goal was not met."),
        ),
        (
            row("needs_attention", "educator", rule="inactive", number=9, need=7),
            "Ada may need help",
            "Ada has not learned for 9 days.",
        ),
        (
            row("needs_attention", "educator", rule="stuck", number=5, need=4, concept_id="f1"),
            "Ada may need help",
            "Ada has tried Adding fractions 5 times without completing it.",
        ),
        (
            row("needs_attention", "educator", rule="slowing", number=1, need=4),
            "Ada may need help",
            "Ada mastered 1 concept in the last 14 days, after 4 in the 14 days before.",
        ),
        (row("something_new", "parent"), "Something new", "There is news about Ada."),
    ],
)  # fmt: skip
def test_each_kind_in_words(told, title, body):
    found = notice(told, NAMES)
    assert (found.title, found.body) == (title, body)


def test_somebody_without_a_name_is_spoken_of_as_what_they_are():
    child = notice(row("level_reached", "parent", number=3, student_id="s-1"), NAMES)
    assert child.body == "Your child reached level 3, Scholar."
    student = notice(
        row("needs_attention", "educator", rule="inactive", number=1, student_id="s-1"), NAMES
    )
    assert student.body == "s-1 has not learned for 1 day."


def test_the_figures_are_those_of_the_sentences():
    assert dict(notice(row("level_reached", number=3), NAMES).figures) == {"level": 3}
    assert dict(notice(row("badge_earned", badge_id="helper"), NAMES).figures) == {}
    summed = notice(
        row("weekly_summary", "parent", week_start=MONDAY, completed=1, mastered=0, goal_met=True),
        NAMES,
    )
    assert dict(summed.figures) == {"completed": 1, "mastered": 0, "goal_met": 1}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 min"), (1, "1 min"), (3599, "1 h"), (3600, "1 h"), (7500, "2 h 5 min")],
)
def test_a_time_spent(seconds, said):
    assert duration(seconds) == said


def test_a_notice_speaks_the_language_of_who_reads_it():
    told = notice(row("weekly_goal_met", "parent", week_start=MONDAY), NAMES, language("de"))

    assert told.body == "Ada hat das Ziel für die Woche vom 2. März 2026 erreicht."
