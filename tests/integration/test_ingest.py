"""Group commit: many requests, few fsyncs, and no answer before the events are durable."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.conftest import Clock
from warehouse.errors import StoreUnavailable
from warehouse.events import Event, ReceivedEvent, parse_event
from warehouse.settings import Settings
from warehouse.store import ingest as ingest_module
from warehouse.store.database import Store
from warehouse.store.inbox import Inbox, Receipt, ReceiptStatus
from warehouse.store.ingest import Ingest

WAIT = 20


@pytest.fixture
def ingest(store: Store, store_settings: Settings, clock: Clock) -> Iterator[Ingest]:
    with Ingest(store, store_settings, clock) as ingest:
        yield ingest


class Gate(Inbox):
    """An inbox whose appends wait to be let through, and that remembers them."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.groups: list[list[int]] = []

    def append(self, requests: Sequence[Sequence[ReceivedEvent]]) -> list[list[Receipt]]:
        self.groups.append([len(request) for request in requests])
        self.entered.release()
        assert self.open.wait(WAIT)
        return super().append(requests)


@pytest.fixture
def gate(store: Store) -> Gate:
    gate = Gate(store.engine)
    object.__setattr__(store, "inbox", gate)
    return gate


def an_event(clock: Clock, event_id: str | None = None, **fields: Any) -> Event:
    sent = {"student_id": "ada", "concept_id": "fractions", "event_type": "started"}
    return parse_event(sent | {"event_id": event_id} | fields, now=clock())


def send(ingest: Ingest, *events: Event) -> Any:
    return ingest.submit(events, actor="ada", source="api")


def test_a_receipt_means_that_the_event_is_in_the_store(ingest, store, clock):
    (receipt,) = send(ingest, an_event(clock, "e1")).result(WAIT)
    assert receipt == Receipt("e1", ReceiptStatus.ACCEPTED)
    ((kept, _),) = store.inbox.pending("ada")
    assert (kept.event_id, kept.actor, kept.source) == ("e1", "ada", "api")
    assert kept.received_at == kept.occurred_at == clock.now


def test_a_retry_of_an_event_without_its_own_time_is_a_duplicate(ingest, clock):
    first = send(ingest, an_event(clock, "e1")).result(WAIT)
    clock.advance(minutes=10)
    again = send(ingest, an_event(clock, "e1")).result(WAIT)
    assert [receipt.status for receipt in first + again] == ["accepted", "duplicate"]


def test_the_profile_s_zone_counts_where_the_event_has_none(ingest, store, clock):
    store.students.set_zone("ada", "Asia/Tokyo")
    clock.advance(hours=6)
    send(ingest, an_event(clock, "e1"), an_event(clock, "e2", time_zone="UTC")).result(WAIT)
    send(ingest, an_event(clock, "e3", student_id="ben")).result(WAIT)
    pending = [event for event, _ in store.inbox.pending("ada") + store.inbox.pending("ben")]
    assert [(e.time_zone, e.local_date.day, e.local_hour) for e in pending] == [
        ("Asia/Tokyo", 5, 3), ("UTC", 4, 18), ("UTC", 4, 18),
    ]  # fmt: skip


def test_requests_that_wait_together_are_written_together(gate, ingest, clock):
    futures = [send(ingest, an_event(clock, "first"))]
    assert gate.entered.acquire(timeout=WAIT)
    futures += [send(ingest, an_event(clock, f"e{n}")) for n in range(30)]
    assert not any(future.done() for future in futures)
    gate.open.set()
    assert [f.result(WAIT)[0].status for f in futures] == ["accepted"] * 31
    assert gate.groups == [[1], [1] * 30]


def test_a_group_does_not_grow_without_bound(gate, ingest, clock, monkeypatch):
    monkeypatch.setattr(ingest_module, "MOST_EVENTS_A_GROUP", 10)
    blocking = send(ingest, an_event(clock, "first"))
    assert gate.entered.acquire(timeout=WAIT)
    sizes = (12, 5, 5, 1)
    futures = [
        send(ingest, *(an_event(clock, f"{k}-{n}") for n in range(size)))
        for k, size in enumerate(sizes)
    ]
    gate.open.set()
    assert [len(f.result(WAIT)) for f in [blocking, *futures]] == [1, *sizes]
    assert gate.groups == [[1], [12], [5, 5], [1]]


def test_a_sender_that_is_too_fast_is_told_to_wait(gate, ingest, clock, monkeypatch):
    monkeypatch.setattr(ingest_module, "MOST_EVENTS_WAITING", 3)
    futures = [send(ingest, an_event(clock, "first"))]
    assert gate.entered.acquire(timeout=WAIT)
    futures += [send(ingest, *(an_event(clock, f"{k}-{n}") for n in range(2))) for k in range(2)]
    with pytest.raises(StoreUnavailable, match="wait to be written"):
        send(ingest, an_event(clock, "late"))
    gate.open.set()
    assert [len(f.result(WAIT)) for f in futures] == [1, 2, 2]
    send(ingest, an_event(clock, "late")).result(WAIT)


def test_a_store_that_fails_acknowledges_nothing_and_the_next_group_is_tried(ingest, store, clock):
    """The commit itself fails, as it does when the disk is full or an fsync went wrong."""
    failing = True

    def on_commit(_connection: object) -> None:
        if failing:
            raise OSError("No space left on device")

    event.listen(store.engine, "commit", on_commit)
    with pytest.raises(StoreUnavailable, match="No space left"):
        send(ingest, an_event(clock, "e1")).result(WAIT)
    failing = False
    assert store.inbox.count() == 0
    assert send(ingest, an_event(clock, "e1")).result(WAIT)[0].status == "accepted"


def test_closing_writes_what_waits_and_takes_nothing_more(gate, store, store_settings, clock):
    ingest = Ingest(store, store_settings, clock)
    futures = [send(ingest, an_event(clock, f"e{n}")) for n in range(5)]
    closing = threading.Thread(target=ingest.close)
    closing.start()
    gate.open.set()
    closing.join(WAIT)
    assert [future.result(0)[0].status for future in futures] == ["accepted"] * 5
    with pytest.raises(StoreUnavailable, match="shutting down"):
        send(ingest, an_event(clock, "late"))
    ingest.close()


def test_a_request_that_was_given_up_in_time_is_not_written(gate, ingest, store, clock):
    blocking = send(ingest, an_event(clock, "first"))
    assert gate.entered.acquire(timeout=WAIT)
    given_up = send(ingest, an_event(clock, "given-up"))
    assert given_up.cancel()
    gate.open.set()
    blocking.result(WAIT)
    send(ingest, an_event(clock, "last")).result(WAIT)
    assert {event.event_id for event, _ in store.inbox.pending("ada")} == {"first", "last"}


def test_events_of_one_group_share_their_moment_and_keep_their_order(ingest, store, clock):
    send(ingest, *(an_event(clock) for _ in range(200))).result(WAIT)
    pending = [event for event, _ in store.inbox.pending("ada")]
    assert {event.received_at for event in pending} == {clock.now}
    ids = [event.event_id for event in pending]
    assert ids == sorted(ids)  # made ids break ties of time in order of arrival


def test_a_future_clock_of_the_sender_never_reaches_the_receipt(ingest, store, clock):
    ahead = (clock() + timedelta(minutes=4)).isoformat()
    send(ingest, an_event(clock, "e1", occurred_at=ahead)).result(WAIT)
    ((kept, _),) = store.inbox.pending("ada")
    assert kept.received_at == clock.now < kept.occurred_at


def test_control_characters_in_the_actor_are_a_fault_of_the_caller_alone(ingest, clock):
    with pytest.raises(ValueError, match="NUL"):
        ingest.submit([an_event(clock)], actor="a\x00", source="api")
