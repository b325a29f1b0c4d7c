"""The days that a report is about: whole days of the student's clock, half-open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import SpoolError

DEFAULT_DAYS = 28
MOST_DAYS = 1830  # five years
FIRST_DAY = date(2000, 1, 1)  # no event is older
LAST_DAY = date(2100, 1, 1)
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)


class InvalidPeriod(SpoolError):
    """The days asked for are no range that a report can be about."""

    title = "The days are not valid"


@dataclass(frozen=True, slots=True)
class Span:
    """Days as asked for; what is left open follows from the student's today."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        for field, day in (("start_date", self.start), ("end_date", self.end)):
            if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                raise InvalidPeriod(
                    f"{field} is {day}.",
                    cure=f"Use a day from {FIRST_DAY} to {LAST_DAY}.",
                    field=field,
                )
        if self.start is not None and self.end is not None:
            _check(self.start, self.end)

    def on(self, today: date) -> Period:
        """The days, with the last four weeks up to today where nothing else is asked for."""
        if self.start is not None:
            end = self.end or max(today, self.start) + A_DAY
            start = self.start
        else:
            end = self.end or today + A_DAY
            start = max(end - timedelta(days=DEFAULT_DAYS), FIRST_DAY)
        _check(start, end)
        return Period(start, end, today)


@dataclass(frozen=True, slots=True)
class OneWeek:
    """A week as asked for: by its Monday, else the last one that is over for the student."""

    week_start: date | None = None

    def __post_init__(self) -> None:
        day = self.week_start
        if day is not None and not (FIRST_DAY <= day <= LAST_DAY and day.weekday() == 0):
            raise InvalidPeriod(
                f"week is {day}, a {day:%A}.",
                cure=f"Weeks begin on Monday: use that day, from {FIRST_DAY} to {LAST_DAY}.",
                field="week",
            )

    def on(self, today: date) -> Period:
        """Its seven days."""
        start = self.week_start or monday(today) - A_WEEK
        return Period(start, start + A_WEEK, today)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to before `end`, seen on the student's day `today`."""

    start: date
    end: date
    today: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def reached_end(self) -> date:
        """The day after the last one that has begun; not before the start."""
        return max(self.start, min(self.end, self.today + A_DAY))

    @property
    def is_over(self) -> bool:
        """Whether every day of it has ended by the student's clock."""
        return self.end <= self.today

    @property
    def before(self) -> Period:
        """As many days just before the start as have begun of this one."""
        length = self.reached_end - self.start
        return Period(self.start - length, self.start, self.today)

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks with a day in the period that has begun."""
        first = monday(self.start)
        count = ((self.reached_end - first).days + 6) // 7 if self.reached_end > self.start else 0
        return [first + n * A_WEEK for n in range(count)]

    def has(self, day: date) -> bool:
        return self.start <= day < self.end

    def has_whole_week(self, week_start: date) -> bool:
        """Whether all seven days of a week are in the period and have ended."""
        return self.start <= week_start and week_start + A_WEEK <= min(self.end, self.today)


def monday(day: date) -> date:
    """The first day of its ISO week."""
    return day - timedelta(days=day.weekday())


def _check(start: date, end: date) -> None:
    if end <= start:
        raise InvalidPeriod(
            f"end_date is {end}, and start_date is {start}.",
            cure="end_date is the day after the last one: give one after start_date.",
            field="end_date",
        )
    if (end - start).days > MOST_DAYS:
        raise InvalidPeriod(
            f"From {start} to {end} are {(end - start).days} days.",
            cure=f"Ask for at most {MOST_DAYS} days at once.",
            field="end_date",
        )
