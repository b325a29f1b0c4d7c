"""Examples of dashboards for the documentation; their shapes are the views of `reports`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from reports.dashboards.admin import (
    AccessLine,
    ActivityDay,
    AdminDashboard,
    AuditSummary,
    BadgeWeek,
    Freshness,
    NotificationEngagement,
    Pipeline,
    SnapshotFile,
    StreakRetention,
    TableBuild,
)
from reports.dashboards.classes import (
    ConceptColumn,
    Engagement,
    OpenIntervention,
    Reason,
    SchoolClassView,
    Student,
)
from reports.dashboards.educator import EducatorDashboard
from reports.dashboards.foreseeing import Feedback, RiskLine, RiskQuality
from reports.dashboards.parent import (
    Child,
    ParentDashboard,
    WeekFigures,
    Weeks,
)
from reports.dashboards.parts import (
    Attention,
    ConceptName,
    Day,
    Level,
    Streak,
    ViewMeta,
    WeekGoal,
    Win,
)
from reports.dashboards.student import NextStep, StudentDashboard, SubjectPath, Today

TODAY = date(2026, 3, 5)
MONDAY = date(2026, 3, 2)
AT = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
META = ViewMeta("20260305T060501000000-5d6f3f", datetime(2026, 3, 5, 6, 5, 1, tzinfo=UTC), False, 0)  # noqa: FBT003

_GOAL = WeekGoal(MONDAY, 5, 3, 90, 62.5, False, "parent")  # noqa: FBT003
_LEVEL = Level(345, 2, "Apprentice", "Scholar", 156, 0.61)
_WIN = Win("concept_mastered", AT, "Adding fractions", None, "fractions-adding", None)
_STATES = ("missed", "active", "active", "break", "active", "active", "open")
_DAYS = [
    Day(
        TODAY - timedelta(days=6 - n),
        state,  # type: ignore[arg-type]  # one of the states, as the tuple above shows
        *((8, 21.0, 35) if state == "active" else (0, 0.0, 0)),
    )
    for n, state in enumerate(_STATES)
]

EXAMPLES: dict[type, object] = {
    StudentDashboard: StudentDashboard(
        "student-0001",
        "Ada Example",
        Today(TODAY, 0, 0.0, 0, 0, 0, 0),
        _GOAL,
        Streak(5, 9, date(2026, 3, 4), _DAYS),
        _LEVEL,
        [_WIN],
        [NextStep("fractions-dividing", "Dividing fractions", "maths", "not_started", None)],
        [SubjectPath("maths", 12, 2, 3, 1, 8.33)],
        META,
    ),
    ParentDashboard: ParentDashboard(
        "parent-0001",
        "Maria Example",
        [
            Child(
                "student-0001",
                "Ada Example",
                5,
                date(2026, 3, 4),
                _GOAL,
                _LEVEL,
                Weeks(
                    WeekFigures(MONDAY, 2, 62.5, 3, 2, 1, 110),
                    WeekFigures(MONDAY - timedelta(days=7), 4, 95.0, 5, 3, 2, 180),
                    WeekFigures(MONDAY - timedelta(days=14), 3, 70.0, 4, 2, 1, 140),
                    WeekFigures(date(2026, 1, 5), 3.5, 80.0, 4, 2.5, 1, 150),
                    "Ada Example has learned for 62 minutes on 2 days this week, and completed 2 "
                    "concepts and mastered 1 concept. Last week it was 95 minutes, more than the "
                    "usual 80. Towards the goal of the week: 3 of 5 concepts and 62 of 90 minutes.",
                ),
                [
                    Attention(
                        "stuck",
                        ConceptName("light", "Light", "physics"),
                        5,
                        4,
                        AT,
                        "Ada Example has tried Light 5 times and is not through yet. "
                        "Some help with it could make the difference.",
                    )
                ],
                [_WIN],
                META,
            )
        ],
        META,
    ),
}

EXAMPLES[EducatorDashboard] = EducatorDashboard(
    "educator-0001",
    [
        SchoolClassView(
            "class-7a",
            "Maths 7a",
            Engagement(24, 6, 19, 41.5, 1),
            [ConceptColumn("light", "Light", "physics", 20, 1, 1, 1, 1, 0.35, 3.0, 0.12, 140)],
            [
                Student(
                    "student-0001",
                    "Ada Example",
                    date(2026, 3, 4),
                    5,
                    62.5,
                    2,
                    [
                        Reason(
                            "stuck", "light", 5, 4, AT, "5 attempts at Light, not completed.", None
                        )
                    ],
                    {"light": "in_progress", "fractions-adding": "mastered"},
                )
            ],
            [
                OpenIntervention(
                    "019a4c1e-7c55-7b10-9d0a-5d6f3f1c2b7e",
                    "student-0002",
                    "inactive",
                    None,
                    "educator-0002",
                    2,
                    AT,
                )
            ],
            [
                RiskLine(
                    "student-0003",
                    "Carl Example",
                    "inactive",
                    "No learning for the next 14 days: 71 in 100.",
                    0.71,
                    ["Was active on 1 of the last 14 days, on 6 of the 14 before."],
                    TODAY,
                )
            ],
        )
    ],
    [
        RiskQuality(
            "inactive", 0.55, 0.68, 0.57, 41, 620, 0.08, date(2026, 1, 26), date(2026, 2, 16)
        )
    ],
    [Feedback("stuck", 9, 6, 5, 5 / 6)],
    META,
)

EXAMPLES[AdminDashboard] = AdminDashboard(
    "admin-0001",
    {"admin": 1, "educator": 12, "parent": 240, "student": 180, "classes": 9},
    [ActivityDay(TODAY, 96, 151, 172, 0.56, 143, 18.5)],
    StreakRetention(48, 39, 0.8125),
    [BadgeWeek(MONDAY, "quick_learner", 14, 14)],
    NotificationEngagement(420, 180, 260),
    Freshness(META.as_of, 312, 120_450, 4, 95),
    Pipeline(
        "1",
        2.41,
        [TableBuild("gamification.point_ledger", 61_230, 0.42)],
        [SnapshotFile(str(META.snapshot_id), True, 12_582_912)],  # noqa: FBT003
    ),
    AuditSummary(
        5120,
        [AccessLine(AT, "educator-0001", "educator", "educator_dashboard", "student-0001")],
    ),
    META,
)


def shown(view: type) -> dict[int | str, dict[str, Any]]:
    """The documentation of an answer by its example."""
    example = orjson.loads(orjson.dumps(EXAMPLES[view], option=orjson.OPT_UTC_Z))
    return {200: {"content": {"application/json": {"example": example}}}}
