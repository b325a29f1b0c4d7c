"""What happens now with entries that are due: a message, a later time, or never.

Pure: given entries, wishes, zones and the time, the decisions follow. Whether the recipient may
still hear of the student is asked when the message is sent (`addressing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from pipelines.notifying.hours import next_time, quiet_until
from warehouse.store.outbox import Decision, Entry, Later, Never, Together
from warehouse.store.pending import Pending
from warehouse.store.preferences import Digest, Preferences

STREAK_AT_RISK = "streak_at_risk"
DAY_IS_OVER, NOT_WANTED, QUIET, CAP = "day_is_over", "not_wanted", "quiet_hours", "daily_cap"
NO_MORE_TODAY = "after_its_day"
DIGEST_TIME = time(17)
MONDAYS = frozenset({0})  # when the summary of the week is there


@dataclass(frozen=True)
class Person:
    """Somebody's clock and wishes, and how many messages they had today on this channel."""

    zone: ZoneInfo
    wishes: Preferences
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
    if not wishes.wants(pending.kind, entry.channel):
        return Never(entry, NOT_WANTED)
    if is_over(pending, now, person.zone):
        return Never(entry, DAY_IS_OVER)
    if wishes.digest is not Digest.IMMEDIATE and not entry.digest:
        digest = _next_digest(wishes.digest, person, now)
        return _later(entry, digest, person, NO_MORE_TODAY, digest=True)
    quiet = wishes.quiet_hours and quiet_until(now, person.zone, *wishes.quiet_hours)
    if quiet:
        return _later(entry, quiet, person, QUIET, digest=entry.digest)
    return None


def _together(entries: list[Entry], person: Person, now: datetime) -> list[Decision]:
    """One message of all that may go now; beyond the daily cap, the next digest."""
    if not entries:
        return []
    due_digest = any(entry.digest for entry in entries)
    if not due_digest and person.messages_today >= person.wishes.daily_cap:
        digest = _next_digest(Digest.DAILY, person, now)
        return [_later(entry, digest, person, CAP, digest=True) for entry in entries]
    today = now.astimezone(person.zone).date()
    return [Together(tuple(entries), today, due_digest)]


def _next_digest(digest: Digest, person: Person, now: datetime) -> datetime:
    weekdays = MONDAYS if digest is Digest.WEEKLY else None
    return next_time(now, person.zone, DIGEST_TIME, weekdays)


def _later(
    entry: Entry, due_at: datetime, person: Person, reason: str, *, digest: bool
) -> Decision:
    if is_over(entry.pending, due_at, person.zone):
        return Never(entry, reason)
    return Later(entry, due_at, digest)
