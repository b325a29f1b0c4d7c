"""The test's side of `tests.journey.doomed`: order builds, kill them, hear how they ended."""

from __future__ import annotations

from typing import NamedTuple

from tests.journey.conftest import Programs
from tests.journey.forking import Forks


class Ended(NamedTuple):
    """How a build ended: killed, or with the number of its steps and its snapshot."""

    killed: bool
    steps: int = 0
    snapshot_id: str = ""


class Builder:
    """Makes builds, one at a time, each in a process of its own."""

    def __init__(self, programs: Programs) -> None:
        self._forks = Forks(programs, "tests.journey.doomed")

    def begin(self, fatal: int = 0, *, full: bool = False) -> None:
        """Begin a build that dies before that step; 0 lets it live."""
        self._forks.begin(f"{fatal} {int(full)}")

    def kill(self) -> None:
        """Kill the build now, if it still runs."""
        self._forks.kill()

    def end(self) -> Ended:
        """Wait for the build; one that failed otherwise than by a kill fails the test."""
        killed, said = self._forks.end()
        if killed:
            return Ended(killed=True)
        steps, snapshot_id = said[-1].split()
        return Ended(killed=False, steps=int(steps), snapshot_id=snapshot_id)
