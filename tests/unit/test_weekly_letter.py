"""The weekly summary as a letter: whatever is written in it stays text in both of its parts."""

from __future__ import annotations

import re
from dataclasses import replace
from email.message import EmailMessage

import pytest

from api.schemas.weekly import WEEK_EXAMPLE
from reports.mails import TEMPLATE, Letter, Links, weekly_letter
from reports.templating import TEMPLATES
from tests.hostile import PAYLOADS
from tests.strict_html import read, squeezed, styles_of, words

HOME = "https://school.example"
LINKS = Links(f"{HOME}/parent/kim/week", f"{HOME}/stop")
ELEMENTS = words(
    "html head meta title body h2 ul li p a strong bdi div img table thead tbody tr th td"
)
STYLES = styles_of((TEMPLATES / TEMPLATE).read_text(encoding="utf-8"))
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def letter_with(payload: str) -> Letter:
    """A letter in which every text that somebody could have written is the same one."""
    (child,) = WEEK_EXAMPLE.children
    hostile = replace(
        child,
        name=payload,
        words=[payload],
        mastered=[replace(one, name=payload) for one in child.mastered],
        badges=[replace(one, name=payload) for one in child.badges],
        attention=[replace(one, words=payload) for one in child.attention],
    )
    summary = replace(WEEK_EXAMPLE, children=[hostile])
    return weekly_letter(summary, [payload], LINKS, stale=True)


@pytest.mark.parametrize("place", range(0, len(PAYLOADS), 40))
def test_whatever_is_written_stays_text_in_both_parts(place):
    for payload in PAYLOADS[place : place + 40]:
        letter = letter_with(payload)
        seen = read(letter.html, ELEMENTS, HOME, STYLES)
        header = EmailMessage()
        header["Subject"] = " ".join(letter.subject.split())

        assert seen.wrong == []
        assert seen.links == list(LINKS)
        assert not UNSEEN.search(letter.plain)
        assert "\n" not in letter.subject
        assert len(header.items()) == 1
        if payload.isascii() and payload.isprintable():
            assert squeezed(payload) in squeezed(letter.plain)


def test_a_text_makes_no_line_of_its_own():
    many = letter_with("Ada\r\nBcc: all@example.com\u2028Hello")

    assert not [
        line for line in many.plain.splitlines() if line.startswith(("Bcc", "Hello", "all@"))
    ]
    plain = letter_with("Ada")
    assert len(many.plain.splitlines()) == len(plain.plain.splitlines())
