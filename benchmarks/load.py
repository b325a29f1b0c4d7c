"""A small HTTP/1.1 load generator: prepared requests over kept connections.

Its own process shares the machine with the server; it does as little as it can beside counting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Result:
    """What a run saw: answers by status, and each answer's milliseconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds below which this share of the answers came."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """The bytes of one request."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(
    port: int,
    requests: Callable[[], Iterator[bytes]],
    *,
    connections: int,
    seconds: float,
    rate: float | None = None,
) -> Result:
    """Send requests over so many connections, at `rate` a second if given."""
    return asyncio.run(_run(port, requests(), connections, seconds, rate))


async def _run(
    port: int, requests: Iterator[bytes], connections: int, seconds: float, rate: float | None
) -> Result:
    result, started = Result(), time.perf_counter()
    pace = connections / rate if rate else 0.0
    workers = (
        _worker(port, requests, result, started + seconds, pace, started + pace * i / connections)
        for i in range(connections)
    )
    await asyncio.gather(*workers)
    result.seconds = time.perf_counter() - started
    return result


async def _worker(
    port: int, requests: Iterator[bytes], result: Result, end: float, pace: float, due: float
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (now := time.perf_counter()) < end:
        if pace:
            await asyncio.sleep(max(0.0, due - now))
            due += pace
        asked = next(requests, None)
        if asked is None:
            break
        sent = time.perf_counter()
        writer.write(asked)
        status = await _answer(reader)
        result.milliseconds.append((time.perf_counter() - sent) * 1e3)
        result.statuses[status] = result.statuses.get(status, 0) + 1
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    low = head.lower()
    at = low.index(b"content-length:") + 15
    await reader.readexactly(int(low[at : low.index(b"\r\n", at)]))
    return int(head[9:12])
