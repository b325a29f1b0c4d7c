"""The student's dashboard: today, the week's goal, the streak, the level, and how to go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from reports.dashboards import making
from reports.dashboards.making import Learner, Names
from reports.dashboards.parts import STRICT, Level, Streak, ViewMeta, WeekGoal, Win
from reports.learning_path import Node, lay_over
from reports.recommendations import recommendation_words
from warehouse.reader import Row

WINS_MAX = 10
QUERIES = (
    "students_points",
    "students_days",
    "students_weeks",
    "students_wins",
    "students_today_concepts",
    "student_concepts",
)


@dataclass(frozen=True, slots=True)
class Today:
    """What was done today, by the student's clock."""

    __pydantic_config__ = STRICT
    local_date: date
    event_count: Annotated[int, Field(description="Learning events.")]
    minutes: float
    concepts: Annotated[int, Field(description="Concepts practised.")]
    completed: Annotated[int, Field(description="Concepts first completed.")]
    mastered: Annotated[int, Field(description="Concepts first mastered.")]
    points: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """A concept to go on with."""

    __pydantic_config__ = STRICT
    concept_id: str
    name: str
    subject_id: str
    status: Literal["not_started", "in_progress", "completed", "mastered"]
    reason: Annotated[str | None, Field(description="Why, where it is recommended by a model.")]


@dataclass(frozen=True, slots=True)
class SubjectPath:
    """How far a subject of the curriculum has come."""

    __pydantic_config__ = STRICT
    subject_id: str
    concepts: Annotated[int, Field(description="Concepts of the subject.")]
    in_progress: int
    completed: Annotated[int, Field(description="Completed, not yet mastered.")]
    mastered: int
    percent: Annotated[float, Field(description="Mastered in 100.")]


@dataclass(frozen=True, slots=True)
class StudentDashboard:
    """What a student sees first; live."""

    __pydantic_config__ = STRICT
    student_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    today: Today
    goal: WeekGoal
    streak: Streak
    level: Level
    wins: Annotated[list[Win], Field(description="The latest achievements, newest first.")]
    next_steps: Annotated[list[NextStep], Field(description="Up to 3, the best first.")]
    path: Annotated[list[SubjectPath], Field(description="Every subject of the curriculum.")]
    meta: ViewMeta


def assemble(
    learner: Learner,
    answers: Mapping[str, list[Row]],
    curriculum: Sequence[Row],
    names: Names,
    meta: ViewMeta,
    recommendations: Sequence[Row] = (),
) -> StudentDashboard:
    """Put the view together from the answers to `QUERIES`, and what may be recommended."""
    statuses = {row["concept_id"]: row["status"] for row in answers["student_concepts"]}
    path = lay_over(curriculum, statuses, recommendations=recommendations)
    best = {row["concept_id"]: row for row in recommendations}
    nodes = {node.concept_id: node for node in path.nodes}
    of_subject: defaultdict[str, list[str]] = defaultdict(list)
    for node in path.nodes:
        of_subject[node.subject_id].append(node.status)
    return StudentDashboard(
        learner.student_id,
        learner.name or None,
        _today(learner, answers),
        making.week_goal(learner, answers["students_weeks"], names),
        making.streak(learner, answers["students_weeks"], answers["students_days"]),
        making.level(answers["students_points"], names),
        making.wins(answers["students_wins"][:WINS_MAX], names),
        [_step(nodes[concept_id], best.get(concept_id), names) for concept_id in path.next],
        [
            _subject(share.subject_id, share.percent, of_subject[share.subject_id])
            for share in path.subjects
        ],
        meta,
    )


def _step(node: Node, recommended: Row | None, names: Names) -> NextStep:
    reason = recommendation_words(recommended, node.name, names.said) if recommended else None
    status: Any = node.status
    return NextStep(node.concept_id, node.name, node.subject_id, status, reason)


def _today(learner: Learner, answers: Mapping[str, list[Row]]) -> Today:
    def of_today(query: str) -> Row:
        rows = (row for row in answers[query] if row["local_date"] == learner.today)
        return next(rows, _NOTHING)

    day = of_today("students_days")
    return Today(
        learner.today,
        day["event_count"],
        day["minutes"],
        of_today("students_today_concepts")["concept_count"],
        day["completed"],
        day["mastered"],
        day["points"],
    )


def _subject(subject_id: str, percent: float, statuses: Sequence[str]) -> SubjectPath:
    return SubjectPath(
        subject_id,
        len(statuses),
        statuses.count("in_progress"),
        statuses.count("completed"),
        statuses.count("mastered"),
        percent,
    )


_NOTHING: Row = {
    "event_count": 0,
    "minutes": 0.0,
    "concept_count": 0,
    "completed": 0,
    "mastered": 0,
    "points": 0,
}
