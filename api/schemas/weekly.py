"""The weekly summary for the documentation; its shape is the view of `reports`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import Any

from api.schemas.reports import EXAMPLE, TABLE_EXAMPLE_LINES, documented
from reports import tabular
from reports.views import student as views
from reports.views.rows import Figure
from reports.views.week_rows import week_figures
from reports.views.weekly import ChildWeek, PastWeek, Usual, WeeklySummary

MONDAY = date(2026, 2, 23)
_PAST = [
    PastWeek(MONDAY - timedelta(weeks=1), 3, 3_600, 2, 1, 1, 80),
    PastWeek(MONDAY, 3, 3_750, 2, 2, 1, 115),
]
_LABELS = {
    "total_time_spent": ("Learning time", "seconds"),
    "active_days": ("Days of learning", "days"),
    "started": ("Concepts begun", "concepts"),
    "completed": ("Concepts completed", "concepts"),
    "mastered": ("Concepts mastered", "concepts"),
    "average_score": ("Mean score", "0 to 1"),
    "points": ("Points", "points"),
    "goal": ("Weekly goal", "concepts"),
    "usual": ("The usual week", "median"),
    "current_streak": ("Streak", "days"),
}
WEEK_EXAMPLE = WeeklySummary(
    "parent-0001",
    "Grace Example",
    None,
    "en",
    [
        ChildWeek(
            "student-0001",
            "Ada Example",
            views.Range(MONDAY, date(2026, 3, 2), 7, date(2026, 3, 5), "complete"),
            ["Ada Example learned for 1 h 3 min on 3 days.", "Ada Example mastered 1 concept."],
            EXAMPLE.trends.weekly_progress[0],
            views.Earlier(date(2026, 2, 16), MONDAY, 3, 3_600, 2, 1, 1, 80),
            Usual(2, 3.0, 3_675.0, 2.0, 1.5, 1.0, 97.5),
            _PAST,
            EXAMPLE.concepts,
            EXAMPLE.badges,
            EXAMPLE.standing,
            EXAMPLE.attention,
            EXAMPLE.meta,
        )
    ],
    {
        name: views.Definition(label, unit, "What it means.")
        for name, (label, unit) in _LABELS.items()
    },
    EXAMPLE.meta,
)


def week_documents() -> dict[int | str, dict[str, Any]]:
    """The documentation of an answer in each of its formats."""
    table = tabular.whole(Figure._fields, islice(week_figures(WEEK_EXAMPLE), TABLE_EXAMPLE_LINES))
    return documented(WEEK_EXAMPLE, table)
