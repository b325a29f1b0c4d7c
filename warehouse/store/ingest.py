"""Group commit: requests that wait together become durable by one fsync.

One thread writes. While it waits for the disk, further requests gather; they are the next group.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

from warehouse.clock import Clock
from warehouse.errors import StoreUnavailable
from warehouse.events import Event, ReceivedEvent, receive
from warehouse.settings import Settings
from warehouse.store.database import Store
from warehouse.store.inbox import Receipt

MOST_EVENTS_A_GROUP = 4_000
MOST_EVENTS_WAITING = 50_000  # about two seconds of work: beyond it a sender should slow down


class Commit(NamedTuple):
    """What became of one group: the sizes of its requests, and how many events ended how."""

    sizes: Sequence[int]
    outcomes: Mapping[str, int]
    seconds: float
    failed: bool


def _unobserved(_commit: Commit) -> None:
    return


@dataclass(frozen=True)
class _Request:
    events: Sequence[Event]
    actor: str
    source: str
    future: Future[list[Receipt]]


class Ingest:
    """Takes checked events, makes them durable in groups, and answers each request."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Clock,
        observe: Callable[[Commit], None] = _unobserved,
    ) -> None:
        self._store = store
        self._observe = observe
        self._default_zone = settings.default_timezone
        self._clock = clock
        self._waiting: deque[_Request] = deque()
        self._waiting_events = 0
        self._closed = False
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._write, name="ingest", daemon=True)
        self._writer.start()

    def submit(self, events: Sequence[Event], *, actor: str, source: str) -> Future[list[Receipt]]:
        """The receipts of these events, once they are durable; fails with StoreUnavailable."""
        if "\x00" in actor or "\x00" in source:
            # PostgreSQL would refuse the whole group for it.
            raise ValueError("actor and source may not hold NUL characters")
        request = _Request(events, actor, source, Future())
        with self._changed:
            if self._closed or not self._writer.is_alive():
                raise StoreUnavailable(
                    "This server is shutting down.", cure="Send the same events again in a moment."
                )
            if self._waiting_events > MOST_EVENTS_WAITING:
                raise StoreUnavailable(
                    f"{self._waiting_events} events wait to be written already.",
                    cure="Send the same events again in a few seconds.",
                )
            self._waiting.append(request)
            self._waiting_events += len(events)
            self._changed.notify()
        return request.future

    def close(self) -> None:
        """Write what waits, then stop; nothing is taken any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._writer.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self) -> None:
        while (group := self._next_group()) is not None:
            if group:
                self._commit(group)

    def _next_group(self) -> list[_Request] | None:
        """What waits, up to a size (empty if its senders gave up); None when closed and drained."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if not self._waiting:
                return None
            group: list[_Request] = []
            size = 0
            while self._waiting and (
                not group or size + len(self._waiting[0].events) <= MOST_EVENTS_A_GROUP
            ):
                request = self._waiting.popleft()
                size += len(request.events)
                # A sender that gave up may cancel; from here on its events will be written.
                if request.future.set_running_or_notify_cancel():
                    group.append(request)
            self._waiting_events -= size
            return group

    def _commit(self, group: list[_Request]) -> None:
        started = time.perf_counter()
        receipts: list[list[Receipt]] = []
        try:
            receipts = self._store.inbox.append(self._received(group))
        except StoreUnavailable as error:
            _fail(group, error)
        except Exception as error:  # noqa: BLE001  # the writer must outlive any one group
            failure = StoreUnavailable(
                f"Writing events failed: {error}.", cure="Send the same events again."
            )
            failure.__cause__ = error
            _fail(group, failure)
        else:
            for request, answer in zip(group, receipts, strict=True):
                request.future.set_result(answer)
        outcomes = Counter(str(receipt.status) for answer in receipts for receipt in answer)
        sizes = [len(request.events) for request in group]
        self._observe(Commit(sizes, outcomes, time.perf_counter() - started, failed=not receipts))

    def _received(self, group: list[_Request]) -> list[list[ReceivedEvent]]:
        now = self._clock()
        without_zone = {
            event.student_id
            for request in group
            for event in request.events
            if event.time_zone is None
        }
        zones = self._store.students.zones(without_zone) if without_zone else {}
        return [
            [
                receive(
                    event,
                    received_at=now,
                    actor=request.actor,
                    source=request.source,
                    profile_zone=zones.get(event.student_id),
                    default_zone=self._default_zone,
                )
                for event in request.events
            ]
            for request in group
        ]


def _fail(group: list[_Request], error: StoreUnavailable) -> None:
    for request in group:
        request.future.set_exception(error)
