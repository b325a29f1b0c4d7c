"""How a student's learning goes: trends in figures, and what was found, in words."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.contract import NOT_MODIFIED
from api.dependencies import Asked, StudentRequest, meta
from api.insights import INSIGHT, told_about
from api.recommending import recommended
from api.schemas.analytics import (
    Effect,
    Insight,
    Insights,
    MetricLabel,
    Metrics,
    SubjectPart,
    TimePatterns,
    TimeSlot,
    Trends,
    Week,
)
from api.schemas.foresight import Change, ConceptMastery, Forecast, Recommendations
from models.insights.finding import Finding
from reports.insights import Level
from reports.languages import SOURCE, language
from warehouse.catalog import Catalog
from warehouse.reader import Row, StudentReader

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

ReadingLevel = Annotated[
    Level, Query(description="`plain` for adults, `simple` speaks to a young reader.")
]
TREND_QUERIES = (
    "student_metrics",
    "student_weeks",
    "student_velocity",
    "student_subjects",
    "student_time_patterns",
)


@router.get(
    "/trends/{student_id}",
    summary="A student's learning by week, subject, hour and weekday",
    response_model=Trends,
    responses=NOT_MODIFIED,
)
def trends(asked: Asked) -> Response:
    """Every week from the first to the present one, shares of subjects, and when they learn."""
    return asked.answer(partial(_trends, asked), foretold=True)


@router.get(
    "/recommendations/{student_id}",
    summary="What is worth a student's next minutes",
    response_model=Recommendations,
    responses=NOT_MODIFIED,
)
def recommendations(asked: Asked) -> Response:
    """Concepts to go on with, to begin and to come back to, each with its reason."""
    return asked.answer(partial(_recommendations, asked), foretold=True)


@router.get(
    "/insights/{student_id}",
    summary="What is worth telling about how a student learns",
    response_model=Insights,
    responses=NOT_MODIFIED,
)
def insights(asked: Asked, level: ReadingLevel = "plain") -> Response:
    """Statements that passed a test each, corrected for all looks: docs/insights.md says how."""
    return asked.answer(partial(_insights, asked, level))


def _recommendations(asked: StudentRequest, student: StudentReader) -> Recommendations:
    foresight = asked.foresight(student)
    curriculum = asked.services.reader.published().curriculum
    return Recommendations(
        student_id=asked.student_id,
        recommendations=recommended(foresight.recommendations, curriculum),
        predictions=foresight.state,
        meta=meta(student),
    )


def _trends(asked: StudentRequest, student: StudentReader) -> Trends:
    answers = student.ask_together(TREND_QUERIES)
    foresight = asked.foresight(student)
    shown = _tables_shown(asked.services.reader.catalog)
    return Trends(
        student_id=asked.student_id,
        metrics=_metrics(answers["student_metrics"], answers["student_subjects"]),
        weekly_progress=_weeks(answers["student_weeks"], answers["student_velocity"]),
        subject_distribution=[
            SubjectPart(**{name: row[name] for name in SubjectPart.model_fields})
            for row in answers["student_subjects"]
        ],
        time_patterns=_time_patterns(answers["student_time_patterns"]),
        labels={
            metric.id: MetricLabel(**{k: asdict(metric)[k] for k in MetricLabel.model_fields})
            for metric in asked.services.metrics.values()
            if metric.table in shown
        },
        changes=[Change(**row) for row in student.ask("student_changes")],
        forecast=[Forecast(**row) for row in foresight.forecast],
        mastery=[_mastery(row) for row in foresight.mastery.values()],
        predictions=foresight.state,
        meta=meta(student),
    )


def _mastery(row: Row) -> ConceptMastery:
    """Without enough tries of their own nothing is said of a student but how few there are."""
    said = dict.fromkeys(("probability", "lower", "upper"))
    return ConceptMastery(**(row if row["enough_evidence"] else {**row, **said}))


def _tables_shown(catalog: Catalog) -> set[str]:
    return {table for query in TREND_QUERIES for table in catalog.queries[query].reads}


def _metrics(rows: list[Row], subjects: list[Row]) -> Metrics:
    figures = rows[0] if rows else _NO_FIGURES
    own = {name: figures[name] for name in Metrics.model_fields if name in figures}
    return Metrics(
        **own,
        strongest_subjects=_ranked(subjects, "strength_rank"),
        areas_for_improvement=_ranked(subjects, "improvement_rank"),
    )


def _ranked(subjects: list[Row], rank: str) -> list[str]:
    placed = [row for row in subjects if row[rank] is not None]
    return [row["subject_id"] for row in sorted(placed, key=lambda row: row[rank])]


def _weeks(weeks: list[Row], velocity: list[Row]) -> list[Week]:
    """The weeks of both tables: points may come before learning begins, and weeks pass after it."""
    figures = {row["week_start"]: row for row in weeks}
    pace = {row["week_start"]: row["learning_velocity"] for row in velocity}
    starts = figures.keys() | pace.keys()
    return [
        Week(
            **figures.get(start, {**_NO_WEEK, "week_start": start}),
            learning_velocity=pace.get(start, 0.0),
        )
        for start in _every_week(min(starts), max(starts))
    ] if starts else []  # fmt: skip


def _every_week(first: date, last: date) -> list[date]:
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def _time_patterns(rows: list[Row]) -> TimePatterns:
    def slots(period: str) -> list[TimeSlot]:
        return [
            TimeSlot(**{name: row[name] for name in TimeSlot.model_fields})
            for row in rows
            if row["period"] == period
        ]

    return TimePatterns(hours=slots("hour"), weekdays=slots("weekday"))


def _insights(asked: StudentRequest, level: Level, student: StudentReader) -> Insights:
    told = told_about(asked.services, student, level, language(SOURCE))
    return Insights(
        student_id=asked.student_id,
        insights=[_insight(found, text) for found, text in told],
        meta=meta(student),
    )


def _insight(found: Finding, text: str) -> Insight:
    look = found.look
    kind: Any = look.kind
    return Insight(
        kind=kind,
        figure=f"{INSIGHT}:{found.figure}",
        statement=text,
        evidence=dict(look.figures),
        effect=Effect(**asdict(look.effect)),
        confidence=found.confidence,
        n=look.n,
    )


_NO_FIGURES: Row = {
    "concepts_started": 0,
    "concepts_completed": 0,
    "concepts_mastered": 0,
    "total_time_spent": 0,
    "average_score": None,
    "learning_velocity": 0.0,
    "active_days": 0,
}
_NO_WEEK: Row = {
    "started": 0,
    "completed": 0,
    "mastered": 0,
    "total_time_spent": 0,
    "average_score": None,
    "points": 0,
}
