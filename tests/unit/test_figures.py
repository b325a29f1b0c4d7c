"""Charts: valid as Vega-Lite, with words and figures beside them, and nothing that acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.schemas.reports import CLASS_EXAMPLE, EXAMPLE
from api.schemas.weekly import WEEK_EXAMPLE
from reports.figures import school_class, student, week
from reports.languages import language
from reports.views.student import Slot, TimePatterns

HOURS = TimePatterns([Slot(n, n, 60 * n, None, 0) for n in range(24)], [])
REPORT = replace(EXAMPLE, trends=replace(EXAMPLE.trends, time_patterns=HOURS))


@pytest.mark.parametrize("tag", ["en", "de"])
@pytest.mark.parametrize(
    ("draw", "report"),
    [
        (student.weeks, REPORT),
        (student.subjects, REPORT),
        (student.hours, REPORT),
        (school_class.standing, CLASS_EXAMPLE),
        (school_class.difficulty, CLASS_EXAMPLE),
        (week.past, WEEK_EXAMPLE.children[0]),
    ],
)
def test_a_figure_has_words_and_the_figures_that_it_draws(draw, report, tag):
    figure = draw(report, language(tag))

    assert figure.svg.startswith("<svg")
    assert not [name for name in ("<script", "href=", "style=", "role=") if name in figure.svg]
    assert figure.title
    assert figure.takeaway
    assert figure.description
    assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert figure.rows


def test_of_too_little_no_figure_is_drawn():
    quiet = replace(
        EXAMPLE,
        metrics=replace(EXAMPLE.metrics, event_count=3),
        trends=replace(EXAMPLE.trends, weekly_progress=[], subject_distribution=[]),
    )

    for draw in (student.weeks, student.subjects, student.hours):
        assert draw(quiet, language("en")) is None
    (child,) = WEEK_EXAMPLE.children
    assert week.past(replace(child, past=child.past[:1]), language("en")) is None
