"""Where a student stands: overall, in one concept, along the curriculum, and why."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from operator import itemgetter
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BeforeValidator, StringConstraints

from api.contract import NOT_MODIFIED, refusals
from api.dependencies import Asked, ConceptId, StudentRequest, meta
from api.errors import NotFound
from api.insights import INSIGHT, events_behind
from api.paths import with_slashes
from api.recommending import recommended
from api.schemas.progress import (
    ConceptProgress,
    LearningPath,
    PathEdge,
    PathNode,
    Progress,
    StudentProgress,
    SubjectShare,
    Why,
    WhyEvent,
)
from reports.learning_path import lay_over
from warehouse.reader import Reader, Row, StudentReader

router = APIRouter(prefix="/api/progress", tags=["progress"])

PAGE_ROWS_MAX = 2_000

Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="Rows of one page.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="Events to pass over.")]
ConceptCursor = Annotated[
    str, Query(max_length=128, description="The `next_cursor` of the page before.")
]
Figure = Annotated[
    str,
    BeforeValidator(with_slashes),
    StringConstraints(min_length=1, max_length=160),
    Path(
        description="`points`, `streak`, `badge:<badge_id>`, `concept:<concept_id>`, or the"
        " `figure` of an insight.",
        examples=["points", "concept:fractions-adding"],
    ),
]


@router.get(
    "/student/{student_id}",
    summary="Overall progress of a student",
    response_model=StudentProgress,
    responses=NOT_MODIFIED,
)
async def student_progress(
    asked: Asked, limit: Limit = PAGE_ROWS_MAX, cursor: ConceptCursor = ""
) -> Response:
    """The summary of a student and their progress in every concept that they have touched."""
    return await asked.soon("student_progress", partial(_overall, asked, limit, cursor))


@router.get(
    "/student/{student_id}/concept/{concept_id}",
    summary="Progress in one concept",
    response_model=ConceptProgress,
    responses={**NOT_MODIFIED, **refusals(NotFound.kind)},
)
def concept_progress(asked: Asked, concept_id: ConceptId) -> Response:
    """A concept of the curriculum without events of the student is `not_started`."""
    return asked.answer(partial(_concept, asked, concept_id))


@router.get(
    "/learning-path/{student_id}",
    summary="The curriculum with the student's progress",
    response_model=LearningPath,
    responses=NOT_MODIFIED,
)
def learning_path(asked: Asked) -> Response:
    """The curriculum as a graph, what is open to the student, and what to go on with."""
    return asked.answer(partial(path_of, asked), foretold=True)


@router.get(
    "/student/{student_id}/why/{figure}",
    summary="The events behind a figure",
    response_model=Why,
    responses={**NOT_MODIFIED, **refusals(NotFound.kind)},
)
def why_figure(
    asked: Asked, figure: Figure, limit: Limit = PAGE_ROWS_MAX, offset: Offset = 0
) -> Response:
    """The events that made the student's points, streak, badge or concept what they are."""
    return asked.answer(partial(_why, asked, figure, limit, offset))


def _overall(asked: StudentRequest, limit: int, cursor: str, student: StudentReader) -> Row:
    """In the shape of `StudentProgress`, which would take twice the time of all the rest."""
    rows = student.ask("student_progress")
    later = [row for row in rows if row["concept_id"] is not None and row["concept_id"] > cursor]
    later.sort(key=itemgetter("concept_id"))
    return {
        "student_id": asked.student_id,
        "summary": _summary(rows[0] if rows else _EMPTY_SUMMARY),
        "concepts": [{name: row[name] for name in _OF_CONCEPT} for row in later[:limit]],
        "next_cursor": later[limit - 1]["concept_id"] if len(later) > limit else None,
        "meta": asdict(student.meta),
    }


def _summary(row: Row) -> Row:
    started, completed = row["concepts_started"], row["concepts_completed"]
    return {
        **{name: row[name] for name in _OF_STUDENT},
        "total_time_spent": row["student_time_spent"],
        "average_score": row["student_average_score"],
        "completion_rate": completed / started if started else None,
    }


def _concept(asked: StudentRequest, concept_id: str, student: StudentReader) -> ConceptProgress:
    rows = student.ask("student_concept", concept_id=concept_id)
    if not rows:
        _check_known(asked.services.reader, concept_id)
        rows = [{**_NOT_STARTED, "concept_id": concept_id}]
    return ConceptProgress(student_id=asked.student_id, **rows[0], meta=meta(student))


def path_of(asked: StudentRequest, student: StudentReader) -> LearningPath:
    """The curriculum with a student's statuses laid over it."""
    statuses = {row["concept_id"]: row["status"] for row in student.ask("student_concepts")}
    curriculum = asked.services.reader.rows("curriculum")
    foresight = asked.foresight(student)
    path = lay_over(curriculum, statuses, foresight.mastery, foresight.recommendations)
    return LearningPath(
        student_id=asked.student_id,
        nodes=[PathNode.model_validate(node._asdict()) for node in path.nodes],
        edges=[PathEdge.model_validate(edge._asdict()) for edge in path.edges],
        next=path.next,
        subjects=[SubjectShare(**share._asdict()) for share in path.subjects],
        recommendations=recommended(foresight.recommendations, curriculum),
        predictions=foresight.state,
        meta=meta(student),
    )


def _why(
    asked: StudentRequest, figure: str, limit: int, offset: int, student: StudentReader
) -> Why:
    kind, _, name = figure.partition(":")
    if kind in {"points", "streak"} and not name:
        events = student.ask(f"why_{kind}")
    elif kind == "badge" and name in {badge.id for badge in asked.services.rules.badges}:
        events = student.ask("why_badge", badge_id=name)
    elif kind == "concept" and name:
        events = student.ask("why_concept", concept_id=name)
        if not events:
            _check_known(asked.services.reader, name)
    elif kind == INSIGHT and (found := events_behind(asked.services.reader, student, name)):
        events = found
    else:
        raise NotFound(
            f"{figure} is not a figure that can be explained.",
            cure="Use points, streak, badge:<badge_id>, concept:<concept_id>, or the figure that"
            " an insight names.",
            field="figure",
        )
    return Why(
        student_id=asked.student_id,
        figure=figure,
        events=[WhyEvent(**event) for event in events[offset : offset + limit]],
        next_offset=offset + limit if len(events) > offset + limit else None,
        meta=meta(student),
    )


def _check_known(reader: Reader, concept_id: str) -> None:
    if all(row["concept_id"] != concept_id for row in reader.rows("curriculum")):
        raise NotFound(
            f"{concept_id} is not in the curriculum and has no event of this student.",
            cure="Use a concept_id of the learning path.",
            field="concept_id",
        )


_OF_CONCEPT = tuple(Progress.model_fields)
_OF_STUDENT = (
    "concepts_started",
    "concepts_completed",
    "concepts_mastered",
    "learning_velocity",
    "active_days",
)
_EMPTY_SUMMARY: Row = {
    **dict.fromkeys(_OF_STUDENT, 0),
    "student_time_spent": 0,
    "student_average_score": None,
}
_NOT_STARTED: Row = {
    "status": "not_started",
    "attempts": 0,
    "best_score": None,
    "average_score": None,
    "total_time_spent": 0,
    "started_at": None,
    "completed_at": None,
    "mastery_date": None,
    "last_accessed": None,
}
