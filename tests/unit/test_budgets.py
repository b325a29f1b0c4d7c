"""Budgets: who pays from which, when it is used up, and when it begins again."""

from __future__ import annotations

import pytest

from api.budgets import KEYS_MAX, Counts, Key, Limiter, budgets
from api.errors import TooManyRequests
from warehouse.tokens import Role

SMALL = "reads=3/minute, writes=2/minute, tracking=5/minute, address=100/minute, failures=2/minute"


def reads(limiter: Limiter, times: int, *, sub: str = "ada", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        limiter.request("student_points", "GET", Role.STUDENT, sub, address)


def test_a_budget_ends_and_begins_again_with_the_next_window(clock):
    limiter = Limiter(SMALL, clock)
    clock.advance(seconds=20)
    reads(limiter, 3)

    with pytest.raises(TooManyRequests) as refused:
        reads(limiter, 1)
    assert refused.value.retry_after == 40
    clock.advance(seconds=40)
    reads(limiter, 3)


def test_each_user_and_each_kind_has_a_budget_of_its_own(clock):
    limiter = Limiter(SMALL, clock)
    reads(limiter, 3)
    reads(limiter, 3, sub="rob")
    limiter.request("award_points", "POST", Role.EDUCATOR, "ada", "192.0.2.1")
    limiter.request("student_points", "GET", Role.PARENT, "ada", "192.0.2.1")
    limiter.request("track_event", "POST", Role.STUDENT, "ada", "192.0.2.1")


def test_a_batch_pays_for_each_of_its_events(clock):
    limiter = Limiter(SMALL, clock)
    limiter.request("track_batch", "POST", Role.STUDENT, "ada", "192.0.2.1")
    limiter.events(Role.STUDENT, "ada", 5)

    with pytest.raises(TooManyRequests, match="5 tracking"):
        limiter.request("track_event", "POST", Role.STUDENT, "ada", "192.0.2.1")


def test_programs_are_limited_only_when_it_is_said(clock):
    free = Limiter(SMALL, clock)
    for role in (Role.SERVICE, Role.ADMIN):
        for _ in range(1000):
            free.request("track_event", "POST", role, "lms", "192.0.2.1")
        free.events(role, "lms", 1000)

    limited = Limiter("machines=2/minute", clock)
    limited.request("track_event", "POST", Role.SERVICE, "lms", "192.0.2.1")
    limited.request("track_event", "POST", Role.SERVICE, "lms", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        limited.request("track_event", "POST", Role.SERVICE, "lms", "192.0.2.1")


def test_an_address_is_limited_whoever_asks(clock):
    limiter = Limiter("address=5/minute", clock)
    for number in range(5):
        reads(limiter, 1, sub=f"student{number}")

    with pytest.raises(TooManyRequests):
        reads(limiter, 1, sub="another")
    with pytest.raises(TooManyRequests):
        limiter.public("192.0.2.1")
    reads(limiter, 1, sub="another", address="192.0.2.2")


def test_a_household_s_ipv6_addresses_are_one(clock):
    limiter = Limiter("failures=2/minute", clock)
    limiter.failure("2001:db8:0:1::1")
    limiter.failure("2001:db8:0:1:ffff::2")
    limiter.failure("2001:db8:0:2::1")

    with pytest.raises(TooManyRequests):
        limiter.failure("2001:db8:0:1::3")


@pytest.mark.parametrize("text", ["off", "reads=off,address=off"])
def test_budgets_can_be_switched_off(clock, text):
    reads(Limiter(text, clock), 5000)


def test_what_is_given_goes_over_the_defaults():
    found = budgets("reads = 7/second,address=off")

    assert (found["reads"].amount, found["reads"].get_expiry()) == (7, 1)
    assert found["failures"].get_expiry() == 60
    assert "address" not in found
    assert budgets("off") == {}


def test_counts_of_the_past_are_forgotten_and_invented_ones_never_fill_the_memory():
    counts = Counts()
    for number in range(KEYS_MAX + 10):
        counts.add(Key("address", str(number), 60), 1, now=1.0)
    assert len(counts._counts) < KEYS_MAX
    counts.add(Key("address", "x", 120), 1, now=61.0)
    assert list(counts._counts) == [Key("address", "x", 120)]


def test_what_others_count_is_added_and_what_was_not_told_is_kept():
    counts, key = Counts(), Key("reads", "ada", 60)
    counts.add(key, 2, now=1.0)
    untold = counts.take_untold()
    assert untold == {key: 2}
    counts.add(key, 1, now=1.0)
    counts.learn(key, 7)  # 2 from here, 5 from others
    assert counts.add(key, 1, now=1.0) == 9

    counts.give_back({key: 3}, now=2.0)
    assert counts.take_untold() == {key: 5}
    counts.give_back({key: 3}, now=60.0)
    assert counts.take_untold() == {}
