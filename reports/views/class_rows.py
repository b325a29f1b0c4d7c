"""The class report as a table: a line for each student, as a teacher's list has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from reports.views.period import A_DAY
from reports.views.school_class import ClassReport


class Line(NamedTuple):
    """A student on the days of the report."""

    class_id: str
    student_id: str
    student: str | None
    first_day: date
    last_day: date
    active_days: int
    total_time_spent_seconds: int
    concepts_started: int
    concepts_completed: int
    concepts_mastered: int
    points: int
    average_score: float | None
    scored_count: int
    attention: str | None


def lines(report: ClassReport) -> Iterator[Line]:
    """Everybody of the class, by name."""
    for one in report.students:
        yield Line(
            report.class_id,
            one.student_id,
            one.name,
            report.range.start_date,
            report.range.end_date - A_DAY,
            one.active_days,
            one.total_time_spent,
            one.started,
            one.completed,
            one.mastered,
            one.points,
            one.average_score,
            one.scored_count,
            " ".join(one.attention) or None,
        )
