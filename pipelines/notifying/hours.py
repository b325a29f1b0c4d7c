"""Time as the recipient's clock shows it, also on the days when clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def is_quiet(now: datetime, zone: ZoneInfo, begin: time, end: time) -> bool:
    """Whether the clock on the wall shows a time from `begin` up to, but without, `end`."""
    shown = now.astimezone(zone).time()
    if begin <= end:
        return begin <= shown < end
    return shown >= begin or shown < end


def quiet_until(now: datetime, zone: ZoneInfo, begin: time, end: time) -> datetime | None:
    """The first instant after `now` at which the clock shows no quiet time; None if it does now.

    An end that the clock skips in spring is the end of the gap. Of an end that it shows twice in
    autumn the first counts; between the two, when the clock is back in quiet time, the second.
    """
    if not is_quiet(now, zone, begin, end):
        return None
    today = now.astimezone(zone).date()
    ends = [
        instant
        for day in (today, today + timedelta(days=1))
        for instant in instants_of(day, end, zone)
    ]
    return min(instant for instant in ends if instant > now)


def instants_of(day: date, shown: time, zone: ZoneInfo) -> list[datetime]:
    """The instants at which the clock shows this time of a day: one, or two in autumn.

    Where it is skipped in spring, the first instant after the gap.
    """
    first = datetime.combine(day, shown, tzinfo=zone)
    second = first.replace(fold=1)
    before, after = first.astimezone(UTC), second.astimezone(UTC)
    if before == after:
        return [before]
    if before < after:
        return [before, after]
    return [_end_of_gap(after, before, zone)]


def next_time(
    now: datetime, zone: ZoneInfo, shown: time, weekdays: frozenset[int] | None = None
) -> datetime:
    """The next instant after `now` at which the clock shows this time (on one of the weekdays)."""
    today = now.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        instant = instants_of(day, shown, zone)[0]
        if instant > now and (weekdays is None or day.weekday() in weekdays):
            return instant
    raise ValueError(f"no day of {weekdays}")


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset changes."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    # Clocks change at a whole minute everywhere since 1972.
    return after.replace(second=0, microsecond=0)
