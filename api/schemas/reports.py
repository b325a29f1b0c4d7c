"""The student progress report for the documentation; its shape is the view of `reports`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import orjson

from api.schemas.dashboards import META
from reports import tabular
from reports.dashboards.classes import ConceptColumn
from reports.dashboards.parts import Attention, ConceptName
from reports.tabular import MEDIA_TYPE as CSV
from reports.views import class_rows
from reports.views import student as views
from reports.views.rows import Figure, figures
from reports.views.school_class import ClassReport, Member, Totals
from reports.views.student import StudentReport

TABLE_EXAMPLE_LINES = 8
_GOAL = views.Goal(5, 5, None, 62.5, met=True)
EXAMPLE = StudentReport(
    student_id="student-0001",
    name="Ada Example",
    audience="parent",
    language="en",
    range=views.Range(date(2026, 2, 6), date(2026, 3, 6), 28, date(2026, 3, 5), "partial"),
    words=["Ada Example learned for 3 h 5 min on 9 days.", "Ada Example mastered 4 concepts."],
    metrics=views.Metrics(
        6, 5, 4, 11_100, 0.78, 64, 1.0, 9, 120, 10, 18.5, 345, ["maths"], ["physics"]
    ),
    before=views.Earlier(date(2026, 1, 9), date(2026, 2, 6), 7, 9_000, 5, 3, 2, 230),
    trends=views.Trends(
        [views.Week(date(2026, 2, 23), True, 3, 2, 2, 1, 3_750, 0.8, 21, 115, _GOAL)],  # noqa: FBT003
        [views.Subject("maths", 90, 8_325, 0.75, 0.75, 0.83, 48)],
        views.TimePatterns(
            [views.Slot(16, 40, 3_600, 0.81, 22)], [views.Slot(1, 30, 2_700, 0.8, 16)]
        ),
        [views.Foreseen("minutes", date(2026, 3, 9), 62.0, 20.0, 110.0)],
    ),
    concepts=[
        views.Concept(
            "fractions-adding", "Adding fractions", "maths", "mastered", 4, 9, 1_260, 0.85, 1.0, 5,
            date(2026, 2, 9), date(2026, 2, 11), date(2026, 2, 12),
        )
    ],
    points=[views.PointsPart("concept_mastered", 4, 100)],
    badges=[
        views.Badge(
            "quick_learner", "Quick Learner", None,
            datetime(2026, 2, 12, 15, 4, tzinfo=UTC), date(2026, 2, 12),
        )
    ],
    standing=views.Standing(345, 2, "Apprentice", 156, 5, 9, date(2026, 3, 4)),
    attention=[
        Attention(
            "stuck", ConceptName("light", "Light", "physics"), 5, 4,
            datetime(2026, 3, 4, 14, 30, tzinfo=UTC),
            "Ada Example has tried Light 5 times and is not through yet.",
        )
    ],
    definitions={
        "average_score": views.Definition(
            "Mean score", "0 to 1", "Mean of all scores of these days."
        )
    },
    meta=META,
)  # fmt: skip


_TABLE = tabular.whole(Figure._fields, islice(figures(EXAMPLE), TABLE_EXAMPLE_LINES))


CLASS_EXAMPLE = ClassReport(
    "class-7a",
    "Maths 7a",
    "en",
    EXAMPLE.range,
    ["19 of 24 students learned, 14 h 5 min altogether."],
    Totals(24, 19, 50_700, 61, 48, 30, 1),
    [
        Member(
            "student-0001", "Ada Example", 9, 11_100, 6, 5, 4, 345, 0.78, 64,
            ["5 attempts at Light, not completed."],
        )
    ],
    [ConceptColumn("light", "Light", "physics", 20, 1, 1, 1, 1, 0.35, 3.0, 0.12, 140)],
    META,
)  # fmt: skip


def class_documents() -> dict[int | str, dict[str, Any]]:
    """The same for the report of a class."""
    table = tabular.whole(class_rows.Line._fields, class_rows.lines(CLASS_EXAMPLE))
    return documented(CLASS_EXAMPLE, table)


def documents() -> dict[int | str, dict[str, Any]]:
    """The documentation of an answer in each of its formats."""
    return documented(EXAMPLE, _TABLE)


def documented(view: object, table: str) -> dict[int | str, dict[str, Any]]:
    """The documentation of a report as JSON, table and document."""
    example = orjson.loads(orjson.dumps(view, option=orjson.OPT_UTC_Z))
    return {
        200: {
            "description": "The report in the format asked for.",
            "content": {
                "application/json": {"example": example},
                CSV.partition(";")[0]: {"schema": {"type": "string"}, "example": table},
                "application/pdf": {
                    "schema": {"type": "string", "format": "binary"},
                    "example": "%PDF-1.7 (tagged, PDF/UA)",
                },
            },
        }
    }
