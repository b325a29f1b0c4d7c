"""The weekly summary on paper and as a table, when every text in it wants to be more than text."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import cycle, islice

import pytest

from api.schemas.weekly import WEEK_EXAMPLE
from reports import tabular
from reports.cleaning import printable
from reports.documents import html_of, typesetter
from reports.views.rows import Figure
from reports.views.week_rows import week_figures
from reports.views.weekly import ChildWeek, WeeklySummary
from tests.hostile import PAYLOADS
from tests.printed import info_of, objects_of, squeezed, text_of

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212"


def hostile_child(payload: str) -> ChildWeek:
    (child,) = WEEK_EXAMPLE.children
    return replace(
        child,
        name=payload,
        words=[payload],
        mastered=[replace(one, name=payload, subject_id=payload) for one in child.mastered],
        badges=[replace(one, name=payload) for one in child.badges],
        attention=[replace(one, words=payload) for one in child.attention],
    )


@pytest.fixture(scope="module")
def summary() -> WeeklySummary:
    payloads = islice(cycle(PAYLOADS), 0, len(PAYLOADS), 8)
    return replace(
        WEEK_EXAMPLE, name=PAYLOADS[0], children=[hostile_child(one) for one in payloads]
    )


def test_on_paper_every_text_stays_text_and_nothing_is_fetched(summary):
    refused = len(typesetter().fetcher.refused)
    pdf = typesetter().pdf(html_of(summary))
    text = squeezed(text_of(pdf))

    assert typesetter().fetcher.refused[refused:] == []
    assert info_of(pdf, "-url").splitlines()[1:] == []
    for name in (b"/EmbeddedFile", b"/URI", b"/Launch", b"/JavaScript", b"/GoToR"):
        assert name not in objects_of(pdf)
    names = [squeezed(child.name or "") for child in printable(summary).children]
    plain = [name for name in names if name.isascii()]
    assert len(plain) > 15
    assert [name for name in plain if name not in text] == []


def test_in_the_table_no_text_becomes_a_formula(summary):
    table = tabular.header(Figure._fields) + "".join(tabular.lines(week_figures(summary)))
    rows = csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline=""))

    for row in rows:
        for name in ("student", "concept", "subject_id", "text"):
            begins = printable(row[name]).lstrip("\"' \u00a0\u3000")[:1]
            assert begins not in SIGNS or "'" in row[name][:8] or not row[name]


def test_a_parent_without_children_has_a_sheet_that_says_so():
    text = text_of(typesetter().pdf(html_of(replace(WEEK_EXAMPLE, children=[]))))

    assert "The school has not named a child" in text
    assert "Page 1 of 1" in text
