"""Letters that nobody sees, and text of people without them."""

from __future__ import annotations

import re

# They move other text about, and some viewers stumble over them.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def on_one_line(text: str) -> str:
    """A text as one line of what is seen of it."""
    return UNPRINTABLE.sub("", " ".join(text.split())).strip()
