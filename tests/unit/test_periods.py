"""The days of a report: half-open, whole weeks, and what cannot be asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from reports.views.period import InvalidPeriod, OneWeek, Period, Span

TODAY = date(2026, 3, 4)  # a Wednesday


def test_without_days_a_report_is_about_four_weeks_up_to_today():
    assert Span().on(TODAY) == Period(date(2026, 2, 5), date(2026, 3, 5), TODAY)


def test_one_end_alone_fixes_the_other():
    assert Span(start=date(2026, 3, 1)).on(TODAY).end == date(2026, 3, 5)
    assert Span(end=date(2026, 3, 1)).on(TODAY).start == date(2026, 2, 1)
    assert Span(start=date(2026, 5, 1)).on(TODAY).days == 1


def test_the_end_is_no_part_of_it():
    period = Period(date(2026, 3, 2), date(2026, 3, 4), TODAY)

    assert [day for day in range(1, 6) if period.has(date(2026, 3, day))] == [2, 3]
    assert period.is_over
    assert not Period(date(2026, 3, 2), date(2026, 3, 5), TODAY).is_over


def test_weeks_are_those_with_a_day_that_has_begun():
    def mondays(start: date, end: date) -> list[int]:
        return [week.day for week in Period(start, end, TODAY).weeks]

    assert mondays(date(2026, 3, 1), date(2026, 3, 3)) == [23, 2]
    assert mondays(date(2026, 3, 2), date(2026, 3, 9)) == [2]
    assert mondays(date(2026, 3, 2), date(2026, 4, 9)) == [2]
    assert mondays(date(2026, 3, 5), date(2026, 4, 9)) == []


def test_a_week_is_whole_when_all_its_days_have_ended():
    period = Period(date(2026, 2, 17), date(2026, 4, 1), TODAY)

    assert not period.has_whole_week(date(2026, 2, 16))
    assert period.has_whole_week(date(2026, 2, 23))
    assert not period.has_whole_week(date(2026, 3, 2))


def test_the_days_before_are_as_many_as_have_begun():
    before = Period(date(2026, 3, 2), date(2026, 4, 1), TODAY).before

    assert (before.start, before.end) == (date(2026, 2, 27), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (date(2026, 3, 4), date(2026, 3, 4), "end_date"),
        (date(2026, 3, 4), date(2026, 3, 1), "end_date"),
        (date(2010, 3, 4), date(2026, 3, 1), "end_date"),
        (date(1999, 12, 31), None, "start_date"),
        (None, date(9999, 12, 31), "end_date"),
    ],
)
def test_days_that_are_no_range_are_refused_with_field_and_cure(start, end, field):
    with pytest.raises(InvalidPeriod) as refused:
        Span(start, end)

    assert refused.value.field == field
    assert refused.value.cure


def test_what_is_left_open_obeys_the_same_limits():
    with pytest.raises(InvalidPeriod):
        Span(start=TODAY - timedelta(days=2000)).on(TODAY)


def test_the_last_week_is_the_one_that_is_over():
    for day in range(2, 9):
        week = OneWeek().on(date(2026, 3, day))
        assert (week.start, week.end) == (date(2026, 2, 23), date(2026, 3, 2))
        assert week.is_over
    assert OneWeek(date(2026, 3, 2)).on(TODAY).reached_end == date(2026, 3, 5)
    for wrong in (date(2026, 3, 3), date(1999, 12, 27), date(2100, 1, 4)):
        with pytest.raises(InvalidPeriod) as refused:
            OneWeek(wrong)
        assert refused.value.field == "week"
