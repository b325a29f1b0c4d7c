"""Text of people beside text of ours: without what nobody sees and what moves other text about.

An override or an isolate in a name would turn the rest of its line around, and one that closes an
isolate leads out of `<bdi>` too. Marks for one direction, which names in Hebrew or Arabic may
hold, stay.
"""

from __future__ import annotations

import re

_TURNING = "\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNING}]")
# In what our templates write, text is between two tags and holds neither < nor >.
_TEXT = re.compile("(?<=>)[^<]+")


def straight(text: str) -> str:
    """A text that leaves others alone."""
    return _UNSEEN.sub("", text)


def straight_html(html: str) -> str:
    """The same for all that a page shows; values of forms and addresses stay as they are."""
    if not _UNSEEN.search(html):
        return html
    return _TEXT.sub(lambda found: straight(found[0]), html)
