"""Processes to kill, one after the other, each forked from one that has imported everything.

Importing anew would take longer than what is tested. A program that calls `each_in_a_fork` does one
piece of work for each line on its input, in a process of its own: it says that process's id, then
whatever the work says, at last `ended` and the exit code (-9 when it was killed). `Forks` is the
test's side of it.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.journey.conftest import Programs


def each_in_a_fork(work: Callable[[str], None]) -> None:
    """Work for each line of the input until it ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _work(work, line.strip())
        say("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _work(work: Callable[[str], None], line: str) -> None:
    say(os.getpid())
    try:
        work(line)
    except BaseException:  # noqa: BLE001  # whatever it is, the parent's loop is not ours
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Forks:
    """Orders work of such a program, kills it, hears how it ended."""

    def __init__(self, programs: Programs, module: str) -> None:
        self._program = programs.start(sys.executable, "-m", module, talks=True)
        self._process: int | None = None

    def begin(self, line: str = "") -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()
        while not (said := self._line()).isdecimal():
            continue  # what the program logged before
        self._process = int(said)

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal, if there is still somebody to get it."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, sign)

    @property
    def running(self) -> bool:
        """Whether the work is still under way."""
        return self._process is not None and Path(f"/proc/{self._process}").exists()

    def end(self) -> tuple[bool, list[str]]:
        """Wait for the end: whether it was killed, and what was said; a failure fails the test."""
        said: list[str] = []
        if self._process is None:
            return False, said
        while not (line := self._line()).startswith("ended "):
            said.append(line)
        self._process = None
        code = int(line.split()[1])
        assert code in {0, -signal.SIGKILL, -signal.SIGTERM}, "\n".join(said)
        return code != 0, said

    def _line(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "the program that forks is gone"
        return line.strip()
