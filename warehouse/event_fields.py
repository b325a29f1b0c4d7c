"""The fields that a sender may fill in, their limits, and the sentences that say so.

Limits live in pydantic's compiled core: a batch of 500 is checked in about a millisecond.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from warehouse.errors import InvalidEvent

AWARD_LIMIT = 10_000
REASON_LIMIT = 200
SECONDS_A_DAY = 86_400

# Rust's `$` matches only at the very end, so a trailing newline does not slip through. Line and
# paragraph separators break lines in logs and CSV just as control characters do. Written out, since
# the pattern is published in the OpenAPI document and few languages know \p{Cc}.
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_TEXT = rf"^[^\s{_CONTROL}]([^{_CONTROL}\u2028\u2029]*[^\s{_CONTROL}])?$"
_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR_MINUTE = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_RFC3339 = rf"^{_DATE}[Tt]{_HOUR_MINUTE}:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]{_HOUR_MINUTE})$"

Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=128, pattern=_TEXT)]
Title = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=REASON_LIMIT, pattern=_TEXT)
]
EventId = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.:-]+$"),
]
_InstantText = Annotated[str, StringConstraints(strict=True, max_length=64, pattern=_RFC3339)]
# Files carry typed instants; JSON carries text. Numbers are refused: seconds or milliseconds?
Instant = Annotated[
    _InstantText | Annotated[datetime, Field(strict=True)],
    Field(union_mode="left_to_right"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Score = Annotated[float, Field(strict=True, ge=0.0, le=1.0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(strict=True, ge=0.0, le=SECONDS_A_DAY, allow_inf_nan=False)]
LearnerEventType = Literal["started", "attempted", "completed", "mastered", "helped"]


def _not_zero(points: int) -> int:
    if points == 0:
        raise ValueError("an award of 0 points says nothing")
    return points


class EventBody(BaseModel):
    """One thing that a student did, as its sender reports it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: EventId | None = Field(
        None, description="The sender's id: the same id with the same content counts once."
    )
    student_id: Name = Field(description="Who did it.")
    concept_id: Name | None = Field(
        None, description="What it was about; required except for helped."
    )
    item_id: Name | None = Field(None, description="The question or exercise inside the concept.")
    event_type: LearnerEventType = Field(description="What happened.")
    score: Score | None = Field(None, description="0.0 to 1.0.")
    time_spent: Seconds | None = Field(
        None, description="Seconds, 0 to 86400, default 0; a fraction is rounded, a half upwards."
    )
    occurred_at: Instant | None = Field(
        None, description="RFC 3339 with offset, from 2000 on; default: the moment of receipt."
    )
    time_zone: Annotated[str, Field(strict=True)] | None = Field(
        None, description="IANA name; default: the student's profile, else DEFAULT_TIMEZONE."
    )
    helped_student_id: Name | None = Field(
        None, description="Whom the student helped; for helped events only."
    )


class AwardBody(BaseModel):
    """Points given (or, negative, taken back) by a person, with the reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: EventId | None = Field(None, description="Idempotency key.")
    student_id: Name = Field(description="Who gets the points.")
    points: Annotated[
        int, Field(strict=True, ge=-AWARD_LIMIT, le=AWARD_LIMIT), AfterValidator(_not_zero)
    ] = Field(description="-10000 to 10000, not 0.")
    reason: Title = Field(description="Why, for the student to read; 1 to 200 characters.")


_A_NAME = "Use text of 1 to 128 characters without control characters or spaces at either end."
_A_TITLE = f"Use text of 1 to {REASON_LIMIT} characters without control characters."
CURES = {
    "event_id": "Use 1 to 128 letters, digits or _ . : - characters, or leave it out.",
    "student_id": _A_NAME,
    "concept_id": _A_NAME,
    "item_id": _A_NAME,
    "helped_student_id": _A_NAME,
    "event_type": "Use started, attempted, completed, mastered or helped.",
    "score": "Use a number from 0.0 to 1.0, or null.",
    "time_spent": "Use seconds as a number from 0 to 86400.",
    "occurred_at": "Use RFC 3339 with an offset, such as 2026-01-31T09:30:00+01:00.",
    "time_zone": "Use an IANA name such as Europe/Berlin, America/New_York or UTC.",
    "points": f"Use a whole number from -{AWARD_LIMIT} to {AWARD_LIMIT}, not 0.",
    "reason": _A_TITLE,
}
_LONGEST_SHOWN = 60


def problem_of(error: ValidationError) -> InvalidEvent:
    """The first thing wrong, as one sentence with its field and cure."""
    first = error.errors(include_url=False, include_context=False)[0]
    location, value = first["loc"], first["input"]
    if not location:
        return InvalidEvent(
            f"The event is {shown(value)}.", cure="Send one object with the event's fields."
        )
    field = str(location[0])
    if field not in CURES or first["type"] == "extra_forbidden":
        return InvalidEvent(
            f"{shown(field)} is not a field that a sender may fill in.",
            cure="Leave it out; see the list of event fields.",
            field=field[:_LONGEST_SHOWN].encode("ascii", "backslashreplace").decode(),
        )
    if value is None or first["type"] == "missing":
        return InvalidEvent(f"{field} is missing.", cure=CURES[field], field=field)
    return InvalidEvent(f"{field} is {shown(value)}.", cure=_cure(field, value), field=field)


_NAME: TypeAdapter[str] = TypeAdapter(Name)
_TITLE: TypeAdapter[str] = TypeAdapter(Title)


def checked_name(field: str, value: object) -> str:
    """An id under the rules of event ids of people and concepts, or InvalidEvent."""
    return _checked(_NAME, field, value, cure=_A_NAME)


def is_name(value: object) -> bool:
    """Whether something can be the id of a person or concept at all."""
    try:
        _NAME.validate_python(value)
    except ValidationError:
        return False
    return True


def checked_title(field: str, value: object) -> str:
    """A name for people to read, or InvalidEvent."""
    return _checked(_TITLE, field, value, cure=_A_TITLE)


def _checked(rule: TypeAdapter[str], field: str, value: object, *, cure: str) -> str:
    try:
        return rule.validate_python(value)
    except ValidationError:
        raise InvalidEvent(f"{field} is {shown(value)}.", cure=cure, field=field) from None


def _cure(field: str, value: object) -> str:
    if field == "occurred_at" and isinstance(value, str) and ":60" in value:
        return "Leap seconds are not kept: send second 59."
    if field == "event_type" and value == "points_awarded":
        return "Awards go through POST /api/gamification/award-points."
    return CURES[field]


def shown(value: Any) -> str:
    """A value short and printable enough for an error message, whatever a client sent."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_SHOWN:
        return "a number far too large"
    text = repr(value[: _LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
