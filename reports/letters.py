"""Letters that nobody sees, and text of people without them."""

from __future__ import annotations

import re

# They move other text about, and some viewers stumble over them.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_TURNING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# In what our templates write, a text is between two tags and holds neither < nor >.
_SHOWN = re.compile("(?<=>)[^<]+")


def on_one_line(text: str) -> str:
    """A text as one line of what is seen of it."""
    return UNPRINTABLE.sub("", " ".join(text.split())).strip()


def straight_html(html: str) -> str:
    """A page of which no text turns the rest of its line around, or leads out of its `<bdi>`.

    Marks for one direction, which names in Hebrew or Arabic may need, stay; so do values of forms
    and addresses.
    """
    if not _TURNING.search(html):
        return html
    return _SHOWN.sub(lambda found: _TURNING.sub("", found[0]), html)
