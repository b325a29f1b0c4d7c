"""Estimators on one thread.

Their OpenMP and BLAS threads wait for each other by spinning: beside other work, four to ten times
as long is the rule, and a hundred times has been seen. One thread waits for nobody.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[Any]:
    """While it is open, they use a single thread."""
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits
