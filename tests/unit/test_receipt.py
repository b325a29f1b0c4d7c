"""Receipt of an event: what is filled in, the local day, and the fingerprint of what was said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from warehouse.events import LAKE_SCHEMA, Event, ReceivedEvent, parse_event, receive

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def parsed(**fields: Any) -> Event:
    """An attempt of ada at fractions, with these fields on top; those that are ... are left out."""
    sent = {"student_id": "ada", "concept_id": "fractions", "event_type": "attempted"} | fields
    return parse_event({k: v for k, v in sent.items() if v is not ...}, now=NOW)


def received(event: Event, **how: Any) -> ReceivedEvent:
    defaults = {"profile_zone": None, "default_zone": "UTC", "actor": "ada", "source": "api"}
    return receive(event, **({"received_at": NOW} | defaults | how))


def test_receipt_fills_in_what_was_left_out():
    event = received(parsed())
    assert event.occurred_at == event.received_at == NOW
    assert (event.time_zone, event.local_date, event.local_hour) == ("UTC", date(2026, 3, 4), 12)
    assert event.event_id[14] == "7"  # UUID version
    assert received(parsed()).event_id != event.event_id


def test_the_zone_is_the_event_s_else_the_profile_s_else_the_default():
    zones = {"profile_zone": "Asia/Tokyo", "default_zone": "America/New_York"}
    assert received(parsed(time_zone="Asia/Kathmandu"), **zones).time_zone == "Asia/Kathmandu"
    assert received(parsed(), **zones).time_zone == "Asia/Tokyo"
    assert received(parsed(), **(zones | {"profile_zone": None})).time_zone == "America/New_York"


@pytest.mark.parametrize(
    ("zone", "at", "day", "hour"),
    [
        ("Europe/Berlin", "2025-10-26T00:30:00Z", date(2025, 10, 26), 2),  # 2 o'clock, first time
        ("Europe/Berlin", "2025-10-26T01:30:00Z", date(2025, 10, 26), 2),  # and again
        ("Europe/Berlin", "2025-03-30T01:00:00Z", date(2025, 3, 30), 3),  # 2 o'clock is skipped
        ("Asia/Kathmandu", "2025-12-31T18:14:59Z", date(2025, 12, 31), 23),
        ("Asia/Kathmandu", "2025-12-31T18:15:00Z", date(2026, 1, 1), 0),
        ("Pacific/Kiritimati", "2025-12-31T10:00:00Z", date(2026, 1, 1), 0),
        ("America/New_York", "2000-01-01T04:59:59Z", date(1999, 12, 31), 23),
    ],
)
def test_the_local_day_and_hour_are_those_of_the_zone(zone, at, day, hour):
    event = received(parsed(time_zone=zone, occurred_at=at))
    assert (event.local_date, event.local_hour) == (day, hour)


def test_a_retry_has_the_same_fingerprint_whenever_it_arrives():
    later = {
        "received_at": NOW + timedelta(days=3),
        "profile_zone": "Asia/Tokyo",
        "source": "import",
    }
    assert received(parsed()).fingerprint == received(parsed(), **later).fingerprint


def test_the_fingerprint_sees_through_spelling_and_not_through_content():
    said = received(parsed(occurred_at="2026-03-04T10:00:00+01:00", score=1, time_spent=2.4))
    same = received(
        parsed(occurred_at="2026-03-04T09:00:00.000Z", score=1.0, time_spent=2, item_id=None)
    )
    assert said.fingerprint == same.fingerprint
    fingerprints = {
        received(parsed(**change)).fingerprint
        for change in (
            {}, {"score": 0.0}, {"score": 1.0}, {"time_spent": 1}, {"item_id": "1"},
            {"concept_id": "1"}, {"student_id": "eve"}, {"event_type": "started"},
            {"time_zone": "UTC"}, {"time_zone": "Asia/Tokyo"},
            {"occurred_at": "2026-03-04T10:00:00Z"},
            {"event_type": "helped", "helped_student_id": "ben"},
        )
    }  # fmt: skip
    assert len(fingerprints) == 12


def test_the_fingerprint_of_a_known_event_never_changes():
    """It is kept in the lake for ever: another algorithm would make conflicts of old retries."""
    event = parsed(score=0.5, time_spent=30, occurred_at="2026-03-04T10:00:00Z")
    assert received(event).fingerprint == 1981151769921034999


def test_received_events_have_the_columns_of_the_lake():
    assert list(ReceivedEvent._fields) == LAKE_SCHEMA.names
