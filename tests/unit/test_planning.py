"""What happens with entries that are due: one message, later, or never and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from pipelines.notifying.planning import Person, plan
from warehouse.store.outbox import Entry, Later, Never, Together
from warehouse.store.pending import Pending, as_text, from_text
from warehouse.store.preferences import Channel, Digest, NoticeKind, Preferences
from warehouse.zones import zone_info

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
FIVE = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
MONDAY_FIVE = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(number: int = 1, kind: str = "badge_earned", **more: Any) -> Entry:
    digest = more.pop("digest", False)
    pending = Pending(f"n{number}", "ada", "student", kind, NOON, "ada", **more)
    return Entry("email", digest, pending)


def someone(messages_today: int = 0, zone: str = "UTC", **wishes: Any) -> Person:
    return Person(zone_info(zone), Preferences("ada", **wishes), messages_today)


def test_what_is_due_together_is_one_message():
    entries = [entry(1), entry(2)]
    assert plan(entries, someone(), NOON) == [Together(tuple(entries), NOON.date(), False)]


def test_what_nobody_wants_is_not_sent():
    refused = frozenset({(NoticeKind.BADGE_EARNED, Channel.EMAIL)})
    assert plan([entry()], someone(refused=refused), NOON) == [Never(entry(), "not_wanted")]
    other = frozenset({(NoticeKind.BADGE_EARNED, Channel.PUSH)})
    assert len(plan([entry()], someone(refused=other), NOON)) == 1


@pytest.mark.parametrize(
    ("digest", "at", "due"),
    [
        (Digest.DAILY, NOON, FIVE),
        (Digest.DAILY, FIVE, FIVE + DAY),
        (Digest.WEEKLY, NOON, MONDAY_FIVE),
        (Digest.WEEKLY, MONDAY_FIVE, MONDAY_FIVE + 7 * DAY),
    ],
)
def test_a_digest_collects_until_its_hour(digest, at, due):
    person = someone(digest=digest)
    assert plan([entry()], person, at) == [Later(entry(), due, digest=True)]
    waiting = (entry(1, digest=True), entry(2, digest=True))
    assert plan(waiting, person, due) == [Together(waiting, due.date(), True)]


def test_nothing_is_sent_in_quiet_hours():
    night = NOON.replace(hour=22)
    morning = datetime(2026, 3, 5, 7, tzinfo=UTC)
    assert plan([entry()], someone(), night) == [Later(entry(), morning)]
    assert len(plan([entry()], someone(quiet_hours=None), night)) == 1
    early = (time(16), time(18))
    kept = Later(entry(digest=True), FIVE + timedelta(hours=1), digest=True)
    assert plan([entry(digest=True)], someone(quiet_hours=early), FIVE) == [kept]


def test_what_exceeds_the_daily_cap_goes_to_the_next_digest():
    assert isinstance(plan([entry()], someone(9, daily_cap=10), NOON)[0], Together)
    full = someone(10, daily_cap=10)
    assert plan([entry()], full, NOON) == [Later(entry(), FIVE, digest=True)]
    waiting = (entry(digest=True),)
    assert plan(waiting, full, FIVE) == [Together(waiting, FIVE.date(), True)]


@pytest.mark.parametrize(
    ("at", "wishes", "reason"),
    [
        (NOON + DAY, {}, "day_is_over"),
        (NOON.replace(hour=22), {}, "quiet_hours"),
        (FIVE, {"daily_cap": 0}, "daily_cap"),
        (FIVE, {"digest": Digest.DAILY}, "after_its_day"),
        (NOON, {"digest": Digest.WEEKLY}, "after_its_day"),
    ],
)
def test_a_streak_at_risk_is_told_on_its_day_or_never(at, wishes, reason):
    risk = entry(kind="streak_at_risk", local_date=date(2026, 3, 4))
    assert plan([risk], someone(**wishes), at) == [Never(risk, reason)]


def test_the_day_is_that_of_the_recipient_s_clock():
    risk = entry(kind="streak_at_risk", local_date=date(2026, 3, 4))
    late = datetime(2026, 3, 5, 4, tzinfo=UTC)
    person = someone(zone="America/Los_Angeles")  # 20:00 on the 4th
    assert plan([risk], person, late) == [Together((risk,), date(2026, 3, 4), False)]
    assert plan([risk], someone(zone="Asia/Tokyo"), late) == [Never(risk, "day_is_over")]


def test_a_notification_comes_back_from_the_store_as_it_was():
    given = Pending(
        "n", "mum", "parent", "weekly_summary", NOON, "çelik", week_start=date(2026, 3, 2)
    )
    assert from_text(as_text(given)) == given
