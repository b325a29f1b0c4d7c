"""Boosted trees on one thread.

Their OpenMP threads wait for each other by spinning: on a machine that does something else beside
them, four to ten times as long is the rule, and a hundred times has been seen. One thread waits for
nobody.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[Any]:
    """While it is open, OpenMP uses a single thread."""
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="openmp")
    return limits
