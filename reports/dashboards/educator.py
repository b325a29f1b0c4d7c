"""The educator's dashboard: each class by concept and by student, who needs help, what is done.

A class is who is in it at the moment of the request; its figures are those of the snapshot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from reports.dashboards.classes import (
    ConceptColumn,
    Engagement,
    OpenIntervention,
    Reason,
    SchoolClassView,
    Student,
)
from reports.dashboards.foreseeing import (
    Feedback,
    RiskQuality,
    feedback_of,
    risk_lines,
    risk_qualities,
)
from reports.dashboards.making import Names
from reports.dashboards.parts import STRICT, ViewMeta
from reports.dashboards.wording import reason_words
from warehouse.pages import Columns, as_rows
from warehouse.reader import Row, SnapshotReader
from warehouse.store.interventions import Intervention
from warehouse.store.rosters import Member

ACTIVE_DAYS = 7
# Of a student who has begun, and where each is counted.
STANDS = {"in_progress": 0, "stuck": 1, "completed": 2, "mastered": 3}
QUERIES = ("students_week_days", "students_at_risk", "students_statuses")
HARDNESS = ("difficulty", "median_attempts_to_mastery", "stuck_share", "student_count")
FLAGGED = ("rule", "concept_id", "have", "need", "last_event_at")
FORESEEN = ("students_predicted_flags", "students_predicted_risk")


@dataclass(frozen=True, slots=True)
class EducatorDashboard:
    """The classes that an educator teaches at the moment of the request."""

    __pydantic_config__ = STRICT
    educator_id: str
    classes: list[SchoolClassView]
    risk_quality: Annotated[
        list[RiskQuality],
        Field(description="How good the model's flags were; empty without a model in use."),
    ]
    feedback: Annotated[
        list[Feedback], Field(description="What educators said of the flags, by rule.")
    ]
    meta: ViewMeta


class ConceptFacts(NamedTuple):
    """What the column of a concept says in every class, and where among columns it stands."""

    place: int
    name: str
    subject_id: str | None
    hardness: tuple[Any, ...]  # as in HARDNESS; nulls of a concept that nobody has begun


def concept_facts(snapshot: SnapshotReader) -> dict[str, ConceptFacts]:
    """Of all concepts that curriculum or figures name: by subject, those outside of any last."""
    hard = {row["concept_id"]: row for row in snapshot.once("concept_difficulties")}
    named = {row["concept_id"]: (row["name"], row["subject_id"]) for row in snapshot.curriculum}
    named |= {
        concept_id: (concept_id, None) for concept_id in sorted(hard) if concept_id not in named
    }
    return {
        concept_id: ConceptFacts(
            place,
            name,
            subject_id,
            tuple(hard.get(concept_id, _UNKNOWN)[figure] for figure in HARDNESS),
        )
        for place, (concept_id, (name, subject_id)) in enumerate(named.items())
    }


class Rows(NamedTuple):
    """The answers to `QUERIES`, by student; and what is known of concepts."""

    weeks: Mapping[str, Columns]  # a row each; none of a student before their first event
    flags: Sequence[Mapping[str, Columns]]
    statuses: Mapping[str, Columns]
    concepts: Mapping[str, ConceptFacts]
    interventions: Mapping[str, Sequence[Intervention]]
    risks: Mapping[str, Columns]
    models: Sequence[Row]
    feedback: Sequence[Feedback]

    @classmethod
    def of(
        cls,
        answers: Mapping[str, Mapping[str, Columns]],
        concepts: Mapping[str, ConceptFacts],
        interventions: Sequence[Intervention],
        models: Sequence[Row] = (),
    ) -> Rows:
        """Put the answers where they are looked for."""
        open_ones: defaultdict[str, list[Intervention]] = defaultdict(list)
        for one in interventions:
            if one.outcome is None:
                open_ones[one.student_id].append(one)
        return cls(
            answers["students_week_days"],
            [answers["students_at_risk"], answers.get("students_predicted_flags", {})],
            answers["students_statuses"],
            concepts,
            open_ones,
            answers.get("students_predicted_risk", {}),
            models,
            feedback_of(interventions),
        )


def assemble(
    educator_id: str, members: Sequence[Member], rows: Rows, names: Names, meta: ViewMeta
) -> EducatorDashboard:
    """Put the view together for the classes of these members."""
    classes: defaultdict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in members:
        classes[member.class_id, member.class_name].append(member)
    return EducatorDashboard(
        educator_id,
        [
            _class(class_id, name, [m for m in of_class if m.student_id], rows, names)
            for (class_id, name), of_class in classes.items()
        ],
        risk_qualities(rows.models),
        list(rows.feedback),
        meta,
    )


def _class(
    class_id: str, name: str, members: Sequence[Member], rows: Rows, names: Names
) -> SchoolClassView:
    roster = [_student(str(member.student_id), member.name, rows, names) for member in members]
    return SchoolClassView(
        class_id,
        name,
        _engagement(roster, rows),
        _concepts(roster, rows),
        roster,
        [
            _open(one)
            for student in roster
            for one in rows.interventions.get(student.student_id, ())
        ],
        risk_lines(
            [
                risk
                for student in roster
                if student.student_id in rows.risks
                for risk in as_rows(rows.risks[student.student_id])
            ],
            {student.student_id: student.name for student in roster},
        ),
    )


def _student(student_id: str, name: str | None, rows: Rows, names: Names) -> Student:
    week = rows.weeks.get(student_id, _NO_WEEK)
    open_ones = rows.interventions.get(student_id, ())
    statuses = rows.statuses.get(student_id, _NO_STATUSES)
    return Student(
        student_id,
        name,
        week["last_activity_date"][0],
        week["current_streak"][0],
        week["week_minutes"][0],
        week["week_active_days"][0],
        [
            reason
            for flags in rows.flags
            if student_id in flags
            for reason in reasons(flags[student_id], open_ones, names)
        ],
        dict(zip(statuses["concept_id"], statuses["status"], strict=True)),
    )


def reasons(flags: Columns, interventions: Sequence[Intervention], names: Names) -> list[Reason]:
    """A student's flags in words, with the interventions that are open for them."""
    taken = {(one.rule, one.concept_id): one.intervention_id for one in interventions}
    return [
        Reason(
            rule,
            concept_id,
            have,
            need,
            last_event_at,
            reason_words(
                rule, have, need, names.of_concept(concept_id) if concept_id else "", names.said
            ),
            taken.get((rule, concept_id or "")),
        )
        for rule, concept_id, have, need, last_event_at in zip(
            *(flags[name] for name in FLAGGED), strict=True
        )
    ]


def _engagement(roster: Sequence[Student], rows: Rows) -> Engagement:
    weeks = [rows.weeks[s.student_id] for s in roster if s.student_id in rows.weeks]
    days = [_days_since(week) for week in weeks]
    minutes = [student.week_minutes for student in roster]
    return Engagement(
        len(roster),
        sum(since == 0 for since in days),
        sum(since < ACTIVE_DAYS for since in days),
        round(sum(minutes) / len(minutes), 1) if minutes else None,
        sum(bool(student.reasons) for student in roster),
    )


def _days_since(week: Columns) -> int:
    """Days between a student's last day of learning and their today."""
    since: timedelta = week["today"][0] - week["last_activity_date"][0]
    return since.days


def _concepts(roster: Sequence[Student], rows: Rows) -> list[ConceptColumn]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(STANDS))
    for student in roster:
        stuck = {reason.concept_id for reason in student.reasons if reason.rule == "stuck"}
        for concept_id, status in student.statuses.items():
            counts[concept_id][STANDS["stuck" if concept_id in stuck else status]] += 1
    # One that neither curriculum nor snapshot knows of comes last.
    known = {
        concept_id: rows.concepts.get(concept_id)
        or ConceptFacts(len(rows.concepts), concept_id, None, tuple(_UNKNOWN.values()))
        for concept_id in sorted(counts)
    }
    return [
        _column(concept_id, facts, counts[concept_id], len(roster))
        for concept_id, facts in sorted(known.items(), key=_place)
    ]


def _place(known: tuple[str, ConceptFacts]) -> int:
    return known[1].place


def _column(concept_id: str, facts: ConceptFacts, of: list[int], students: int) -> ConceptColumn:
    started, stuck, completed, mastered = of
    return ConceptColumn(
        concept_id,
        facts.name,
        facts.subject_id,
        students - started - stuck - completed - mastered,
        started,
        stuck,
        completed,
        mastered,
        *facts.hardness,
    )


def _open(one: Intervention) -> OpenIntervention:
    return OpenIntervention(
        one.intervention_id,
        one.student_id,
        one.rule,
        one.concept_id or None,
        one.assigned_to,
        one.version,
        one.opened_at,
    )


_NO_WEEK: Columns = {  # of one who has not begun
    "current_streak": [0],
    "last_activity_date": [None],
    "week_minutes": [0.0],
    "week_active_days": [0],
}
_NO_STATUSES: Columns = {"concept_id": [], "status": []}
_UNKNOWN: Row = dict.fromkeys(HARDNESS)
