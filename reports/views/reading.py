"""Getting a report: who it is about now, which state of the tables, and which days."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from reports.dashboards.family import Family, family_of
from reports.dashboards.making import Names
from reports.dashboards.parts import ViewMeta
from reports.dashboards.reading import Prepared
from reports.languages import SOURCE, language
from reports.views import assembling
from reports.views.attending import attention
from reports.views.defining import definitions
from reports.views.period import Period, Span
from reports.views.saying import Speaker, words
from reports.views.student import Audience, StudentReport
from warehouse.metrics import Metric
from warehouse.reader import Reader, Row, StudentReader


@dataclass(frozen=True)
class Reading:
    """For whom a report is made: what the words are like and what may be in it."""

    audience: Audience
    foresees: bool = False
    language: str = SOURCE


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


def _student(
    reader: Reader,
    metrics: Mapping[str, Metric],
    member: StudentReader,
    family: Family,
    span: Span,
    reading: Reading,
) -> StudentReport:
    period = span.on(_today(member, family))
    answers = _answers(member, period)
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


def _today(member: StudentReader, family: Family) -> date:
    return family.learner(member, member.ask("students_weeks")).today


def _answers(member: StudentReader, period: Period) -> dict[str, list[Row]]:
    return member.ask_together(
        assembling.QUERIES,
        first_day=period.start,
        end_day=period.end,
        earliest_day=period.before.start,
    )
