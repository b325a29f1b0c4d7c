"""The weekly summary as a mail: subject, plain text and HTML made of one view.

Readers of mail show no SVG, fetch what they are told to and know their own dark mode: so charts are
pictures that come with the mail, their figures beside them for who does not show any, nothing comes
from elsewhere, and text keeps the reader's colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from babel.dates import format_date
from babel.numbers import format_decimal

from reports.cleaning import printable
from reports.figures.drawing import picture
from reports.figures.week import past
from reports.languages import Language, language
from reports.letters import on_one_line
from reports.notices import written_day
from reports.phrases import duration
from reports.templating import environment
from reports.views.period import A_DAY
from reports.views.student import Goal
from reports.views.weekly import ChildWeek, WeeklySummary

TEMPLATE = "mails/week.html"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says."""

    subject: str
    plain: str
    html: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)  # PNG by the name in `cid:…`


class Links(NamedTuple):
    """Where a mail leads."""

    page: str
    unsubscribe: str


class Line(NamedTuple):
    """A figure beside those of the week before and of a usual week."""

    label: str
    now: str
    before: str
    usual: str


def weekly_letter(
    summary: WeeklySummary, news: Sequence[str], links: Links, *, stale: bool
) -> Letter:
    """The summary of some children, and whatever else there is to tell, for their parent."""
    spoken, view = language(summary.language), printable(summary)
    others = [on_one_line(line) for line in news]
    lines = [list(_figures(view, child, spoken)) for child in view.children]
    figures = [past(child, spoken) for child in view.children]
    html = environment(summary.language).get_template(TEMPLATE).render(
        view=view, lines=lines, news=others, links=links, stale=stale,
        goals=[_goal(child.week.goal, spoken) for child in view.children],
        figures=figures,
        day_before=lambda day: day - A_DAY,
    )  # fmt: skip
    plain = "\n".join(_plain(view, lines, others, links, spoken, stale=stale))
    pictures = {f"weeks-{n}": picture(one.svg) for n, one in enumerate(figures) if one}
    return Letter(_subject(summary, spoken), plain, html, pictures)


def _subject(view: WeeklySummary, spoken: Language) -> str:
    say = spoken.translations.gettext
    week = max(child.week.week_start for child in view.children)
    values = {"day": written_day(week, spoken)}
    if len(view.children) > 1:
        return say("Your children: the week of %(day)s") % values
    name = on_one_line(view.children[0].name or "") or say("Your child")
    return say("%(name)s: the week of %(day)s") % {**values, "name": name}


def _figures(view: WeeklySummary, child: ChildWeek, spoken: Language) -> Iterator[Line]:
    said, labels = spoken.translations, view.definitions
    before, usual = child.before, child.usual
    yield Line(
        labels["total_time_spent"].label,
        duration(said, child.week.total_time_spent),
        duration(said, before.total_time_spent) if before else "\u2013",
        duration(said, usual.total_time_spent) if usual else "\u2013",
    )
    for name, earlier in (
        ("active_days", "active_days"),
        ("completed", "concepts_completed"),
        ("mastered", "concepts_mastered"),
        ("points", "points"),
    ):
        values = (
            getattr(child.week, name),
            getattr(before, earlier) if before else None,
            getattr(usual, name) if usual else None,
        )
        yield Line(labels[name].label, *(_number(value, spoken) for value in values))


def _goal(goal: Goal | None, spoken: Language) -> str:
    if goal is None:
        return ""
    count = spoken.translations.ngettext
    parts = []
    if goal.concepts_target is not None:
        said = count(
            "%(done)s of %(n)s concept", "%(done)s of %(n)s concepts", goal.concepts_target
        )
        parts.append(said % {"done": goal.concepts_done, "n": goal.concepts_target})
    if goal.minutes_target is not None:
        said = count("%(done)s of %(n)s minute", "%(done)s of %(n)s minutes", goal.minutes_target)
        parts.append(said % {"done": round(goal.minutes_done), "n": goal.minutes_target})
    return ", ".join(parts)


def _plain(
    view: WeeklySummary,
    lines: list[list[Line]],
    news: Sequence[str],
    links: Links,
    spoken: Language,
    *,
    stale: bool,
) -> Iterator[str]:
    say = spoken.translations.gettext
    for child, figures in zip(view.children, lines, strict=True):
        days = (child.range.start_date, child.range.end_date - A_DAY)
        yield child.name or child.student_id
        yield " \u2013 ".join(_day(day, spoken) for day in days)
        yield ""
        yield from child.words
        yield from (f"! {one.words}" for one in child.attention)
        yield ""
        for line in figures:
            yield say("%(label)s: %(now)s (the week before: %(before)s; usual: %(usual)s)") % (
                line._asdict()
            )
        if child.week.goal is not None:
            yield f"{view.definitions['goal'].label}: {_goal(child.week.goal, spoken)}"
        yield from (f"* {say('Mastered')}: {one.name}" for one in child.mastered)
        yield from (f"* {say('Badge')}: {say(one.name)}" for one in child.badges)
        yield ""
    if news:
        yield from (say("Other news:"), *(f"- {line}" for line in news), "")
    if stale:
        yield from (say("These figures are older than a day; newer ones are on the page."), "")
    yield from (links.page, "", f"{say('No more mail of this kind')}: {links.unsubscribe}", "")


def _day(day: date, spoken: Language) -> str:
    return format_date(day, "long", locale=spoken.babel)


def _number(value: float | None, spoken: Language) -> str:
    return "\u2013" if value is None else format_decimal(round(value, 1), locale=spoken.babel)
