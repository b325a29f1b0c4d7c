"""Places in a student's ledger: opaque to clients, checked when they come back.

A place names the event whose row came last, and how many rows of it were given: rows that arrive
meanwhile, at the head or late in the middle, neither repeat what the client has nor hide the rest.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from api.errors import InvalidRequest
from warehouse.reader import Row

CURSOR_LENGTH_MAX = 400


class Place(NamedTuple):
    """Where a page begins: at an event, after some of its rows."""

    before_at: datetime
    before_event: str
    offset: int


BEGINNING = Place(datetime.max.replace(tzinfo=UTC), "~", 0)
# An event earns a handful of rows; the bound keeps numbers that no database takes out of it.
_SENT = TypeAdapter(tuple[int, str, Annotated[int, Field(ge=0, le=10_000)]])
_MICROSECOND = 1_000_000


def after(rows: list[Row], place: Place) -> str:
    """The cursor of the page that follows these rows, which began at `place`."""
    last = rows[-1]
    given = sum(row["event_id"] == last["event_id"] for row in rows)
    if last["event_id"] == place.before_event:
        given += place.offset
    at = round(last["occurred_at"].timestamp() * _MICROSECOND)
    text = orjson.dumps((at, last["event_id"], given))
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def place_of(cursor: str | None) -> Place:
    """The place that a cursor names; none is the beginning."""
    if cursor is None:
        return BEGINNING
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        at, event_id, given = _SENT.validate_json(text, strict=True)
        return Place(datetime.fromtimestamp(at / _MICROSECOND, UTC), event_id, given)
    except (binascii.Error, ValidationError, ValueError, OverflowError, OSError) as error:
        raise InvalidRequest(
            "cursor is not one that this service gave out.",
            cure="Send the next_cursor of the page before, or leave it out.",
            field="cursor",
        ) from error
