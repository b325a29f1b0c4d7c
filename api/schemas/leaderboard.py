"""Shapes of leaderboards: aliases and points, never who is behind them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schemas.base import META_EXAMPLE, Meta, Shape, example

Scope = Literal["class", "all"]
Period = Literal["week", "month", "all"]


class Ranked(Shape):
    """One line of a list."""

    rank: int = Field(description="Equal points share a rank: 1, 2, 2, 4.")
    alias: str
    points: int


class You(Shape):
    """The asking student's own place."""

    rank: int
    points: int
    neighbours: list[Ranked] = Field(description="Up to two lines on each side.")


class Leaderboard(Shape):
    """A list of those who opted in, or why there is none."""

    model_config = example(
        {
            "scope": "class",
            "scope_id": "class-7a",
            "period": "week",
            "entries": [{"rank": 1, "alias": "Night Owl", "points": 120}],
            "you": {"rank": 1, "points": 120, "neighbours": []},
            "reason": None,
            "meta": META_EXAMPLE,
        }
    )

    scope: Scope
    scope_id: str
    period: Period
    entries: list[Ranked]
    you: You | None = Field(description="Null for everybody but a ranked student.")
    reason: str | None = Field(description="Why there is no list, or why you are not on it.")
    meta: Meta


class LeaderboardSwitch(Shape):
    """Whether a class has a leaderboard."""

    model_config = example({"enabled": False})

    enabled: bool = Field(strict=True)
