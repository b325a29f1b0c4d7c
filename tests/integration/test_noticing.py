"""From builds to the outbox: each notification once, and only while it is young."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.notifying.noticing import YOUNG, enqueue_published
from tests.conftest import Clock
from tests.factories import received
from warehouse.build import run_build
from warehouse.lake import Lake, new_batch
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.store.database import Store, open_store

CHANNELS = ("email", "webhook")


class School:
    """A home that is built and looked at."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings, self.store, self.clock = settings, store, clock

    def helped(self, student: str, at: datetime) -> None:
        """Somebody helps for the first time, which earns a badge."""
        event = received(student, "helped", None, f"{at:%Y-%m-%d %H:%M}")
        Lake(self.settings.lake_dir).write(new_batch(self.clock()), [event])

    def look(self, **how: Any) -> int:
        """Build and look for what is new."""
        run_build(self.settings, self.store, now=self.clock.advance(seconds=1), **how)
        reader = Reader(self.settings, self.store, clock=self.clock)
        try:
            return enqueue_published(reader, self.store, CHANNELS, now=self.clock())
        finally:
            reader.close()


@pytest.fixture
def school(settings: Settings, clock: Clock) -> Iterator[School]:
    with open_store(settings, clock=clock) as store:
        yield School(settings, store, clock)


def test_a_notification_gets_one_entry_a_channel_whatever_is_rebuilt(school, clock):
    school.helped("ada", clock())
    assert school.look() == 2
    assert school.look() == 0
    assert school.look(full=True) == 0
    clock.advance(hours=47)
    assert school.look(full=True) == 0


def test_what_is_old_at_first_sight_is_never_sent(school, clock):
    school.helped("ada", clock() - YOUNG)
    school.helped("bob", clock() - YOUNG + timedelta(minutes=1))
    assert school.look(full=True) == 2
    for _ in range(3):
        clock.advance(hours=30)
        assert school.look(full=True) == 0
    sent = [entry.pending.recipient_id for entry in school.store.outbox.due(clock(), CHANNELS, 100)]
    assert sent == ["bob", "bob"]


def test_a_build_of_a_past_state_tells_nobody(school, clock):
    past = clock() - timedelta(days=10)
    school.helped("ada", past)
    assert school.look(as_of=past + timedelta(hours=1)) == 0


def test_without_a_channel_nothing_is_noted(school, clock, settings):
    school.helped("ada", clock())
    run_build(settings, school.store, now=clock.advance(seconds=1))
    reader = Reader(settings, school.store, clock=clock)
    assert enqueue_published(reader, school.store, [], now=clock()) == 0
    reader.close()
