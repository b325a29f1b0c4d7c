"""Counts shared by several API processes over Redis, told a few times a second.

Nothing waits for Redis: a process decides by what it knows, and learns what the others have counted
when it tells its own counts. While Redis is away each process counts alone; what was counted
meanwhile is told when it is back.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import redis
from prometheus_client import Gauge
from redis.backoff import NoBackoff
from redis.retry import Retry

from api.budgets import Counts, Key
from warehouse import logs
from warehouse.clock import Clock

EXCHANGE_SECONDS = 0.2
AWAY_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)  # between attempts while it does not answer
TIMEOUT_SECONDS = 0.5
KEPT_SECONDS = 60  # longer than the window, for clocks that differ


class SharedCounts:
    """A thread that exchanges counts; ends with its block."""

    def __init__(
        self,
        url: str,
        counts: Counts,
        clock: Clock,
        pseudonyms: logs.Pseudonyms,
        answering: Gauge,
    ) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._counts, self._clock, self._pseudonyms = counts, clock, pseudonyms
        self._answering, self._log = answering, logs.get_logger()
        self._failures = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shared-counts", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._redis.close()

    def _run(self) -> None:
        while not self._ending.wait(self._pause()):
            self.exchange()

    def _pause(self) -> float:
        if not self._failures:
            return EXCHANGE_SECONDS
        return AWAY_SECONDS[min(self._failures, len(AWAY_SECONDS)) - 1]

    def exchange(self) -> None:
        """Tell what was counted here, learn what all have counted."""
        now = self._clock().timestamp()
        untold = self._counts.take_untold()
        try:
            totals = self._tell(untold, now)
        except (redis.RedisError, OSError) as error:
            self._counts.give_back(untold, now)
            if not self._failures:
                self._log.warning("redis_away", problem=type(error).__name__)
            self._failures += 1
            self._answering.set(0)
            return
        for key, total in zip(untold, totals, strict=True):
            self._counts.learn(key, total)
        if self._failures:
            self._log.info("redis_back", failures=self._failures)
        self._failures = 0
        self._answering.set(1)

    def _tell(self, untold: Mapping[Key, int], now: float) -> list[int]:
        pipeline = self._redis.pipeline(transaction=False)
        for key, amount in untold.items():
            # Ids of people lie in Redis as pseudonyms only.
            name = f"spool:{key.budget}:{self._pseudonyms.of(key.whom)}:{key.ends_at}"
            pipeline.incrby(name, amount)
            pipeline.expire(name, max(1, int(key.ends_at - now)) + KEPT_SECONDS)
        pipeline.ping()
        return [int(total) for total in pipeline.execute()[:-1:2]]
