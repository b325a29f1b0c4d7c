"""A table of a page as a file: its cells as they are, figures as figures."""

from __future__ import annotations

import csv
import io

import pytest

from reports.onscreen import address_of, csv_of
from reports.templating import environment
from tests.hostile import PAYLOADS

PAGE = """<!doctype html><title>x</title><table id="other"><tr><td>no</td></tr></table>
<table id="it"><caption>not in it</caption>
<thead><tr><td></td><th class="num"><details class="means"><summary>Time</summary><p>Its meaning.
</p></details></th><th class="num">Score</th><th>Name</th></tr></thead>
<tbody><tr><th><a href="/x"><bdi>Ada &amp; Bob</bdi></a></th><td class="num">90 s</td>
<td class="num">0.25</td><td>007</td></tr>
<tr><th>Cleo<br>second</th><td class="num">5400 s</td><td class="num"><abbr>&ndash;</abbr></td>
<td><span role="img" aria-label="mastered">M</span><svg aria-hidden="true"><text>no</text></svg>
</td></tr><tr><th>-</th><td class="num">0 s</td><td class="num">+5</td><td>=1+1</td></tr></table>"""


def rows(html: str, table: str = "it") -> list[list[str]]:
    text = csv_of(html, table)
    assert text is not None
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_what_is_seen_is_in_the_file_and_nothing_else():
    assert rows(PAGE) == [
        ["", "Time (s)", "Score", "Name"],
        ["Ada & Bob", "90", "0.25", "007"],
        ["Cleo second", "5400", "", "mastered"],
        ["'-", "0", "5", "'=1+1"],
    ]


def test_numbers_stand_bare_and_texts_quoted():
    text = csv_of(PAGE, "it") or ""

    assert '"Ada & Bob",90,0.25,"007"\r\n' in text


def test_a_page_without_the_table_has_no_file():
    assert csv_of(PAGE, "title") is None
    assert csv_of("", "it") is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_is_one_cell(payload):
    template = (
        '<table id="it"><tr><th>{{ it }}</th><td class="num">{{ 1.5|number }}</td></tr></table>'
    )
    html = environment("en", bare=True).from_string(template).render(it=payload)

    assert len(rows(html)) == 1
    assert rows(html)[0][1:] == ["1.5"]


def test_the_address_keeps_what_was_asked_for():
    assert address_of("/a/b?sort=name&x=%C3%A4&table=old", "new") == (
        "/a/b?sort=name&x=%C3%A4&table=new"
    )
    assert address_of("/a", "new") == "/a?table=new"
