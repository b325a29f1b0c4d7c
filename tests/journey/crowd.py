"""Students who keep sending while the server dies, and who remember what was acknowledged."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

STUDENTS = [f"student-{number}" for number in range(6)]
CONCEPTS = [f"concept-{number}" for number in range(5)]
HURRIED, STEADY = 0.01, 0.05  # seconds between the requests of a client
Sent = dict[str, Any]
Figures = dict[str, tuple[int, int]]


class Crowd:
    """Sends events and keeps the book: acknowledged, or sent without an answer."""

    def __init__(self, sender: httpx.Client, reader: httpx.Client, seed: int) -> None:
        self._sender, self._reader = sender, reader
        self._rng = Random(seed)
        self._name = f"crash-{seed}"
        self._lock = threading.Lock()
        self._made = 0
        self.acknowledged: dict[str, Sent] = {}
        self.unsure: dict[str, Sent] = {}
        self.surprises: list[str] = []

    @contextmanager
    def pressing(self, pause: float = HURRIED, clients: int = 2) -> Iterator[None]:
        """Send without end while the body runs."""
        enough = threading.Event()
        given = enough, pause
        threads = [threading.Thread(target=self._press, args=given) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            enough.set()
            for thread in threads:
                thread.join()

    def settle(self) -> None:
        """Send again whatever had no answer, as every client must."""
        again = list(self.unsure.values())
        for start in range(0, len(again), 500):
            self.send(again[start : start + 500])
        assert self.surprises == []
        assert not self.unsure

    def send(self, events: list[Sent]) -> None:
        """One request; without an answer the events stay unsure."""
        with self._lock:
            self.unsure |= {event["event_id"]: event for event in events}
        try:
            if len(events) == 1:
                answer = self._sender.post("/api/progress/track", json=events[0])
            else:
                answer = self._sender.post("/api/progress/track/batch", json={"events": events})
        except httpx.TransportError:
            return
        with self._lock:
            self._note(events, answer)

    def arrive(self, count: int) -> None:
        """A first batch, so that there is something to build."""
        self.send([self._event() for _ in range(count)])

    def ask(self, path: str) -> Any:
        """What the server answers to those who may see everything."""
        answer = self._reader.get(path)
        assert answer.is_success, answer.text
        return answer.json()

    def figures(self) -> dict[str, Figures]:
        """What every student must see: attempts and seconds by concept, each event once."""
        tries: Counter[tuple[str, str]] = Counter()
        seconds: Counter[tuple[str, str]] = Counter()
        for event in self.acknowledged.values():
            key = event["student_id"], event["concept_id"]
            tries[key] += 1
            seconds[key] += event["time_spent"]
        return {
            student: {
                concept: (tries[student, concept], seconds[student, concept])
                for concept in CONCEPTS
                if tries[student, concept]
            }
            for student in STUDENTS
        }

    def _press(self, enough: threading.Event, pause: float) -> None:
        while not enough.wait(pause):
            self.send(self._next())

    def _next(self) -> list[Sent]:
        """Something new; now and then the same as before, as a client that lost the answer does."""
        with self._lock:
            if self.acknowledged and self._rng.random() < 0.05:
                return [self.acknowledged[self._rng.choice(list(self.acknowledged))]]
            return [self._event() for _ in range(self._rng.choice((1, 1, 1, 2, 8)))]

    def _event(self) -> Sent:
        self._made += 1
        when = datetime.now(UTC) - timedelta(minutes=self._rng.randint(1, 30_000))
        return {
            "event_id": f"{self._name}-{self._made}",
            "student_id": self._rng.choice(STUDENTS),
            "concept_id": self._rng.choice(CONCEPTS),
            "event_type": "attempted",
            "score": self._rng.choice((0.0, 0.5, 1.0)),
            # Of any size, so that one event too few and another twice cannot make the same sum.
            "time_spent": self._rng.randint(1, 80_000),
            "occurred_at": when.isoformat(),
        }

    def _note(self, events: list[Sent], answer: httpx.Response) -> None:
        body = answer.json()
        taken = answer.status_code in {200, 201} and not body.get("rejected")
        if not taken:
            self.surprises.append(f"{answer.status_code} {answer.text}")
            return
        for event in events:
            self.acknowledged[event["event_id"]] = event
            self.unsure.pop(event["event_id"], None)
