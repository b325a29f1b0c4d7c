"""Reports as documents: what a template needs beside the view."""

from __future__ import annotations

import base64
from datetime import datetime
from functools import cache, singledispatch

from babel.dates import format_date, format_datetime
from jinja2 import Environment

from reports.cleaning import printable
from reports.figures import school_class as class_figures
from reports.figures import student as student_figures
from reports.figures import week as week_figures
from reports.figures.drawing import Figures
from reports.languages import Language, language
from reports.phrases import point_reasons
from reports.templating import day_before, environment
from reports.typesetting import Typesetter
from reports.views.cover import Cover
from reports.views.school_class import ClassReport
from reports.views.student import StudentReport
from reports.views.weekly import WeeklySummary


@cache
def typesetter() -> Typesetter:
    """The one of this process."""
    return Typesetter()


@singledispatch
def html_of(view: object) -> str:
    """A view as the text of a document."""
    raise TypeError(f"{type(view).__name__} is no view that is printed")


@html_of.register
def cover_html(cover: Cover) -> str:
    """The first sheet of a file of many reports."""
    spoken, view = language(cover.language), printable(cover)
    days = [view.first_day, day_before(view.end_day) if view.end_day else None]
    return _environment(cover.language).get_template("documents/cover.html").render(
        students=view.students,
        days=" \u2013 ".join(format_date(day, locale=spoken.babel) for day in days if day),
        as_of=_as_of(view.as_of, spoken),
    )  # fmt: skip


@html_of.register
def student_html(report: StudentReport) -> str:
    """The student progress report as the text of a document."""
    spoken, view = language(report.language), printable(report)
    return _environment(report.language).get_template("documents/student.html").render(
        view=view,
        figures=figures_of(view),
        as_of=_as_of(view.meta.as_of, spoken),
        reasons=point_reasons(spoken.translations),
    )  # fmt: skip


@html_of.register
def class_html(report: ClassReport) -> str:
    """The report of a class as the text of a document."""
    spoken, view = language(report.language), printable(report)
    return _environment(report.language).get_template("documents/school_class.html").render(
        view=view, figures=figures_of(view), as_of=_as_of(view.meta.as_of, spoken)
    )  # fmt: skip


@html_of.register
def week_html(summary: WeeklySummary) -> str:
    """The weekly summary of a parent as the text of a document."""
    spoken, view = language(summary.language), printable(summary)
    return _environment(summary.language).get_template("documents/week.html").render(
        view=view, figures=figures_of(view), as_of=_as_of(view.meta.as_of, spoken)
    )  # fmt: skip


@singledispatch
def figures_of(view: object) -> Figures:
    """The figures of a printable view by name; None where there is not enough data for one."""
    raise TypeError(f"{type(view).__name__} has no figures")


@figures_of.register
def student_figures_of(report: StudentReport) -> Figures:
    """Weeks, subjects and hours of a student's report."""
    spoken = language(report.language)
    return {
        "weeks": student_figures.weeks(report, spoken),
        "subjects": student_figures.subjects(report, spoken),
        "hours": student_figures.hours(report, spoken),
    }


@figures_of.register
def class_figures_of(report: ClassReport) -> Figures:
    """Where a class stands, and its hardest concepts."""
    spoken = language(report.language)
    return {
        "standing": class_figures.standing(report, spoken),
        "difficulty": class_figures.difficulty(report, spoken),
    }


@figures_of.register
def week_figures_of(summary: WeeklySummary) -> Figures:
    """Each child's last weeks, by their place in the summary: 1, 2 and so on."""
    spoken = language(summary.language)
    return {
        str(place): week_figures.past(child, spoken)
        for place, child in enumerate(summary.children, 1)
    }


def _environment(tag: str) -> Environment:
    made = environment(tag).overlay()
    made.filters = {**made.filters, "embedded": _embedded}
    return made


def _embedded(svg: str) -> str:
    """A picture as an address that needs no fetching."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _as_of(at: datetime | None, spoken: Language) -> str:
    """Until when the figures hold; told in UTC, which readers of any zone can place."""
    if at is None:
        return spoken.translations.gettext("no figures yet")
    when = format_datetime(at, "d MMM y, HH:mm", locale=spoken.babel)
    return spoken.translations.gettext("as of %(when)s UTC") % {"when": when}
