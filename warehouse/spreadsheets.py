"""Texts in tables for spreadsheets: none of them, and no part of one, is taken for a formula.

A spreadsheet takes a text that begins with = + - @ (full-width ones too, and after blanks, quotes
or invisible characters) for a formula, and where it cuts lines at semicolons or tabs, also one that
follows these inside a cell. Such a text gets an apostrophe before the sign, which Excel and
LibreOffice show as part of the text.
"""

from __future__ import annotations

import re

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
# Blanks, quotes and what is not seen: a program may drop them before it looks at the sign.
_UNSEEN = (
    "\\s\"'`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
_FORMULA = re.compile(f"(^|;|\uff1b)([{_UNSEEN}]*)(?=[{_SIGNS}])")


def guarded(text: str) -> str:
    """A text of which no part begins a formula."""
    return _FORMULA.sub(r"\1\2'", text)
