"""When a student studies: lessons, homework, weekends, breaks, illness, offline days.

Only times come from here; what happens in a session is `pipelines.sample.learning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pipelines.sample.school import Student, happens

# The school breaks as shares of the sample's length, so that a sample of any season has one.
BREAKS = ((0.38, 9), (0.74, 4))
LESSON_HOURS = (9.2, 10.1, 11.25, 13.5)
FALLS_ILL = 1 / 45
ATTENDS = 0.92


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting: its first instant, the calendar it falls on and how many tries are planned."""

    begins_at: datetime
    time_zone: str
    day: int
    tries: int
    offline: bool


def sessions(who: Student, *, start: date, days: int, last: date, rng: Random) -> Iterator[Session]:
    """The student's sessions from `start` to the local date `last`, in order."""
    sick_until = -1
    for day in range(min((last - start).days + 1, who.leaves_day)):
        planned = _day(who, start + timedelta(days=day), day, days, rng)
        if day > sick_until and happens(FALLS_ILL, rng):
            sick_until = day + rng.choice((0, 1, 1, 2, 4))
        if day >= who.joins_day and (day > sick_until or _on_streak(who, day)):
            yield from planned


def _day(who: Student, date_: date, day: int, days: int, rng: Random) -> list[Session]:
    on_break = any(0 <= day - int(days * share) < length for share, length in BREAKS)
    zone = who.site.away_zone if on_break and who.travels else who.site.time_zone
    offline = happens(who.offline_ratio * (3 if on_break else 1), rng)
    hours = list(_homework(who, date_, day, on_break=on_break, rng=rng))
    if not on_break and _lesson(who, date_) and happens(ATTENDS, rng):
        slot = (who.classroom + date_.weekday()) % len(LESSON_HOURS)
        hours.append((LESSON_HOURS[slot] + rng.uniform(0, 0.2), _tries(7, who, rng)))
    return [Session(_instant(date_, at, zone), zone, day, n, offline) for at, n in sorted(hours)]


def _homework(
    who: Student, date_: date, day: int, *, on_break: bool, rng: Random
) -> Iterator[tuple[float, int]]:
    """The hour and the tries of a session at home, if there is one that day."""
    free = on_break or date_.weekday() in who.site.weekend
    wish = who.diligence * (who.weekend_ratio if free else 1.0) * (0.4 if on_break else 1.0)
    if who.streak_day is not None and day >= who.streak_day - 1:
        wish = float(_on_streak(who, day))
    if happens(wish, rng):
        hour = min(23.6, max(6.5, rng.gauss(who.favourite_hour, 0.8)))
        # Now and then a long evening or Sunday before a test: where five are mastered in a day.
        long = happens(0.05 + 0.10 * who.ambition * free, rng)
        yield hour, _tries(40 if long else 10, who, rng)


def _lesson(who: Student, date_: date) -> bool:
    """Whether the class works with the platform that day: once a week, each class on its day."""
    school_days = [day for day in range(7) if day not in who.site.weekend]
    return date_.weekday() == school_days[who.classroom % len(school_days)]


def _on_streak(who: Student, day: int) -> bool:
    return who.streak_day is not None and day >= who.streak_day


def _tries(usual: int, who: Student, rng: Random) -> int:
    return max(1, round(rng.lognormvariate(0, 0.65) * usual * who.appetite))


def _instant(date_: date, hour: float, zone: str) -> datetime:
    local = datetime.combine(date_, time(), tzinfo=ZoneInfo(zone))
    return (local + timedelta(seconds=round(hour * 3600))).astimezone(UTC)
