"""The figures of a class's report: where it stands by concept, and which concepts are hard."""

from __future__ import annotations

from functools import cache

import altair as alt
from babel.numbers import format_percent

from reports.dashboards.classes import ConceptColumn
from reports.figures.drawing import BLUE, Figure, Shape, drawn, shaped
from reports.languages import Language
from reports.views.school_class import ClassReport

SHOWN_MAX = 12
# From dark to light in the order of how far: still told apart in grey and by the colour-blind.
SHADES = {
    "mastered": "#174a84",
    "completed": "#5c93d1",
    "started": "#bcd2ee",
    "needs_help": "#c2750c",
    "not_started": "#dddddd",
}


def standing(report: ClassReport, spoken: Language) -> Figure | None:
    """Students by how far they are, for the concepts in which most need help or are at work."""
    said = spoken.translations
    shown = _in_hand(report.concepts)
    if not shown:
        return None
    labels = {
        "mastered": said.gettext("mastered"),
        "completed": said.gettext("completed"),
        "started": said.gettext("begun"),
        "needs_help": said.gettext("needs help"),
        "not_started": said.gettext("not begun"),
    }
    helped = [one for one in shown if one.needs_help]
    takeaway = said.gettext("Nobody is stuck in one of these concepts.")
    if helped:
        takeaway = said.ngettext(
            "Help is needed most in %(concept)s: %(count)s student.",
            "Help is needed most in %(concept)s: %(count)s students.",
            helped[0].needs_help,
        ) % {"concept": helped[0].name, "count": helped[0].needs_help}
    return Figure(
        said.gettext("Where the class stands"),
        takeaway,
        said.gettext("A bar for each concept, its parts the students by how far they are."),
        _stacks(shown, labels, said.gettext("students")),
        (said.gettext("Concept"), *labels.values()),
        tuple((one.name, *(str(getattr(one, part)) for part in labels)) for one in shown),
    )


def _in_hand(concepts: list[ConceptColumn]) -> list[ConceptColumn]:
    return sorted(
        concepts, key=lambda one: (-one.needs_help, -one.started, one.mastered, one.concept_id)
    )[:SHOWN_MAX]


def _stacks(shown: list[ConceptColumn], labels: dict[str, str], students: str) -> str:
    rows = [
        {
            "concept": one.name,
            "part": label,
            "place": place,
            "students": getattr(one, part),
        }
        for one in shown
        for place, (part, label) in enumerate(labels.items())
    ]
    return drawn(_stacks_shape(tuple(labels.values()), students), 24 * len(shown), stacks=rows)


@cache
def _stacks_shape(labels: tuple[str, ...], students: str) -> Shape:
    colour = alt.Scale(domain=list(labels), range=list(SHADES.values()))
    return shaped(
        alt.Chart(alt.NamedData("stacks"))
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(
            alt.Y("concept:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
            alt.X("students:Q", title=students, axis=alt.Axis(tickMinStep=1)),
            alt.Color(
                "part:N",
                scale=colour,
                legend=alt.Legend(title=None, orient="top", labelColor="currentColor"),
            ),
            alt.Order("place:Q"),
        )
    )


def difficulty(report: ClassReport, spoken: Language) -> Figure | None:
    """The hardest of the class's concepts, as all students of the school find them."""
    said = spoken.translations
    hard = [(one.difficulty, one) for one in report.concepts if one.difficulty is not None]
    hard.sort(key=lambda pair: (-pair[0], pair[1].concept_id))
    shown = hard[:SHOWN_MAX]
    if not shown:
        return None
    rows = [
        {"concept": one.name, "ratio": ratio, "label": _percent(ratio, spoken)}
        for ratio, one in shown
    ]
    return Figure(
        said.gettext("Hardest concepts"),
        said.gettext("Hardest for all students: %(concept)s, %(share)s missed at the first try.")
        % {"concept": shown[0][1].name, "share": _percent(shown[0][0], spoken)},
        said.gettext("A bar for each concept shows what was missing in the mean first score."),
        drawn(_difficulty_shape(), 22 * len(shown), concepts=rows),
        (said.gettext("Concept"), said.gettext("Difficulty"), said.gettext("Students")),
        tuple((one.name, _percent(ratio, spoken), str(one.student_count)) for ratio, one in shown),
    )


@cache
def _difficulty_shape() -> Shape:
    base = alt.Chart(alt.NamedData("concepts")).encode(
        alt.Y("concept:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
        alt.X("ratio:Q", axis=None, scale=alt.Scale(domain=[0, 1.1])),
    )
    bars = base.mark_bar(color=BLUE, height={"band": 0.7})
    return shaped(alt.layer(bars, base.mark_text(align="left", dx=6).encode(text="label:N")))


def _percent(ratio: float, spoken: Language) -> str:
    return format_percent(round(ratio, 2), locale=spoken.babel)
