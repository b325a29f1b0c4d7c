"""CSV: typed, readable by any reader, and never a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import tabular

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
UNSEEN = " \t\r\n\"'`\u00a0\u00ad\u200b\u200e\u202e\u2066\ufeff\u3000"


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_each_type_is_written_so_that_it_stays_one():
    at = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    cells: list[tabular.Cell] = [
        "Ada",
        3,
        -3,
        0.1,
        True,
        None,
        date(2026, 3, 4),
        at,
        "007",
        'say "hi", twice',
    ]

    assert tabular.line(cells) == (
        '"Ada",3,-3,0.1,true,,2026-03-04,2026-03-04T12:30:00Z,"007","say ""hi"", twice"\r\n'
    )


def test_the_first_line_begins_with_the_mark():
    assert tabular.header(["a", "b"]).encode() == b'\xef\xbb\xbf"a","b"\r\n'


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", *UNSEEN, " \t\u200b"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(sign, before):
    (cell,) = read(tabular.line([f"{before}{sign}1+1"]))[0]

    assert cell.strip(UNSEEN.replace("'", "")).startswith("'")
    assert cell.endswith(f"{sign}1+1")


def test_a_formula_behind_a_semicolon_or_tab_is_none_either():
    for text in ("a;=1+1", "a\t=1+1", "a; =1+1", 'a;"=1+1', "a\r\n=1+1"):
        line = tabular.line([text])
        for delimiter in (",", ";", "\t"):
            cells = [cell for row in read(line, delimiter) for cell in row]
            assert not [cell for cell in cells if cell.strip(UNSEEN)[:1] in set(SIGNS)]


def test_texts_without_signs_at_their_beginning_stay_as_they_are():
    for text in ("1-2", "a=b", "x@y.example", "Tom & Jerry; Ada", "C++", "Émile \u2013 Zoë"):
        assert read(tabular.line([text])) == [[text]]


@given(st.lists(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False)), min_size=1))
def test_any_row_is_one_row_with_its_numbers(cells):
    (found,) = read(tabular.line(cells))

    assert len(found) == len(cells)
    for cell, value in zip(found, cells, strict=True):
        if not isinstance(value, str):
            assert float(cell) == float(value)
