"""The student progress report as one long table: a line for each figure.

One table rather than one for each section: it can be filtered and pivoted as it is, and reports of
a class stand below each other. docs/reports.md describes the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, NamedTuple

from reports.dashboards.parts import Attention
from reports.tabular import Cell
from reports.views.period import A_DAY, A_WEEK
from reports.views.student import Badge, Concept, StudentReport, Week

UNITS = {
    "total_time_spent": "seconds",
    "time_spent": "seconds",
    "average_score": "0 to 1",
    "best_score": "0 to 1",
    "event_share": "0 to 1",
    "time_share": "0 to 1",
    "learning_velocity": "concepts per week",
    "active_days": "days",
    "days": "days",
    "average_session_minutes": "minutes",
    "minutes_target": "minutes",
    "minutes_done": "minutes",
    "current_streak": "days",
    "longest_streak": "days",
}
FORESEEN_UNITS = {
    "mastered": "concepts",
    "completed": "concepts",
    "minutes": "minutes",
    "average_score": "0 to 1",
}
# Other columns tell these.
_TOLD = {
    *("week_start", "start_date", "end_date", "goal", "scored_count", "measure"),
    *("subject_id", "concept_id", "concept", "name", "badge_id", "number", "reason", "rule"),
}


class Figure(NamedTuple):
    """A line of the table: what it is about, and either its value or its text."""

    student_id: str
    student: str | None
    section: str
    first_day: date | None
    last_day: date | None
    subject_id: str | None
    concept_id: str | None
    concept: str | None
    item: str | None
    metric: str
    value: float | None
    text: Cell
    unit: str | None
    n: int | None


class Lines:
    """Makes lines of one student."""

    def __init__(self, student_id: str, name: str | None) -> None:
        self._student_id, self._name = student_id, name

    def of(self, section: str, part: Any, **about: Any) -> Iterator[Figure]:
        """A line for each figure of a part of the view."""
        for field in fields(part):
            value = getattr(part, field.name)
            if field.name in _TOLD:
                continue
            if isinstance(value, list):
                for place, element in enumerate(value, 1):
                    yield self._line(section, part, field.name, element, {**about, "item": place})
            else:
                yield self._line(section, part, field.name, value, about)

    def _line(
        self, section: str, part: Any, metric: str, value: Any, about: dict[str, Any]
    ) -> Figure:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        item = about.get("item")
        return Figure(
            self._student_id,
            self._name,
            section,
            about.get("first_day"),
            about.get("last_day"),
            about.get("subject_id"),
            about.get("concept_id"),
            about.get("concept"),
            None if item is None else str(item),
            metric,
            value if is_number else None,
            None if is_number else value,
            about.get("unit", UNITS.get(metric)),
            part.scored_count if metric in {"average_score", "best_score"} else None,
        )


def figures(report: StudentReport) -> Iterator[Figure]:
    """Every figure of a report, section by section."""
    lines = Lines(report.student_id, report.name)
    days = {
        "first_day": report.range.start_date,
        "last_day": report.range.end_date - A_DAY,
    }
    yield from lines.of("range", report.range, **days)
    yield from lines.of("metrics", report.metrics, **days)
    if report.before is not None:
        earlier = {
            "first_day": report.before.start_date,
            "last_day": report.before.end_date - A_DAY,
        }
        yield from lines.of("before", report.before, **earlier)
    for week in report.trends.weekly_progress:
        yield from _week(lines, report, week)
    yield from _trends(lines, report, days)
    yield from _achieved(lines, report, days)
    yield from lines.of("standing", report.standing)
    yield from flagged(lines, report.attention)
    yield from lines.of("state", report.meta)


def flagged(lines: Lines, attention: Iterable[Attention]) -> Iterator[Figure]:
    """What calls for a look."""
    for flag in attention:
        concept = flag.concept
        yield from lines.of(
            "attention",
            flag,
            item=flag.rule,
            subject_id=concept.subject_id if concept else None,
            concept_id=concept.concept_id if concept else None,
            concept=concept.name if concept else None,
        )


def _week(lines: Lines, report: StudentReport, week: Week) -> Iterator[Figure]:
    """The first and last of its days that are in the range."""
    days = {
        "first_day": max(week.week_start, report.range.start_date),
        "last_day": min(week.week_start + A_WEEK, report.range.end_date) - A_DAY,
    }
    yield from lines.of("week", week, **days)
    if week.goal is not None:
        yield from lines.of("goal", week.goal, **days)


def _trends(lines: Lines, report: StudentReport, days: dict[str, date]) -> Iterator[Figure]:
    trends = report.trends
    for subject in trends.subject_distribution:
        yield from lines.of("subject", subject, **days, subject_id=subject.subject_id)
    for section, slots in (
        ("hour", trends.time_patterns.hours),
        ("weekday", trends.time_patterns.weekdays),
    ):
        for slot in slots:
            yield from lines.of(section, slot, **days, item=slot.number)
    for week in trends.forecast:
        yield from lines.of(
            "forecast",
            week,
            first_day=week.week_start,
            last_day=week.week_start + timedelta(days=6),
            item=week.measure,
            unit=FORESEEN_UNITS[week.measure],
        )


def _achieved(lines: Lines, report: StudentReport, days: dict[str, date]) -> Iterator[Figure]:
    yield from of_concepts(lines, report.concepts, days)
    for part in report.points:
        yield from lines.of("points", part, **days, item=part.reason)
    yield from of_badges(lines, report.badges, days)


def of_concepts(
    lines: Lines, concepts: Iterable[Concept], days: dict[str, date]
) -> Iterator[Figure]:
    """What was done in each concept."""
    for concept in concepts:
        yield from lines.of(
            "concept",
            concept,
            **days,
            subject_id=concept.subject_id,
            concept_id=concept.concept_id,
            concept=concept.name,
        )


def of_badges(lines: Lines, badges: Iterable[Badge], days: dict[str, date]) -> Iterator[Figure]:
    """The badges earned."""
    for badge in badges:
        yield from lines.of(
            "badge", badge, **days, subject_id=badge.subject_id, item=badge.badge_id
        )
