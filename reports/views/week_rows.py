"""The weekly summary as a table: the columns of the student report, a line for each figure."""

from __future__ import annotations

from collections.abc import Iterator

from reports.views.period import A_DAY, A_WEEK
from reports.views.rows import Figure, Lines, flagged, of_badges, of_concepts
from reports.views.weekly import ChildWeek, WeeklySummary


def week_figures(summary: WeeklySummary) -> Iterator[Figure]:
    """Every figure of each child."""
    for child in summary.children:
        yield from _of_child(child)


def _of_child(child: ChildWeek) -> Iterator[Figure]:
    lines = Lines(child.student_id, child.name)
    days = {"first_day": child.range.start_date, "last_day": child.range.end_date - A_DAY}
    yield from lines.of("range", child.range, **days)
    yield from lines.of("week", child.week, **days)
    if child.week.goal is not None:
        yield from lines.of("goal", child.week.goal, **days)
    if child.before is not None:
        earlier = {
            "first_day": child.before.start_date,
            "last_day": child.before.end_date - A_DAY,
        }
        yield from lines.of("before", child.before, **earlier)
    if child.usual is not None:
        since, until = child.past[0].week_start, child.past[-1].week_start + A_WEEK - A_DAY
        yield from lines.of("usual", child.usual, first_day=since, last_day=until)
    for week in child.past:
        last_day = week.week_start + A_WEEK - A_DAY
        yield from lines.of("past", week, first_day=week.week_start, last_day=last_day)
    yield from of_concepts(lines, child.mastered, days)
    yield from of_badges(lines, child.badges, days)
    yield from lines.of("standing", child.standing)
    yield from flagged(lines, child.attention)
    yield from lines.of("state", child.meta)
