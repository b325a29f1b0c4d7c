"""Places in a list that is read in pages: opaque to clients, checked when they come back."""

from __future__ import annotations

import base64
import binascii

from api.errors import InvalidRequest

_PREFIX = b"o"
_DIGITS_MAX = 9


def encode(offset: int) -> str:
    """The cursor of the page that begins after `offset` rows."""
    return base64.urlsafe_b64encode(_PREFIX + str(offset).encode()).decode().rstrip("=")


def decode(cursor: str | None) -> int:
    """The offset of a cursor; no cursor is the beginning."""
    if cursor is None:
        return 0
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    digits = raw.removeprefix(_PREFIX)
    if not raw.startswith(_PREFIX) or not digits.isdigit() or len(digits) > _DIGITS_MAX:
        raise InvalidRequest(
            "cursor is not one that this service gave out.",
            cure="Send the next_cursor of the page before, or leave it out.",
            field="cursor",
        )
    return int(digits)
