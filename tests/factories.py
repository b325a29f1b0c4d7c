"""Builders of received events: a test states what matters to it, the rest is filled in.

The local day is worked out here with the standard library, not by the code under test.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from warehouse.events import ReceivedEvent

RECEIVED_AT = datetime(2024, 6, 1, tzinfo=UTC)


def instant(text: str) -> datetime:
    """The instant that a text names; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def received(
    student_id: str = "ada",
    event_type: str = "started",
    concept_id: str | None = "fractions",
    at: str | datetime = "2024-03-04 10:00",
    *,
    zone: str = "UTC",
    **more: Any,
) -> ReceivedEvent:
    """An event as the lake keeps it; an id not given is made of what tells events apart."""
    occurred_at = instant(at) if isinstance(at, str) else at.astimezone(UTC)
    if event_type == "points_awarded":
        concept_id = None
    local = occurred_at.astimezone(ZoneInfo(zone))
    event_id = f"{student_id}-{concept_id}-{event_type}-{occurred_at:%Y%m%dT%H%M%S.%f}"
    event = ReceivedEvent(
        event_id=event_id,
        student_id=student_id,
        concept_id=concept_id,
        item_id=None,
        event_type=event_type,
        score=None,
        time_spent=0,
        occurred_at=occurred_at,
        time_zone=zone,
        local_date=local.date(),
        local_hour=local.hour,
        helped_student_id="someone" if event_type == "helped" else None,
        points=10 if event_type == "points_awarded" else None,
        reason="tidy notes" if event_type == "points_awarded" else None,
        received_at=RECEIVED_AT,
        actor="teacher" if event_type == "points_awarded" else student_id,
        source="api",
        fingerprint=0,
    )._replace(**more)
    return event._replace(fingerprint=fingerprint(event))


def fingerprint(event: ReceivedEvent) -> int:
    """64 bits that differ whenever what the sender said differs."""
    said = event._replace(event_id="", received_at=RECEIVED_AT, fingerprint=0, actor="", source="")
    digest = hashlib.blake2b(repr(said).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
