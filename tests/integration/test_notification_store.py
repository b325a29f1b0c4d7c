"""Preferences and reads: kept on both databases, replaced whole, and never marked twice."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from warehouse.errors import InvalidEvent
from warehouse.store.outbox import Never
from warehouse.store.pending import Pending
from warehouse.store.preferences import Channel, Digest, NoticeKind, Preferences

MAIL = (NoticeKind.BADGE_EARNED, Channel.EMAIL)
PUSH = (NoticeKind.LEVEL_REACHED, Channel.PUSH)


def test_somebody_who_has_said_nothing_wants_everything_but_not_at_night(store):
    found = store.preferences.of("ada")
    assert found.wants("badge_earned", "email")
    assert found.quiet_hours == (time(21), time(7))
    assert (found.digest, found.daily_cap, found.recorded_at) == (Digest.IMMEDIATE, 10, None)


def test_preferences_are_replaced_whole(store, clock):
    first = Preferences("ada", frozenset({MAIL}), None, Digest.WEEKLY, 0)
    store.preferences.put(first)
    found = store.preferences.of("ada")
    assert found == Preferences("ada", frozenset({MAIL}), None, Digest.WEEKLY, 0, clock.now)
    second = Preferences("ada", frozenset({PUSH}), (time(22, 30), time(6)), Digest.DAILY, 3)
    clock.advance(hours=1)
    store.preferences.put(second)
    found = store.preferences.of("ada")
    assert (found.refused, found.quiet_hours) == (second.refused, second.quiet_hours)
    assert (found.digest, found.daily_cap, found.recorded_at) == (Digest.DAILY, 3, clock.now)


def test_a_channel_is_refused_on_top_of_what_was_said(store):
    store.preferences.put(Preferences("ada", frozenset({PUSH}), daily_cap=4))
    for _ in range(2):
        store.preferences.refuse_channel("ada", "email")
        store.preferences.refuse_channel("bob", "email")
    found = store.preferences.of_all(["ada", "bob", "cyd"])
    assert not any(found["ada"].wants(kind, "email") for kind in NoticeKind)
    assert not found["ada"].wants("level_reached", "push")
    assert found["ada"].wants("level_reached", "in_app")
    assert found["ada"].daily_cap == 4
    assert len(found["bob"].refused) == len(NoticeKind)
    assert found["cyd"] == Preferences("cyd")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Preferences(" ada"), "person_id"),
        (Preferences("ada", daily_cap=-1), "daily_cap"),
        (Preferences("ada", daily_cap=101), "daily_cap"),
        (Preferences("ada", quiet_hours=(time(7), time(7))), "quiet_hours"),
    ],
)
def test_what_cannot_be_kept_is_refused(store, wrong, field):
    with pytest.raises(InvalidEvent) as refused:
        store.preferences.put(wrong)
    assert refused.value.field == field


def test_the_first_reading_stays(store, clock):
    first = clock.now
    store.reads.mark("ada", {"one": "badge_earned", "two": "level_reached"})
    clock.advance(days=1)
    store.reads.mark("ada", {"one": "badge_earned", "three": "badge_earned"})
    store.reads.mark("bob", {"one": "badge_earned"})
    store.reads.mark("bob", {})
    assert store.reads.of("ada", ["one", "three", "four"]) == {"one": first, "three": clock.now}
    assert store.reads.of("cyd", ["one"]) == {}
    assert store.reads.counts() == {"badge_earned": 3, "level_reached": 1}


def test_entries_of_a_kind_are_counted_by_instant_and_outcome(store, clock):
    week = timedelta(days=7)
    told = [
        Pending(f"{n}{who}", who, "parent", kind, clock.now - n * week)
        for n in range(3)
        for who, kind in (("kim", "weekly_summary"), ("pat", "weekly_summary"), ("ed", "other"))
    ]
    store.outbox.enqueue(told, ["email", "push"])
    due = store.outbox.due(clock.now, ["email"], 100)
    one = next(entry for entry in due if entry.pending.notification_id == "0kim")
    store.outbox.decide([Never(one, "not_wanted")])

    assert store.outbox.counts_of("weekly_summary", "email", clock.now - week) == [
        (clock.now - week, "waiting", 2),
        (clock.now, "not_sent", 1),
        (clock.now, "waiting", 1),
    ]
