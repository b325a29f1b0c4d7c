"""Quiet hours and digests by the recipient's clock, also when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from pipelines.notifying.hours import is_quiet, next_time, quiet_until
from tests.school import MONDAYS, ZONES
from warehouse.zones import zone_info

BERLIN, NEW_YORK = zone_info("Europe/Berlin"), zone_info("America/New_York")
SUNDAY = frozenset({6})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "quiet", "until"),
    [
        ("2026-03-04 20:30", ("21:00", "07:00"), "2026-03-05 06:00"),  # 21:30 in Berlin
        ("2026-03-05 05:59", ("21:00", "07:00"), "2026-03-05 06:00"),
        ("2026-03-05 06:00", ("21:00", "07:00"), None),
        ("2026-03-04 12:00", ("12:30", "13:30"), "2026-03-04 12:30"),
        ("2026-03-04 12:30", ("12:30", "13:30"), None),
        # In spring 02:00 to 03:00 is skipped on 29 March: the night is an hour shorter.
        ("2026-03-28 22:00", ("21:00", "07:00"), "2026-03-29 05:00"),
        # An end that is skipped is the end of the gap: 03:00 summer time.
        ("2026-03-29 00:59", ("21:00", "02:30"), "2026-03-29 01:00"),
        ("2026-03-29 01:00", ("21:00", "02:30"), None),
        # In autumn 02:00 to 03:00 comes twice on 25 October: the night is an hour longer.
        ("2026-10-24 22:00", ("21:00", "07:00"), "2026-10-25 06:00"),
        # An end that comes twice ends the quiet at first, and again when the clock went back.
        ("2026-10-25 00:29", ("21:00", "02:30"), "2026-10-25 00:30"),
        ("2026-10-25 00:45", ("21:00", "02:30"), None),
        ("2026-10-25 01:00", ("21:00", "02:30"), "2026-10-25 01:30"),
        ("2026-10-25 01:30", ("21:00", "02:30"), None),
    ],
)
def test_quiet_hours_in_berlin(now, quiet, until):
    begin, end = map(time.fromisoformat, quiet)
    assert quiet_until(utc(now), BERLIN, begin, end) == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("now", "weekdays", "expected"),
    [
        ("2026-03-07 21:59", None, "2026-03-07 22:00"),  # 17:00 in winter
        ("2026-03-07 22:00", None, "2026-03-08 21:00"),  # and in summer, which began that night
        ("2026-11-01 21:30", None, "2026-11-01 22:00"),
        ("2026-03-04 12:00", SUNDAY, "2026-03-08 21:00"),
        ("2026-03-08 21:00", SUNDAY, "2026-03-15 21:00"),
    ],
)
def test_digests_come_at_five_in_new_york(now, weekdays, expected):
    assert next_time(utc(now), NEW_YORK, time(17), weekdays) == utc(expected)


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
CLOCKS_CHANGE = st.sampled_from(MONDAYS).map(lambda day: datetime.combine(day, time(), tzinfo=UTC))
NOWS = st.builds(
    lambda monday, minutes: monday + timedelta(minutes=minutes),
    CLOCKS_CHANGE,
    st.integers(0, 14 * 24 * 60),
)


@settings(max_examples=500)
@given(now=NOWS, zone=st.sampled_from(ZONES), begin=TIMES, end=TIMES)
def test_the_end_of_quiet_is_the_first_minute_that_is_not(now, zone, begin, end):
    """Against the dull way: look at the clock minute by minute."""
    place, minute = zone_info(zone), timedelta(minutes=1)
    until = quiet_until(now, place, begin, end)
    if until is None:
        assert not is_quiet(now, place, begin, end)
        return
    at = now.replace(second=0, microsecond=0) + minute
    while is_quiet(at, place, begin, end):
        at += minute
    assert until == at
