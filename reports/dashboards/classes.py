"""What the view of a class is made of.

Parts that a class has by the hundred are plain dataclasses: to freeze one costs eight times as much
as to make it, and slots make writing it as JSON four times as dear. Nobody changes them all the
same: views are kept and shown to several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from reports.dashboards.foreseeing import RiskLine
from reports.dashboards.parts import STRICT

Status = Literal["in_progress", "completed", "mastered"]
# In which a student may be with a concept, the best first.
STANDINGS = ("mastered", "completed", "started", "needs_help", "not_started")


@dataclass
class ConceptColumn:
    """A concept of the class: where its students stand, each counted once, and how hard it is."""

    __pydantic_config__ = STRICT
    concept_id: str
    name: str
    subject_id: Annotated[str | None, Field(description="Null outside of the curriculum.")]
    not_started: int
    started: Annotated[int, Field(description="Begun, not completed, and not in need of help.")]
    needs_help: Annotated[int, Field(description="Flagged `stuck`.")]
    completed: Annotated[int, Field(description="Completed, not mastered.")]
    mastered: int
    difficulty: Annotated[
        float | None,
        Field(description="1 less the mean first score of all students; null below 5 of them."),
    ]
    median_attempts_to_mastery: Annotated[float | None, Field(description="Of all students.")]
    stuck_share: Annotated[float | None, Field(description="Of all students, 0 to 1.")]
    student_count: Annotated[int | None, Field(description="Students behind these three.")]


@dataclass
class Reason:
    """Why to look after a student."""

    __pydantic_config__ = STRICT
    rule: Literal["inactive", "stuck", "slowing", "predicted"]
    concept_id: str | None
    have: Annotated[
        int,
        Field(description="Days without learning, attempts, mastered lately, or a chance in 100."),
    ]
    need: Annotated[int, Field(description="What the rule compares it with.")]
    last_event_at: datetime
    words: str
    intervention_id: Annotated[str | None, Field(description="Who has taken it on; else null.")]


@dataclass
class Student:
    """A line of the roster, and a row of the matrix of students and concepts."""

    __pydantic_config__ = STRICT
    student_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    last_activity_date: date | None
    current_streak: int
    week_minutes: Annotated[float, Field(description="Learned this week, by their clock.")]
    week_active_days: int
    reasons: Annotated[list[Reason], Field(description="Empty where nothing calls for a look.")]
    statuses: Annotated[
        dict[str, Status], Field(description="By concept; a concept not named is not started.")
    ]

    @property
    def mastered_count(self) -> int:
        """Concepts that the student has mastered."""
        return sum(status == "mastered" for status in self.statuses.values())


@dataclass(frozen=True, slots=True)
class Engagement:
    """How much the class learns here."""

    __pydantic_config__ = STRICT
    students: int
    active_today: Annotated[int, Field(description="With learning on their today.")]
    active_7_days: Annotated[int, Field(description="With learning on one of their last 7 days.")]
    mean_week_minutes: Annotated[
        float | None, Field(description="Minutes this week, mean of all; null without students.")
    ]
    at_risk: Annotated[int, Field(description="Students with a reason to look.")]


@dataclass(frozen=True, slots=True)
class OpenIntervention:
    """An intervention that has no outcome yet."""

    __pydantic_config__ = STRICT
    intervention_id: str
    student_id: str
    rule: str
    concept_id: str | None
    assigned_to: str | None
    version: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class SchoolClassView:
    """One class."""

    __pydantic_config__ = STRICT
    class_id: str
    name: str
    engagement: Engagement
    concepts: Annotated[
        list[ConceptColumn], Field(description="Those that anybody has begun, by subject and id.")
    ]
    roster: Annotated[list[Student], Field(description="By name.")]
    interventions: Annotated[list[OpenIntervention], Field(description="Latest change first.")]
    risk: Annotated[
        list[RiskLine],
        Field(description="Whom the model of risk flags; read it beside `risk_quality`."),
    ]

    def by_subject(self) -> Mapping[str, Mapping[str, int]]:
        """Where students stand in the concepts of each subject, each counted once a concept."""
        sums: dict[str, dict[str, int]] = {}
        for concept in self.concepts:
            row = sums.setdefault(concept.subject_id or "", dict.fromkeys(STANDINGS, 0))
            for standing in STANDINGS:
                row[standing] += getattr(concept, standing)
        return sums
