"""The parent's dashboard: each child's week in words and figures, beside goals and their own past.

A child is never compared with another: neither classmates nor brothers and sisters are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from gettext import NullTranslations
from typing import Annotated

from pydantic import Field

from reports.dashboards import making
from reports.dashboards.making import Learner, Names
from reports.dashboards.parts import STRICT, Attention, Level, ViewMeta, WeekGoal, Win
from reports.dashboards.wording import attention_words, week_words
from warehouse.reader import Row

WINS_DAYS = 14
STUCK_MAX = 3
QUERIES = (
    "students_points",
    "students_weeks",
    "students_wins",
    "students_at_risk",
)


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """A week of a child; in `usual`, the median of up to eight whole weeks before this one."""

    __pydantic_config__ = STRICT
    week_start: Annotated[date, Field(description="Monday; of `usual`: of the earliest week.")]
    active_days: float
    minutes: float
    started: float
    completed: float
    mastered: float
    points: float


@dataclass(frozen=True, slots=True)
class Weeks:
    """The child's weeks beside each other."""

    __pydantic_config__ = STRICT
    this_week: Annotated[WeekFigures, Field(description="So far.")]
    last_week: WeekFigures
    week_before: WeekFigures
    usual: Annotated[WeekFigures | None, Field(description="Null before a first whole week.")]
    words: Annotated[str, Field(description="The same in a few sentences.")]


@dataclass(frozen=True, slots=True)
class Child:
    """One child."""

    __pydantic_config__ = STRICT
    student_id: str
    name: str
    current_streak: int
    last_activity_date: date | None
    goal: WeekGoal
    level: Level
    weeks: Weeks
    attention: Annotated[
        list[Attention], Field(description="Of concepts that do not go on, the latest 3.")
    ]
    achievements: Annotated[list[Win], Field(description="Of the last 14 days, newest first.")]
    meta: ViewMeta


@dataclass(frozen=True, slots=True)
class ParentDashboard:
    """Every child whom the parent may see at the moment of the request; live."""

    __pydantic_config__ = STRICT
    parent_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    children: list[Child]
    meta: ViewMeta


def assemble(
    parent_id: str,
    name: str | None,
    learners: Sequence[tuple[Learner, ViewMeta]],
    answers: Mapping[str, list[Row]],
    names: Names,
    meta: ViewMeta,
) -> ParentDashboard:
    """Put the view together from the answers to `QUERIES` about all the children."""
    children = [
        _child(learner, making.of_student(answers, learner.student_id), names, state)
        for learner, state in learners
    ]
    return ParentDashboard(parent_id, name, children, meta)


def _child(
    learner: Learner, answers: Mapping[str, list[Row]], names: Names, meta: ViewMeta
) -> Child:
    streak = making.streak(learner, answers["students_weeks"], [])
    goal = making.week_goal(learner, answers["students_weeks"], names)
    return Child(
        learner.student_id,
        learner.name,
        streak.current_streak,
        streak.last_activity_date,
        goal,
        making.level(answers["students_points"], names),
        _weeks(learner, answers["students_weeks"], goal, names.said),
        [_attention(row, learner, names) for row in _gentle(answers["students_at_risk"])],
        making.wins(_recent(answers["students_wins"], meta), names),
        meta,
    )


def _weeks(learner: Learner, rows: Sequence[Row], goal: WeekGoal, said: NullTranslations) -> Weeks:
    row = rows[0] if rows else {"usual": None}
    now, last, before = (
        row.get(period) or making.empty_week(learner, ago)
        for ago, period in enumerate(("this_week", "last_week", "week_before"))
    )
    usual = row["usual"]
    return Weeks(
        _figures(now),
        _figures(last),
        _figures(before),
        _figures(usual) if usual else None,
        week_words(learner.name, now, last, usual, goal, said),
    )


def _figures(week: Row) -> WeekFigures:
    return WeekFigures(
        week["week_start"],
        week["active_days"],
        making.minutes_of(week),
        week["started"],
        week["completed"],
        week["mastered"],
        week["points"],
    )


def _recent(wins: Sequence[Row], meta: ViewMeta) -> list[Row]:
    if meta.as_of is None:
        return []
    earliest = meta.as_of - timedelta(days=WINS_DAYS)
    return [row for row in wins if row["occurred_at"] > earliest]


def _gentle(flags: Sequence[Row]) -> list[Row]:
    """Of many concepts that do not go on, the latest few: a list of failures helps nobody."""
    stuck = [row for row in flags if row["rule"] == "stuck"]
    stuck.sort(key=lambda row: row["last_event_at"], reverse=True)
    return [row for row in flags if row["rule"] != "stuck"] + stuck[:STUCK_MAX]


def _attention(row: Row, learner: Learner, names: Names) -> Attention:
    concept = names.concept(row["concept_id"]) if row["concept_id"] else None
    return Attention(
        row["rule"],
        concept,
        row["have"],
        row["need"],
        row["last_event_at"],
        attention_words(learner.name, row, concept.name if concept else "", names.said),
    )
