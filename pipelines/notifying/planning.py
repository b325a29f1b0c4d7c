"""What happens now with entries that are due: a message, a later time, or never.

Pure: given entries, wishes, zones and the time, the decisions follow. Whether the recipient may
still hear of the student is asked when the message is sent (`addressing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.notifying.hours import next_time, quiet_until
from pipelines.notifying.wishes import Way, Wishes
from warehouse.store.outbox import Decision, Entry, Later, Never, Together
from warehouse.store.pending import Pending

STREAK_AT_RISK = "streak_at_risk"
DAY_IS_OVER, NOT_WANTED, QUIET, CAP = "day_is_over", "not_wanted", "quiet_hours", "daily_cap"
NO_MORE_TODAY = "after_its_day"


@dataclass(frozen=True)
class Person:
    """Somebody's clock and wishes, and how many messages they had today on this channel."""

    zone: ZoneInfo
    wishes: Wishes
    messages_today: int = 0


def plan(entries: Sequence[Entry], person: Person, now: datetime) -> list[Decision]:
    """Decide about entries of one recipient and channel that are due."""
    decisions: list[Decision] = []
    at_once: list[Entry] = []
    for entry in entries:
        decision = _alone(entry, person, now)
        if decision is None:
            at_once.append(entry)
        else:
            decisions.append(decision)
    return decisions + _together(at_once, person, now)


def is_over(pending: Pending, at: datetime, zone: ZoneInfo) -> bool:
    """Whether it only made sense on a day that has ended by then."""
    if pending.kind != STREAK_AT_RISK or pending.local_date is None:
        return False
    return at.astimezone(zone).date() > pending.local_date


def _alone(entry: Entry, person: Person, now: datetime) -> Decision | None:
    """What the entry's own kind and time demand; None where it may go now."""
    pending, wishes = entry.pending, person.wishes
    way = wishes.way(pending.kind, entry.channel)
    if way is Way.OFF:
        return Never(entry, NOT_WANTED)
    if is_over(pending, now, person.zone):
        return Never(entry, DAY_IS_OVER)
    if way is not Way.AT_ONCE and not entry.digest:
        return _later(entry, _next_digest(way, person, now), person, NO_MORE_TODAY, digest=True)
    quiet = wishes.quiet and quiet_until(now, person.zone, *wishes.quiet)
    if quiet:
        return _later(entry, quiet, person, QUIET, digest=entry.digest)
    return None


def _together(entries: list[Entry], person: Person, now: datetime) -> list[Decision]:
    """One message of all that may go now; beyond the daily cap, the next digest."""
    if not entries:
        return []
    due_digest = any(entry.digest for entry in entries)
    if not due_digest and person.messages_today >= person.wishes.daily_cap:
        digest = _next_digest(Way.DAILY, person, now)
        return [_later(entry, digest, person, CAP, digest=True) for entry in entries]
    today = now.astimezone(person.zone).date()
    return [Together(tuple(entries), today, due_digest)]


def _next_digest(way: Way, person: Person, now: datetime) -> datetime:
    weekdays = frozenset({person.wishes.digest_weekday}) if way is Way.WEEKLY else None
    return next_time(now, person.zone, person.wishes.digest_time, weekdays)


def _later(
    entry: Entry, due_at: datetime, person: Person, reason: str, *, digest: bool
) -> Decision:
    if is_over(entry.pending, due_at, person.zone):
        return Never(entry, reason)
    return Later(entry, due_at, digest)
