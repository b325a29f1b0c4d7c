"""The inbox on both databases: acknowledged once, found again, gone only when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.factories import RECEIVED_AT, received
from warehouse.errors import StoreUnavailable
from warehouse.events import ReceivedEvent
from warehouse.store.database import open_store
from warehouse.store.inbox import Inbox
from warehouse.store.transactions import writing

ODD = received(
    "ädä 🎓",
    "attempted",
    "bruch'rechnung \\ %s ?",
    at="2026-03-28 23:59:59.999999",
    zone="Asia/Kathmandu",
    score=0.1,
    time_spent=86_400,
    item_id="q;--",
)
AWARD = received("ada", "points_awarded", points=-10_000, reason="a\tb" * 3)


def statuses(inbox: Inbox, *requests: list[ReceivedEvent]) -> list[list[str]]:
    return [[receipt.status.value for receipt in answer] for answer in inbox.append(requests)]


def test_what_is_appended_comes_back_the_same(store):
    helped = received("ada", "helped", None, at="2026-03-01 10:00")
    store.inbox.append([[ODD, AWARD], [helped]])
    assert store.inbox.pending(ODD.student_id) == [(ODD, None)]
    assert store.inbox.pending("ada") == [(AWARD, None), (helped, None)]
    assert store.inbox.pending("eve") == []


def test_the_same_event_again_is_a_duplicate_and_other_content_a_conflict(store):
    event = received(event_id="e1", fingerprint=1)
    other = event._replace(score=1.0, fingerprint=2)
    assert statuses(store.inbox, [event]) == [["accepted"]]
    assert statuses(store.inbox, [event], [other]) == [["duplicate"], ["conflict"]]
    assert [e for e, _ in store.inbox.pending("ada")] == [event]


def test_inside_one_group_the_first_wins(store):
    one = received(event_id="e1", fingerprint=1)
    other = one._replace(fingerprint=2)
    new = received(event_id="e2")
    assert statuses(store.inbox, [one, one, other], [other, new], [one]) == [
        ["accepted", "duplicate", "conflict"],
        ["conflict", "accepted"],
        ["duplicate"],
    ]
    assert store.inbox.count() == 2


def test_receipts_name_the_event_in_order_of_the_request(store):
    events = [received(event_id=f"e{n}") for n in (3, 1, 2)]
    (answer,) = store.inbox.append([events])
    assert [receipt.event_id for receipt in answer] == ["e3", "e1", "e2"]


def test_nothing_to_append_is_nothing_done(store):
    assert store.inbox.append([]) == []
    assert store.inbox.append([[], []]) == [[], []]


def test_fingerprints_use_all_sixty_four_bits(store):
    for number, fingerprint in enumerate((-(2**63), 2**63 - 1, 0, -1)):
        event = received(event_id=f"e{number}", fingerprint=fingerprint)
        assert statuses(store.inbox, [event], [event]) == [["accepted"], ["duplicate"]]


def test_more_events_than_a_statement_has_parameters(store):
    events = [received(f"s{n % 10}", event_id=f"e{n}") for n in range(35_000)]
    (answer,) = store.inbox.append([events])
    assert {receipt.status for receipt in answer} == {"accepted"}
    (again,) = store.inbox.append([events])
    assert {receipt.status for receipt in again} == {"duplicate"}
    assert store.inbox.count() == 35_000


def test_the_mark_changes_when_anything_comes_or_goes(store):
    marks = {store.inbox.pending_mark("ada")}
    store.inbox.append([[received(event_id="e1")]])
    marks.add(store.inbox.pending_mark("ada"))
    store.inbox.append([[received(event_id="e2")]])
    marks.add(store.inbox.pending_mark("ada"))
    store.inbox.claim("b1")
    store.inbox.append([[received("ben", event_id="e3")]])
    marks.add(store.inbox.pending_mark("ada"))
    assert len(marks) == 3
    store.inbox.delete(["b1"])
    store.inbox.append([[received(event_id="e4"), received(event_id="e5")]])
    marks.add(store.inbox.pending_mark("ada"))
    assert len(marks) == 4  # two again, but not the same two


def test_the_mark_leaves_out_what_the_asker_has(store):
    store.inbox.append([[received(event_id="e1")]])
    store.inbox.claim("b1")
    assert store.inbox.pending_mark("ada", {"b1"}) == (0, 0)
    assert store.inbox.pending_mark("ada", {"another"}) == store.inbox.pending_mark("ada")
    store.inbox.append([[received(event_id="e2")]])
    assert store.inbox.pending_mark("ada", {"b1", "another"})[0] == 1
    assert store.inbox.pending_mark("ada")[0] == 2


def test_rows_are_claimed_landed_and_deleted_by_batch(store):
    first = [received(event_id=f"a{n}") for n in range(3)]
    second = [received("ben", event_id=f"b{n}") for n in range(2)]
    store.inbox.append([first])
    assert store.inbox.claim("batch-1") == 3
    store.inbox.append([second])
    assert store.inbox.claim("batch-2") == 2
    assert store.inbox.claim("batch-3") == 0
    assert store.inbox.claimed() == ["batch-1", "batch-2"]
    assert store.inbox.events_of("batch-1") == first
    assert store.inbox.pending("ben") == [(event, "batch-2") for event in second]
    assert store.inbox.delete(["batch-1", "batch-0"]) == 3
    assert store.inbox.delete([]) == 0
    assert store.inbox.claimed() == ["batch-2"]
    assert store.inbox.count() == 2


def test_many_rows_leave_in_parts(store):
    store.inbox.append([[received(event_id=f"e{n}") for n in range(20_500)]])
    store.inbox.claim("b")
    assert store.inbox.delete(["b"]) == 20_500
    assert store.inbox.count() == 0


def test_the_oldest_event_tells_how_long_landing_has_waited(store):
    assert store.inbox.oldest_received_at() is None
    later = RECEIVED_AT + timedelta(hours=1)
    store.inbox.append([[received(event_id="e1"), received(event_id="e2", received_at=later)]])
    assert store.inbox.oldest_received_at() == RECEIVED_AT


def test_imports_see_whom_the_inbox_knows(store):
    store.inbox.append([[ODD]])
    assert store.inbox.identities() == [(ODD.event_id, ODD.fingerprint, ODD.received_at)]


def test_two_servers_that_get_the_same_events_accept_each_once(store, store_settings):
    """Two API processes on one store: every id is accepted by exactly one of them."""
    answers: list[list[str]] = []

    def send(inbox: Inbox, order: int) -> None:
        for n in range(40)[::order]:
            events = [received(event_id=f"e{n}-{k}") for k in range(20)]
            answers.extend(statuses(inbox, events))

    with open_store(store_settings) as other:
        senders = [
            threading.Thread(target=send, args=(inbox, order))
            for inbox, order in ((store.inbox, 1), (other.inbox, -1), (other.inbox, 1))
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(timeout=60)
    counted = [status for answer in answers for status in answer]
    assert counted.count("accepted") == 800
    assert counted.count("duplicate") == 1_600
    assert store.inbox.count() == 800


def test_a_failed_transaction_keeps_nothing(store):
    def failing() -> None:
        with writing(store.engine) as connection:
            connection.execute(text("delete from inbox"))
            connection.execute(text("insert into nowhere values (1)"))

    store.inbox.append([[received()]])
    with pytest.raises(StoreUnavailable, match="nowhere"):
        failing()
    assert store.inbox.count() == 1


def test_what_was_acknowledged_survives_the_death_of_the_process(store_settings):
    """The child prints each id after `append` returned, and is killed at some point."""
    writer = textwrap.dedent("""
        from itertools import count
        from tests.factories import received
        from warehouse.settings import load_settings
        from warehouse.store.database import open_store

        inbox = open_store(load_settings()).inbox
        for n in count():
            inbox.append([[received(event_id=f"e{n}")]])
            print(n, flush=True)
    """)
    environment = os.environ | {"SPOOL_HOME": str(store_settings.home)}
    if store_settings.database_url:
        environment["DATABASE_URL"] = store_settings.database_url
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-c", writer], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert child.stdout
        acknowledged = [next(child.stdout) for _ in range(50)]
        child.send_signal(signal.SIGKILL)
        acknowledged += child.stdout.readlines()
        child.wait()
        child.stdout.close()
    last = int(acknowledged[-1])
    with open_store(store_settings) as store:
        kept = {event.event_id for event, _ in store.inbox.pending("ada")}
    assert kept >= {f"e{n}" for n in range(last + 1)}
    assert len(kept) <= last + 2
