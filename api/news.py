"""Tells open pages that what they show may have changed; what has changed they ask for themselves.

A stream costs an entry in a dictionary and no thread: one task looks for all of them once a second,
as long as there is any. What it looks at lies in the store and on disk, so that events taken by
another process of the API are seen too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping

from starlette.concurrency import run_in_threadpool

from warehouse.errors import SpoolError

LOOK_SECONDS = 1.0
BEAT_SECONDS = 20.0  # proxies cut what is silent
STREAM_SECONDS = 600.0  # then the browser comes again, and its session is checked anew
STREAMS_MAX = 500
STREAMS_A_PERSON = 8
_NEWS, _BEAT = b"event: news\ndata: look again\n\n", b": still here\n\n"
_HELLO = b"retry: 3000\n\n"

Look = Callable[[Collection[str]], Mapping[str, str]]


class _Stream:
    def __init__(self, person: str, topics: Collection[str]) -> None:
        self.person, self.topics = person, topics
        self.seen: list[str | None] | None = None
        self.woken = asyncio.Event()


class News:
    """The open streams. Used from the event loop only.

    Args:
        look: the state of each topic, as text that changes when there is news; runs in a thread.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._streams: set[_Stream] = set()
        self._watch: asyncio.Task[None] | None = None
        self._closing = False

    def is_full(self, person: str) -> bool:
        """Whether there is no place for one more stream, of this person or at all."""
        mine = Counter(stream.person for stream in self._streams)[person]
        return self._closing or mine >= STREAMS_A_PERSON or len(self._streams) >= STREAMS_MAX

    async def stream(self, person: str, topics: Collection[str]) -> AsyncIterator[bytes]:
        """What a browser is sent until it leaves, its time is over, or the service ends."""
        mine = _Stream(person, topics)
        self._streams.add(mine)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._run())
        ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS
        try:
            yield _HELLO
            while not self._closing and asyncio.get_running_loop().time() < ends_at:
                try:
                    await asyncio.wait_for(mine.woken.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield _BEAT
                    continue
                mine.woken.clear()
                if not self._closing:
                    yield _NEWS
        finally:
            self._streams.discard(mine)

    def close(self) -> None:
        """End all streams now: a server that stops waits for them."""
        self._closing = True
        for stream in self._streams:
            stream.woken.set()

    async def _run(self) -> None:
        while self._streams and not self._closing:
            topics = {topic for stream in self._streams for topic in stream.topics}
            try:
                states = await run_in_threadpool(self._look, topics)
            except SpoolError:  # the store is away: it is looked for again, and nobody is woken
                await asyncio.sleep(LOOK_SECONDS)
                continue
            for stream in self._streams:
                now = [states.get(topic) for topic in stream.topics]
                if stream.seen is not None and stream.seen != now:
                    stream.woken.set()
                stream.seen = now
            await asyncio.sleep(LOOK_SECONDS)
