"""Getting a report: who it is about now, which state of the tables, and which days."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from reports.dashboards.family import Family, family_of
from reports.dashboards.making import Names
from reports.dashboards.parts import ViewMeta
from reports.dashboards.reading import Prepared
from reports.languages import SOURCE, language
from reports.views import assembling
from reports.views.attending import attention
from reports.views.defining import definitions
from reports.views.period import A_DAY, Period, Span
from reports.views.saying import Speaker, words
from reports.views.student import Audience, StudentReport
from warehouse.groups import read_students
from warehouse.metrics import Metric
from warehouse.reader import Reader, Row, StudentReader

OF_RANGE = (
    "student_range_hours",
    "student_range_points",
    "student_range_badges",
    "student_range_sessions",
)


_AUDIENCES: Mapping[str, Audience] = {"student": "student", "parent": "parent"}


@dataclass(frozen=True)
class Reading:
    """For whom a report is made: what the words are like and what may be in it."""

    audience: Audience
    foresees: bool = False
    language: str = SOURCE


class Group(NamedTuple):
    """Reports of several students; equal versions make equal reports."""

    version: str
    makers: Mapping[str, Callable[[], StudentReport]]
    names: Mapping[str, str | None]


def audience_of(role: str) -> Audience:
    """Whom the words speak to."""
    return _AUDIENCES.get(role, "educator")


def student(
    reader: Reader,
    metrics: Mapping[str, Metric],
    student_id: str,
    span: Span,
    reading: Reading,
) -> Prepared[StudentReport]:
    """The progress report of one student, about to be made."""
    member = reader.student(student_id)
    family = family_of(reader, [student_id])
    state = (member.version, family.profiles, reading)
    version = hashlib.sha256(repr(state).encode()).hexdigest()[:32]
    make = partial(_student, reader, metrics, member, family, span, reading)
    return Prepared(version, make, [student_id])


def students(
    reader: Reader,
    metrics: Mapping[str, Metric],
    student_ids: Sequence[str],
    span: Span,
    reading: Reading,
) -> Group:
    """The progress reports of several students, all of one snapshot, each made when it is due."""
    group = read_students(reader, student_ids)
    family = family_of(reader, student_ids)
    return Group(
        hashlib.sha256(repr((group.version, family.profiles)).encode()).hexdigest()[:32],
        {
            member.student_id: partial(_student, reader, metrics, member, family, span, reading)
            for member in group.members
        },
        {person_id: profile.name for person_id, profile in family.profiles.items()},
    )


def _student(
    reader: Reader,
    metrics: Mapping[str, Metric],
    member: StudentReader,
    family: Family,
    span: Span,
    reading: Reading,
) -> StudentReport:
    period, answers = _asked(member, family, span)
    curriculum = reader.published().curriculum
    names = Names.of(reader.rules, curriculum)
    parts = assembling.assemble(
        period, answers, names, member.ask("student_forecast") if reading.foresees else []
    )
    spoken = language(reading.language)
    profile = family.profiles.get(member.student_id)
    name = (profile.name if profile else None) or None
    said = spoken.translations
    speaker = Speaker(said, reading.audience, name or said.gettext("The student"))
    meta = member.meta
    return StudentReport(
        student_id=member.student_id,
        name=name,
        audience=reading.audience,
        language=spoken.tag,
        words=words(speaker, parts),
        attention=attention(speaker, period, answers["students_at_risk"], names),
        definitions=definitions(said, metrics),
        meta=ViewMeta(meta.snapshot_id, meta.as_of, meta.live, meta.pending_events),
        **parts._asdict(),
    )


def _asked(
    member: StudentReader, family: Family, span: Span
) -> tuple[Period, dict[str, list[Row]]]:
    """Ask everything at once, for a day more on either side.

    The answers themselves say what day it is for the student, and to ask twice would double the
    cost of a live report.
    """
    guessed = span.on(family.learner(member, []).today)
    answers = member.ask_together(
        assembling.QUERIES,
        first_day=guessed.start - A_DAY,
        end_day=guessed.end + A_DAY,
        earliest_day=guessed.start - (guessed.end - guessed.start) - 2 * A_DAY,
    )
    period = span.on(family.learner(member, answers["students_weeks"]).today)
    return period, within(period, answers)


def within(period: Period, answers: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """The answers without what lies outside of the period."""
    narrowed = {
        name: [row for row in answers[name] if period.has(row["local_date"])] for name in OF_RANGE
    }
    return {**answers, **narrowed}
