"""The class report: how a class learned on the days of a range, and who needs what.

`students`, `totals` and `words` are about these days; `concepts` and `attention` hold for the
instant `meta.as_of`. Everything is as published: newer events come with the next build.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Annotated

from pydantic import Field

from reports.dashboards.classes import ConceptColumn, SchoolClassView, Student
from reports.dashboards.parts import STRICT, ViewMeta
from reports.phrases import duration
from reports.views.period import Period
from reports.views.student import Range, State
from warehouse.reader import Row


@dataclass(frozen=True, slots=True)
class Member:
    """A student of the class on these days."""

    __pydantic_config__ = STRICT
    student_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    active_days: int
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    started: Annotated[int, Field(description="Concepts first started.")]
    completed: int
    mastered: int
    points: int
    average_score: Annotated[float | None, Field(description="0 to 1; null without a score.")]
    scored_count: Annotated[int, Field(description="Scores behind the mean.")]
    attention: Annotated[list[str], Field(description="Why to look, as of now, in words.")]


@dataclass(frozen=True, slots=True)
class Totals:
    """The class together."""

    __pydantic_config__ = STRICT
    students: int
    active_students: Annotated[int, Field(description="With learning on these days.")]
    total_time_spent: Annotated[int, Field(description="Seconds, of all.")]
    started: int
    completed: int
    mastered: int
    need_a_look: Annotated[int, Field(description="Students with a reason, as of now.")]


@dataclass(frozen=True, slots=True)
class ClassReport:
    """How a class learned on the days of a range."""

    __pydantic_config__ = STRICT
    class_id: str
    name: str
    language: Annotated[str, Field(description="Of the words.")]
    range: Range
    words: Annotated[list[str], Field(description="The most important of it, in sentences.")]
    totals: Totals
    students: Annotated[list[Member], Field(description="By name.")]
    concepts: Annotated[list[ConceptColumn], Field(description="Where the class stands now.")]
    meta: ViewMeta


def assemble(
    period: Period,
    shown: SchoolClassView,
    rows: Sequence[Row],
    language: str,
    said: NullTranslations,
    meta: ViewMeta,
) -> ClassReport:
    """Put the report together from the class as educators see it and its rows of the range."""
    found = {row["student_id"]: row for row in rows}
    members = [
        _member(student, found.get(student.student_id, _NOTHING)) for student in shown.roster
    ]
    totals = Totals(
        len(members),
        sum(member.active_days > 0 for member in members),
        sum(member.total_time_spent for member in members),
        sum(member.started for member in members),
        sum(member.completed for member in members),
        sum(member.mastered for member in members),
        sum(bool(member.attention) for member in members),
    )
    reached: State = "complete" if period.is_over else "partial"
    days = Range(period.start, period.end, period.days, period.today, reached if found else "empty")
    return ClassReport(
        shown.class_id,
        shown.name,
        language,
        days,
        _words(totals, days, said),
        totals,
        members,
        shown.concepts,
        meta,
    )


def _member(student: Student, row: Mapping[str, int | float]) -> Member:
    scored = int(row["scored_count"])
    return Member(
        student.student_id,
        student.name,
        int(row["active_days"]),
        int(row["total_time_spent"]),
        int(row["started"]),
        int(row["completed"]),
        int(row["mastered"]),
        int(row["points"]),
        row["score_sum"] / scored if scored else None,
        scored,
        [reason.words for reason in student.reasons if reason.rule != "predicted"],
    )


def _words(totals: Totals, days: Range, said: NullTranslations) -> list[str]:
    if days.state == "empty":
        return [said.gettext("Nobody of the class learned here on these days.")]
    values = {
        "active": totals.active_students,
        "students": totals.students,
        "time": duration(said, totals.total_time_spent),
        "mastered": totals.mastered,
        "completed": totals.completed,
        "count": totals.need_a_look,
    }
    words = [
        said.gettext("%(active)s of %(students)s students learned, %(time)s altogether."),
        said.gettext("Concepts completed: %(completed)s; mastered: %(mastered)s."),
    ]
    if totals.need_a_look:
        words.append(
            said.ngettext(
                "%(count)s student may need a look now.",
                "%(count)s students may need a look now.",
                totals.need_a_look,
            )
        )
    return [sentence % values for sentence in words]


_NOTHING: Mapping[str, int | float] = dict.fromkeys(
    (
        "active_days",
        "total_time_spent",
        "started",
        "completed",
        "mastered",
        "points",
        "scored_count",
        "score_sum",
    ),
    0,
)
