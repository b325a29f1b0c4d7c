"""The figure of a child's weekly summary: the time of this week beside the weeks before."""

from __future__ import annotations

from functools import cache

import altair as alt
from babel.dates import format_skeleton

from reports.figures.drawing import BLUE, PALE, Figure, Shape, drawn, shaped
from reports.languages import Language
from reports.phrases import duration
from reports.views.weekly import ChildWeek, PastWeek

MINUTE = 60
WEEKS_MIN = 2  # one bar compares with nothing


def past(child: ChildWeek, spoken: Language) -> Figure | None:
    """Learning time in the weeks that say what is usual."""
    said, shown = spoken.translations, child.past
    if len(shown) < WEEKS_MIN or not any(week.total_time_spent for week in shown):
        return None
    usual = child.usual.total_time_spent if child.usual else 0
    return Figure(
        said.gettext("Learning time by week"),
        said.gettext("Usual: %(time)s a week.") % {"time": duration(said, usual)},
        said.gettext("A bar for each of the last weeks shows the minutes of learning."),
        _drawn(child, spoken),
        (said.gettext("Week of"), said.gettext("Learning time"), said.gettext("Mastered")),
        tuple(
            (
                _day(week, spoken),
                duration(said, week.total_time_spent),
                str(week.mastered),
            )
            for week in shown
        ),
    )


def _drawn(child: ChildWeek, spoken: Language) -> str:
    weeks = [
        {
            "week": _day(week, spoken),
            "minutes": round(week.total_time_spent / MINUTE),
            "current": week.week_start == child.week.week_start,
        }
        for week in child.past
    ]
    return drawn(_shape(spoken.translations.gettext("minutes")), 90, weeks=weeks)


@cache
def _shape(minutes: str) -> Shape:
    base = alt.Chart(alt.NamedData("weeks")).encode(
        alt.X("week:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
        alt.Y("minutes:Q", title=minutes, axis=alt.Axis(tickCount=3)),
    )
    bars = base.mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3).encode(
        color=alt.condition("datum.current", alt.value(BLUE), alt.value(PALE))
    )
    return shaped(alt.layer(bars, base.mark_text(dy=-7).encode(text="minutes:Q")))


def _day(week: PastWeek, spoken: Language) -> str:
    return format_skeleton("MMMd", week.week_start, locale=spoken.babel)
