"""People whom the school has set inactive: their tokens open nothing, however long they last."""

from __future__ import annotations

import asyncio
import time

from starlette.concurrency import run_in_threadpool

from api.errors import NotAuthenticated
from warehouse.store.people import People

SECONDS_KEPT = 1.0  # a look at the store for each request would cost most of them a millisecond


class Bars:
    """Who is barred, looked up at most once a second. Used from the event loop only."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._barred: frozenset[str] = frozenset()
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def check(self, subject: str) -> None:
        """Refuse somebody who is not active."""
        if self._is_old():
            # whoever comes meanwhile waits: what was seen long ago, or never, lets nobody in
            async with self._looking:
                if self._is_old():
                    looked_at = time.monotonic()
                    self._barred = await run_in_threadpool(self._people.inactive)
                    self._looked_at = looked_at
        if subject in self._barred:
            raise NotAuthenticated(
                "This account is not active.", cure="Ask your school to activate it."
            )

    def _is_old(self) -> bool:
        return time.monotonic() - self._looked_at >= SECONDS_KEPT
