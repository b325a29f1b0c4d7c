"""The figures of a student's report: weeks, subjects, hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import altair as alt
from babel.dates import format_skeleton
from babel.numbers import format_percent

from reports.figures.drawing import AMBER, BLUE, PALE, Figure, Shape, drawn, shaped
from reports.languages import Language
from reports.phrases import duration
from reports.views.student import Foreseen, StudentReport, Subject, Week

LABELLED_WEEKS = 14
MINUTE = 60
NOTHING = "\u2013"
HOURS_MIN_EVENTS = 20  # fewer say nothing about when somebody learns
EVENING, NIGHT, MORNING, AFTERNOON = 18, 22, 5, 12


def weeks(report: StudentReport, spoken: Language) -> Figure | None:
    """Learning time week by week, and what the next weeks may bring."""
    shown, _ = report.trends.weekly_progress, spoken.translations.gettext
    if not any(week.total_time_spent for week in shown):
        return None
    ahead = [one for one in report.trends.forecast if one.measure == "minutes"]
    return Figure(
        _("Learning time by week"),
        _weeks_takeaway(shown, spoken),
        _("A bar for each week shows the minutes of learning; weeks that are not whole are pale.")
        + (" " + _("Lines show what the next weeks may bring.") if ahead else ""),
        _weeks_drawn(shown, ahead, spoken),
        (_("Week of"), _("Learning time"), _("Completed"), _("Mastered"), _("Points")),
        tuple(
            (
                _day(week.week_start, spoken),
                duration(spoken.translations, week.total_time_spent),
                str(week.completed),
                str(week.mastered),
                str(week.points),
            )
            for week in shown
        ),
    )


def _weeks_takeaway(shown: list[Week], spoken: Language) -> str:
    said = spoken.translations
    best = max(shown, key=lambda week: (week.total_time_spent, week.week_start))
    active = sum(week.active_days > 0 for week in shown)
    first = said.ngettext(
        "There was learning in %(active)s of %(count)s week.",
        "There was learning in %(active)s of %(count)s weeks.",
        len(shown),
    )
    most = said.gettext("Most in the week of %(day)s: %(time)s.")
    values = {
        "active": active,
        "count": len(shown),
        "day": _day(best.week_start, spoken),
        "time": duration(said, best.total_time_spent),
    }
    return f"{first} {most}" % values if len(shown) > 1 else first % values


def _weeks_drawn(shown: list[Week], ahead: list[Foreseen], spoken: Language) -> str:
    shape = _weeks_shape(
        spoken.translations.gettext("minutes"),
        is_labelled=len(shown) <= LABELLED_WEEKS,
        is_ahead=bool(ahead),
    )
    weeks = [
        {
            "week": _day(week.week_start, spoken),
            "minutes": round(week.total_time_spent / MINUTE),
            "whole": week.whole,
        }
        for week in shown
    ]
    foreseen = [
        {
            "week": _day(one.week_start, spoken),
            "lower": round(one.lower),
            "upper": round(one.upper),
            "expected": round(one.expected),
        }
        for one in ahead
    ]
    return drawn(shape, 150, weeks=weeks, ahead=foreseen)


@cache
def _weeks_shape(minutes: str, *, is_labelled: bool, is_ahead: bool) -> Shape:
    x = alt.X("week:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y("minutes:Q", title=minutes, axis=alt.Axis(tickCount=4))
    base = alt.Chart(alt.NamedData("weeks")).encode(x, y)
    layers = [
        base.mark_bar(cornerRadiusTopLeft=3, cornerRadiusTopRight=3).encode(
            color=alt.condition("datum.whole", alt.value(BLUE), alt.value(PALE))
        )
    ]
    if is_labelled:
        layers.append(base.mark_text(dy=-7).encode(text="minutes:Q"))
    if is_ahead:
        ahead = alt.Chart(alt.NamedData("ahead")).encode(alt.X("week:N", sort=None))
        band = ahead.mark_rule(color=AMBER, strokeWidth=5, opacity=0.45, strokeCap="round")
        point = ahead.mark_point(color=AMBER, filled=True, size=50, opacity=1, shape="diamond")
        layers += [band.encode(y="lower:Q", y2="upper:Q"), point.encode(y="expected:Q")]
    return shaped(alt.layer(*layers))


def subjects(report: StudentReport, spoken: Language) -> Figure | None:
    """Where the time went."""
    said = spoken.translations
    shown = sorted(
        report.trends.subject_distribution, key=lambda one: (-one.time_spent, one.subject_id)
    )
    if not any(one.time_spent for one in shown):
        return None
    first = shown[0]
    return Figure(
        said.gettext("Learning time by subject"),
        said.gettext("Most of the time, %(share)s, went to %(subject)s.")
        % {"share": _percent(first.time_share or 0, spoken), "subject": first.subject_id}
        if len(shown) > 1
        else said.gettext("All of the time went to %(subject)s.") % {"subject": first.subject_id},
        said.gettext("A bar for each subject shows the minutes of learning, the longest first."),
        _subjects_drawn(shown, spoken),
        (
            said.gettext("Subject"),
            said.gettext("Learning time"),
            said.gettext("Share of the time"),
            said.gettext("Mean score"),
            said.gettext("Scores"),
        ),
        tuple(
            (
                one.subject_id,
                duration(said, one.time_spent),
                _percent(one.time_share or 0, spoken),
                NOTHING if one.average_score is None else _percent(one.average_score, spoken),
                str(one.scored_count),
            )
            for one in shown
        ),
    )


def _subjects_drawn(shown: list[Subject], spoken: Language) -> str:
    longest = max(one.time_spent for one in shown)
    rows = [
        {
            "subject": one.subject_id,
            "length": one.time_spent / longest,
            "label": f"{duration(spoken.translations, one.time_spent)} · "
            f"{_percent(one.time_share or 0, spoken)}",
        }
        for one in shown
    ]
    return drawn(_subjects_shape(), 26 * len(rows), subjects=rows)


@cache
def _subjects_shape() -> Shape:
    base = alt.Chart(alt.NamedData("subjects")).encode(
        alt.Y("subject:N", sort=None, title=None, axis=alt.Axis(labelLimit=140)),
        # room for the label beside the longest bar
        alt.X("length:Q", axis=None, scale=alt.Scale(domain=[0, 1.35])),
    )
    bars = base.mark_bar(color=BLUE, cornerRadiusEnd=3, height={"band": 0.7})
    return shaped(alt.layer(bars, base.mark_text(align="left", dx=6).encode(text="label:N")))


def hours(report: StudentReport, spoken: Language) -> Figure | None:
    """At which hours of the student's own clock there was learning."""
    said, slots = spoken.translations, report.trends.time_patterns.hours
    if report.metrics.event_count < HOURS_MIN_EVENTS:
        return None
    rows = [{"hour": slot.number, "minutes": slot.total_time_spent / MINUTE} for slot in slots]
    shape = _hours_shape(said.gettext("hour of the day"), said.gettext("minutes"))
    return Figure(
        said.gettext("Time of day"),
        _hours_takeaway(report, spoken),
        said.gettext("A bar for each hour of the day shows the minutes of learning."),
        drawn(shape, 90, hours=rows),
        (said.gettext("Hour"), said.gettext("Learning time"), said.gettext("Mean score")),
        tuple(
            (
                f"{slot.number}:00",
                duration(said, slot.total_time_spent),
                NOTHING if slot.average_score is None else _percent(slot.average_score, spoken),
            )
            for slot in slots
            if slot.event_count
        ),
    )


@cache
def _hours_shape(hour: str, minutes: str) -> Shape:
    return shaped(
        alt.Chart(alt.NamedData("hours"))
        .mark_bar(color=BLUE)
        .encode(
            alt.X("hour:O", title=hour, axis=alt.Axis(labelAngle=0, values=list(range(0, 24, 3)))),
            alt.Y("minutes:Q", title=minutes, axis=alt.Axis(tickCount=3)),
        )
    )


def _hours_takeaway(report: StudentReport, spoken: Language) -> str:
    _ = spoken.translations.gettext
    parts: list[tuple[str, Callable[[int], bool]]] = [
        (_("in the morning"), lambda hour: MORNING <= hour < AFTERNOON),
        (_("in the afternoon"), lambda hour: AFTERNOON <= hour < EVENING),
        (_("in the evening"), lambda hour: EVENING <= hour < NIGHT),
        (_("at night"), lambda hour: hour >= NIGHT or hour < MORNING),
    ]
    slots = report.trends.time_patterns.hours
    spent = [
        (sum(slot.event_count for slot in slots if within(slot.number)), name)
        for name, within in parts
    ]
    most, name = max(spent, key=lambda pair: pair[0])
    share = most / sum(count for count, _name in spent)
    return _("%(share)s of the learning events were %(when)s.") % {
        "share": _percent(share, spoken),
        "when": name,
    }


def _day(day: date, spoken: Language) -> str:
    return format_skeleton("MMMd", day, locale=spoken.babel)


def _percent(ratio: float, spoken: Language) -> str:
    return format_percent(round(ratio, 2), locale=spoken.babel)
