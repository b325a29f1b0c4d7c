"""The weeks of a range: each with its days that are in it, and a goal where it is whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from reports.views import student as views
from reports.views.adding import Sum, total, totals
from reports.views.period import Period, monday
from warehouse.reader import Row

NOTHING = total([])


def weeks_of(period: Period, answers: Mapping[str, Sequence[Row]]) -> list[views.Week]:
    """Every week with a day in the range that has begun, zeros included."""
    learned = totals(answers["student_range_hours"], lambda row: monday(row["local_date"]))
    goals = {row["week_start"]: row for row in answers["student_goals"]}
    days: dict[date, list[Row]] = defaultdict(list)
    for row in answers["student_range_days"]:
        if period.has(row["local_date"]):
            days[monday(row["local_date"])].append(row)
    return [
        _week(
            start,
            days[start],
            learned.get(start, NOTHING),
            goals.get(start),
            whole=period.has_whole_week(start),
        )
        for start in period.weeks
    ]


def _week(
    start: date, days: Sequence[Row], learned: Sum, goal: Row | None, *, whole: bool
) -> views.Week:
    return views.Week(
        start,
        whole,
        learned.days,
        sum(day["started"] for day in days),
        sum(day["completed"] for day in days),
        sum(day["mastered"] for day in days),
        learned.time_spent,
        learned.average_score,
        learned.scored_count,
        sum(day["points"] for day in days),
        _goal(goal) if whole and goal is not None else None,
    )


def _goal(row: Row) -> views.Goal:
    return views.Goal(
        row["concepts_target"],
        int(row["concepts_done"]),
        row["minutes_target"],
        round(float(row["minutes_done"]), 1),
        row["met_at"] is not None,
    )
