"""The test's side of `tests.journey.doomed`: order builds, kill them, hear how they ended."""

from __future__ import annotations

import os
import signal
import sys
from typing import NamedTuple

from tests.journey.conftest import Programs

MODULE = "tests.journey.doomed"


class Ended(NamedTuple):
    """How a build ended: killed, or with the number of its steps and its snapshot."""

    killed: bool
    steps: int = 0
    snapshot_id: str = ""


class Builder:
    """Makes builds, one at a time, each in a process of its own."""

    def __init__(self, programs: Programs) -> None:
        self._process = programs.start(sys.executable, "-m", MODULE, talks=True)
        self._build = 0

    def begin(self, fatal: int = 0, *, full: bool = False) -> None:
        """Begin a build that dies before that step; 0 lets it live."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{fatal} {int(full)}\n")
        self._process.stdin.flush()
        self._build = int(self._line())

    def kill(self) -> None:
        """Kill the build now, if it still runs."""
        try:
            os.kill(self._build, signal.SIGKILL)
        except ProcessLookupError:
            return

    def end(self) -> Ended:
        """Wait for the build; one that failed otherwise than by a kill fails the test."""
        said = []
        while not (line := self._line()).startswith("ended "):
            said.append(line)
        code = int(line.split()[1])
        assert code in {0, -signal.SIGKILL}, "\n".join(said)
        if code:
            return Ended(killed=True)
        steps, snapshot_id = said[-1].split()
        return Ended(killed=False, steps=int(steps), snapshot_id=snapshot_id)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the builder is gone"
        return line.strip()
