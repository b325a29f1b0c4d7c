"""The weekly summary: one week of each of a parent's children, beside goals and their own past.

A child is compared with nobody else. Days are those of the child's own clock, times are seconds,
scores 0 to 1; `standing` and `attention` hold for the instant `meta.as_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from reports.dashboards.parts import STRICT, Attention, ViewMeta
from reports.views.student import Badge, Concept, Definition, Earlier, Range, Standing, Week


@dataclass(frozen=True, slots=True)
class PastWeek:
    """A week of the child that is over."""

    __pydantic_config__ = STRICT
    week_start: Annotated[date, Field(description="Monday.")]
    active_days: int
    total_time_spent: Annotated[int, Field(description="Seconds.")]
    started: int
    completed: int
    mastered: int
    points: int


@dataclass(frozen=True, slots=True)
class Usual:
    """What a week of this child is like: the median of each figure of `past`."""

    __pydantic_config__ = STRICT
    weeks: Annotated[int, Field(description="How many weeks are behind it.")]
    active_days: float
    total_time_spent: Annotated[float, Field(description="Seconds.")]
    started: float
    completed: float
    mastered: float
    points: float


@dataclass(frozen=True, slots=True)
class ChildWeek:
    """One child's week."""

    __pydantic_config__ = STRICT
    student_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    range: Annotated[Range, Field(description="Monday to Sunday.")]
    words: Annotated[list[str], Field(description="The most important of it, in sentences.")]
    week: Annotated[
        Week, Field(description="The figures; the goal only in a week that is over and had any.")
    ]
    before: Annotated[
        Earlier | None,
        Field(
            description="The same of the week before, up to the same day; null where the child "
            "had not begun by then."
        ),
    ]
    usual: Annotated[Usual | None, Field(description="Null before a first whole week.")]
    past: Annotated[
        list[PastWeek],
        Field(
            description="Up to eight whole weeks up to this one, without those before the child "
            "began, oldest first."
        ),
    ]
    mastered: Annotated[list[Concept], Field(description="Concepts first mastered in the week.")]
    badges: Annotated[list[Badge], Field(description="Earned in the week, oldest first.")]
    standing: Standing
    attention: Annotated[
        list[Attention],
        Field(description="What calls for a look now; empty for weeks before the last one."),
    ]
    meta: ViewMeta


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """A week of every child whom the parent may see at the moment of the request."""

    __pydantic_config__ = STRICT
    parent_id: str
    name: Annotated[str | None, Field(description="Null where the name is not known.")]
    week: Annotated[
        date | None,
        Field(description="As asked for; null means the last week that is over for each child."),
    ]
    language: Annotated[str, Field(description="Of the words.")]
    children: list[ChildWeek]
    definitions: Annotated[dict[str, Definition], Field(description="By the name of the figure.")]
    meta: ViewMeta
