"""The event contract: what a learning event may say, in one place for API, batch and import.

Rules of the content are here; how an event is kept (store, lake) and what it means (tables) are
not. The limits of single fields are in event_fields.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, NoReturn

import pyarrow as pa
import uuid_utils
from pydantic import ValidationError

from warehouse.errors import InvalidEvent
from warehouse.event_fields import AwardBody, EventBody, problem_of
from warehouse.zones import zone_info

FUTURE_TOLERANCE = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
HALF_A_SECOND = 0.5


class EventType(StrEnum):
    """What happened; `points_awarded` is written by the award endpoint only."""

    STARTED = "started"
    ATTEMPTED = "attempted"
    COMPLETED = "completed"
    MASTERED = "mastered"
    HELPED = "helped"
    POINTS_AWARDED = "points_awarded"


class Event(NamedTuple):
    """What the sender said, checked and normalised; what they left out is None."""

    event_id: str | None
    student_id: str
    concept_id: str | None = None
    item_id: str | None = None
    event_type: str = ""
    score: float | None = None
    time_spent: int = 0
    occurred_at: datetime | None = None
    time_zone: str | None = None
    helped_student_id: str | None = None
    points: int | None = None
    reason: str | None = None


class ReceivedEvent(NamedTuple):
    """An event as it is acknowledged, kept in the inbox and landed in the lake."""

    event_id: str
    student_id: str
    concept_id: str | None
    item_id: str | None
    event_type: str
    score: float | None
    time_spent: int
    occurred_at: datetime
    time_zone: str
    local_date: date
    local_hour: int
    helped_student_id: str | None
    points: int | None
    reason: str | None
    received_at: datetime
    actor: str
    source: str
    fingerprint: int


_INSTANT = pa.timestamp("us", tz="UTC")
LAKE_SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("student_id", pa.string(), nullable=False),
        pa.field("concept_id", pa.string()),
        pa.field("item_id", pa.string()),
        pa.field("event_type", pa.string(), nullable=False),
        pa.field("score", pa.float64()),
        pa.field("time_spent", pa.int32(), nullable=False),
        pa.field("occurred_at", _INSTANT, nullable=False),
        pa.field("time_zone", pa.string(), nullable=False),
        pa.field("local_date", pa.date32(), nullable=False),
        pa.field("local_hour", pa.int8(), nullable=False),
        pa.field("helped_student_id", pa.string()),
        pa.field("points", pa.int32()),
        pa.field("reason", pa.string()),
        pa.field("received_at", _INSTANT, nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("fingerprint", pa.int64(), nullable=False),
    ]
)


def parse_event(data: Mapping[str, object], *, now: datetime) -> Event:
    """The event that a client sent, or InvalidEvent naming the field and the cure."""
    try:
        body = EventBody.model_validate(data)
    except ValidationError as error:
        raise problem_of(error) from None
    _check_people(body)
    score, sent_at = body.score, body.occurred_at
    whole = int(body.time_spent or 0.0)
    return Event(
        body.event_id,
        body.student_id,
        body.concept_id,
        body.item_id,
        body.event_type,
        # Adding zero turns -0.0 into 0.0, so equal scores have equal fingerprints.
        None if score is None else score + 0.0,
        # Half a second rounds up; `round` would round half to even.
        whole + (body.time_spent - whole >= HALF_A_SECOND) if body.time_spent else 0,
        None if sent_at is None else _instant(sent_at, now),
        None if body.time_zone is None else zone_info(body.time_zone).key,
        body.helped_student_id,
    )


def award_event(
    *, student_id: object, points: object, reason: object, event_id: object = None
) -> Event:
    """The `points_awarded` event of the award endpoint, or InvalidEvent."""
    sent = {
        "event_id": event_id, "student_id": student_id, "points": points, "reason": reason
    }  # fmt: skip
    try:
        body = AwardBody.model_validate(sent)
    except ValidationError as error:
        raise problem_of(error) from None
    return Event(
        event_id=body.event_id,
        student_id=body.student_id,
        event_type=EventType.POINTS_AWARDED.value,
        points=body.points,
        reason=body.reason,
    )


def receive(
    event: Event,
    *,
    received_at: datetime,
    actor: str,
    source: str,
    profile_zone: str | None,
    default_zone: str,
) -> ReceivedEvent:
    """Fill in what the sender left out; the local day and hour are fixed here for ever."""
    occurred_at = event.occurred_at or received_at
    time_zone = event.time_zone or profile_zone or default_zone
    local = occurred_at.astimezone(zone_info(time_zone))
    return ReceivedEvent(
        event.event_id or str(uuid_utils.uuid7()),
        event.student_id,
        event.concept_id,
        event.item_id,
        event.event_type,
        event.score,
        event.time_spent,
        occurred_at,
        time_zone,
        local.date(),
        local.hour,
        event.helped_student_id,
        event.points,
        event.reason,
        received_at,
        actor,
        source,
        fingerprint(event),
    )


def fingerprint(event: Event) -> int:
    """64 bits of what the sender said, without the id and before defaults that depend on receipt.

    A retry of the same body has the same fingerprint whenever it arrives. No field may hold a
    control character or be empty, so the separator makes the text unambiguous.
    """
    said = "\x1f".join(
        [
            event.student_id,
            event.concept_id or "",
            event.item_id or "",
            event.event_type,
            "" if event.score is None else repr(event.score),
            str(event.time_spent),
            "" if event.occurred_at is None else event.occurred_at.isoformat(),
            event.time_zone or "",
            event.helped_student_id or "",
            "" if event.points is None else str(event.points),
            event.reason or "",
        ]
    )
    digest = hashlib.blake2b(said.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _check_people(body: EventBody) -> None:
    """Which event types need a concept, and which a second student."""
    helped = body.helped_student_id
    if body.event_type == "helped":
        if helped is None or helped == body.student_id:
            problem = "is missing" if helped is None else "is the student's own id"
            _refuse("helped_student_id", problem, "A helped event names another student.")
    elif helped is not None:
        problem = f"does not belong to an event of type {body.event_type}"
        _refuse("helped_student_id", problem, "Leave it out, or send event_type helped.")
    elif body.concept_id is None:
        _refuse("concept_id", "is missing", "Only helped events may do without a concept.")


def _instant(sent: str | datetime, now: datetime) -> datetime:
    """The instant in UTC; digits beyond the microsecond are cut off."""
    instant = _parsed(sent) if isinstance(sent, str) else sent
    if instant.utcoffset() is None:
        _refuse("occurred_at", "has no offset", "Say which zone: a time with Z or with +01:00.")
    # Compared before the conversion: near year 1 and 9999 converting overflows.
    if instant < EARLIEST:
        _refuse("occurred_at", f"is {sent}", "Events before the year 2000 are not accepted.")
    if instant > now + FUTURE_TOLERANCE:
        _refuse(
            "occurred_at",
            f"is {sent}, in the future",
            "Send the instant at which it happened; check the sender's clock.",
        )
    return instant.astimezone(UTC)


def _parsed(sent: str) -> datetime:
    try:
        return datetime.fromisoformat(sent.upper())
    except ValueError:
        _refuse("occurred_at", f"is {sent}", "That day is not in the calendar.")


def _refuse(field: str, problem: str, cure: str) -> NoReturn:
    raise InvalidEvent(f"{field} {problem}.", cure=cure, field=field)
