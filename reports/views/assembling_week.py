"""From the rows of one child to their week in the weekly summary. Pure: no clock, no store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median

from reports.dashboards.making import Names
from reports.dashboards.parts import ViewMeta
from reports.views import weekly as views
from reports.views.assembling import assemble
from reports.views.attending import attention_now
from reports.views.period import A_WEEK, Period, monday
from reports.views.saying import Speaker
from reports.views.saying_week import week_words
from reports.views.student import Week
from warehouse.reader import Row

PAST_WEEKS = 8
FIGURES = ("active_days", "total_time_spent", "started", "completed", "mastered", "points")


def child_week(
    speaker: Speaker,
    about: tuple[str, str | None],
    period: Period,
    answers: Mapping[str, Sequence[Row]],
    names: Names,
    meta: ViewMeta,
) -> views.ChildWeek:
    """One child's week from the answers to `assembling.QUERIES`, their days eight weeks back."""
    parts = assemble(period, answers, names)
    week = next(iter(parts.trends.weekly_progress), None) or _not_begun(period.start)
    past = past_weeks(period, answers)
    usual = usual_week(past)
    student_id, name = about
    is_last = period.end > monday(period.today) - A_WEEK
    return views.ChildWeek(
        student_id,
        name,
        parts.range,
        week_words(speaker, parts, week.goal, usual),
        week,
        parts.before,
        usual,
        past,
        [one for one in parts.concepts if one.mastered_on and period.has(one.mastered_on)],
        parts.badges,
        parts.standing,
        attention_now(speaker, answers["students_at_risk"], names) if is_last else [],
        meta,
    )


def past_weeks(period: Period, answers: Mapping[str, Sequence[Row]]) -> list[views.PastWeek]:
    """The whole weeks that say what is usual, as `analytics.week_summaries` takes them."""
    first = next((row["first_active_date"] for row in answers["student_metrics"]), None)
    if first is None:
        return []
    over = min(period.end, monday(period.today))
    begins = (over - n * A_WEEK for n in range(PAST_WEEKS, 0, -1))
    days = _by_week(answers["student_range_days"])
    return [
        views.PastWeek(begin, *(days.get(begin, Counter())[name] for name in FIGURES))
        for begin in begins
        if begin + A_WEEK > first
    ]


def _by_week(days: Iterable[Row]) -> dict[date, Counter[str]]:
    weeks: dict[date, Counter[str]] = {}
    for day in days:
        week = weeks.setdefault(monday(day["local_date"]), Counter())
        week["active_days"] += day["event_count"] > 0
        for name in FIGURES[1:]:
            week[name] += day[name]
    return weeks


def usual_week(past: Sequence[views.PastWeek]) -> views.Usual | None:
    """The median of each figure: one odd week does not move it."""
    if not past:
        return None
    medians = [float(median(getattr(week, name) for week in past)) for name in FIGURES]
    return views.Usual(len(past), *medians)


def _not_begun(week_start: date) -> Week:
    return Week(week_start, False, 0, 0, 0, 0, 0, None, 0, 0, None)  # noqa: FBT003
