"""The event contract, rule by rule: what is taken, what is refused, and how it is put."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.errors import InvalidEvent
from warehouse.events import (
    Event,
    EventType,
    award_event,
    parse_event,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FIELDS = [*Event._fields, "received_at", "actor", "source", "fingerprint", "local_date"]


def parsed(**fields: Any) -> Event:
    """An attempt of ada at fractions, with these fields on top; those that are ... are left out."""
    sent = {"student_id": "ada", "concept_id": "fractions", "event_type": "attempted"} | fields
    return parse_event({k: v for k, v in sent.items() if v is not ...}, now=NOW)


def refusal(**fields: Any) -> InvalidEvent:
    with pytest.raises(InvalidEvent) as refused:
        parsed(**fields)
    return refused.value


def test_the_smallest_event_needs_a_student_a_concept_and_a_type():
    event = parsed()
    assert event == Event(
        None, "ada", "fractions", None, "attempted", None, 0, None, None, None, None, None
    )


@pytest.mark.parametrize("field", ["student_id", "concept_id", "event_type"])
@pytest.mark.parametrize("absent", [..., None])
def test_null_and_left_out_are_the_same(field, absent):
    error = refusal(**{field: absent})
    assert (error.field, error.detail) == (field, f"{field} is missing.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("event_id", ""),
        ("event_id", "a b"),
        ("event_id", "é"),
        ("event_id", "x" * 129),
        ("event_id", "id\n"),
        ("event_id", 7),
        ("student_id", ""),
        ("student_id", " ada"),
        ("student_id", "ada\u00a0"),
        ("student_id", "a\x00da"),
        ("student_id", "a\x85da"),
        ("student_id", "a\u2028da"),
        ("student_id", "ada\n"),
        ("student_id", "x" * 129),
        ("student_id", 5),
        ("student_id", True),
        ("student_id", "\ud800"),
        ("student_id", ["ada"]),
        ("concept_id", "\t"),
        ("item_id", ""),
        ("event_type", "Attempted"),
        ("event_type", "points_awarded"),
        ("event_type", 3),
        ("score", True),
        ("score", float("nan")),
        ("score", float("inf")),
        ("score", -0.0001),
        ("score", 1.0000001),
        ("score", "0.5"),
        pytest.param("score", 10**5000, id="score-huge"),
        ("time_spent", -1),
        ("time_spent", 86_401),
        ("time_spent", True),
        ("time_spent", "5"),
        ("time_spent", float("nan")),
        pytest.param("time_spent", 10**5000, id="time_spent-huge"),
        ("occurred_at", 1_700_000_000),
        ("occurred_at", "2026-03-04"),
        ("occurred_at", "2026-03-04T10:00:00"),
        ("occurred_at", "2026-03-04 10:00:00Z"),
        ("occurred_at", "2026-03-04T10:00Z"),
        ("occurred_at", "20260304T100000Z"),
        ("occurred_at", "2026-03-04T10:00:00,5Z"),
        ("occurred_at", "2026-03-04T10:00:00+0100"),
        ("occurred_at", "2026-02-30T10:00:00Z"),
        ("occurred_at", "2026-03-04T24:00:00Z"),
        ("occurred_at", "2026-03-04T10:00:00+24:00"),
        ("occurred_at", "２026-03-04T10:00:00Z"),  # noqa: RUF001  # digits of another script
        ("occurred_at", datetime(2026, 3, 4)),  # noqa: DTZ001  # what is refused
        ("occurred_at", date(2026, 3, 4)),
        ("time_zone", ""),
        ("time_zone", "utc"),
        ("time_zone", "europe/berlin"),
        ("time_zone", "../UTC"),
        ("time_zone", "/etc/localtime"),
        ("time_zone", "localtime"),
        ("time_zone", "UTC\x00"),
        ("time_zone", "+01:00"),
        ("time_zone", 1),
    ],
)
def test_a_refused_value_is_named_with_its_field_and_a_cure(field, value):
    error = refusal(**{field: value})
    assert error.field == field
    assert error.detail.startswith(f"{field} ")
    assert error.cure
    assert len(str(error).encode()) < 400  # and can be printed


@pytest.mark.parametrize(
    "name", ["colour", "points", "reason", "received_at", "actor", "local_date"]
)
def test_fields_that_a_sender_may_not_fill_in_are_refused(name):
    assert refusal(**{name: "x"}).field == name


@pytest.mark.parametrize("body", [None, 5, "text", [], [("student_id", "ada")]])
def test_an_event_is_an_object(body):
    with pytest.raises(InvalidEvent, match="Send one object"):
        parse_event(body, now=NOW)


@pytest.mark.parametrize(
    ("sent", "kept"), [(0, 0), (31, 31), (0.4, 0), (0.5, 1), (2.5, 3), (3.49, 3), (86_400, 86_400)]
)
def test_time_spent_is_rounded_to_the_second_and_a_half_upwards(sent, kept):
    assert parsed(time_spent=sent).time_spent == kept


def test_minus_zero_is_zero():
    assert str(parsed(score=-0.0).score) == "0.0"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-04T10:00:00Z", datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ("2026-03-04t10:00:00z", datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ("2026-03-04T10:00:00+05:45", datetime(2026, 3, 4, 4, 15, tzinfo=UTC)),
        ("2026-03-04T10:00:00-00:00", datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ("2026-03-04T10:00:00.5Z", datetime(2026, 3, 4, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-04T10:00:00.123456999Z", datetime(2026, 3, 4, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
    ],
)
def test_instants_are_kept_in_utc_to_the_microsecond(written, instant):
    assert parsed(occurred_at=written).occurred_at == instant


def test_files_may_give_typed_instants():
    at = datetime(2026, 3, 4, 10, tzinfo=timezone(timedelta(hours=1)))
    assert parsed(occurred_at=at).occurred_at == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_five_minutes_of_a_fast_clock_are_forgiven():
    assert parsed(occurred_at="2026-03-04T12:05:00Z").occurred_at == NOW + timedelta(minutes=5)
    assert "future" in refusal(occurred_at="2026-03-04T12:05:00.000001Z").detail


@pytest.mark.parametrize(
    "written",
    ["1999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00"],
)
def test_instants_that_nobody_lived_through_are_refused(written):
    assert refusal(occurred_at=written).field == "occurred_at"


def test_leap_seconds_are_refused_with_their_own_cure():
    assert "59" in refusal(occurred_at="2016-12-31T23:59:60Z").cure


def test_helping_names_another_student_and_needs_no_concept():
    event = parsed(event_type="helped", helped_student_id="ben", concept_id=...)
    assert (event.helped_student_id, event.concept_id) == ("ben", None)
    assert refusal(event_type="helped").field == "helped_student_id"
    assert refusal(event_type="helped", helped_student_id="ada").field == "helped_student_id"
    assert refusal(helped_student_id="ben").field == "helped_student_id"


def test_awards_have_a_constructor_of_their_own():
    event = award_event(student_id="ada", points=-5, reason="a correction", event_id="award-1")
    assert (event.event_type, event.points, event.reason) == ("points_awarded", -5, "a correction")
    assert event.event_type == EventType.POINTS_AWARDED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("points", 0), ("points", True), ("points", 10_001), ("points", -10_001), ("points", 1.5),
        ("points", None), pytest.param("points", 10**5000, id="points-huge"),
        ("reason", ""), ("reason", " "),
        ("reason", "x" * 201), ("reason", "a\nb"), ("reason", None), ("student_id", None),
        ("event_id", "a b"),
    ],
)  # fmt: skip
def test_a_wrong_award_is_refused(field, value):
    award = {"student_id": "ada", "points": 5, "reason": "tidy notes"} | {field: value}
    with pytest.raises(InvalidEvent) as refused:
        award_event(**award)
    assert refused.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), JSON, max_size=8))
def test_whatever_is_sent_either_is_an_event_or_is_refused_in_words(body):
    try:
        event = parse_event(body, now=NOW)
    except InvalidEvent as error:
        said = str(error)
    else:
        said = event.student_id
    assert said.encode()  # in words that can be printed
