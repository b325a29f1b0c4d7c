"""Estimators on one thread each.

Their OpenMP and BLAS threads wait for each other by spinning: beside other work, four to ten times
as long is the rule, and a hundred times has been seen. One thread waits for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from threadpoolctl import threadpool_limits

THREADS = 2


def one_thread() -> AbstractContextManager[Any]:
    """While it is open, they use a single thread."""
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits


@contextmanager
def two_threads() -> Iterator[ThreadPoolExecutor]:
    """Two threads, in each of which scikit-learn keeps to that thread.

    OpenMP is limited thread by thread, BLAS for all at once.
    """

    def keep_to_this_thread() -> None:
        threadpool_limits(limits=1, user_api="openmp")

    with (
        threadpool_limits(limits=1, user_api="blas"),
        ThreadPoolExecutor(THREADS, initializer=keep_to_this_thread) as threads,
    ):
        yield threads
