"""Builds that die by SIGKILL right before the n-th step that others could see.

Steps are whatever opens a file in the home to write, renames, links or removes one, and every
commit in the store: between two of them a crash leaves much the same traces wherever it comes.

Run as a program it makes one build after the other, each in a forked process of its own (importing
everything anew would take longer than building): for each line `STEP FULL` on its input it builds
up to that step, or to the end for 0, and everything anew if FULL is 1. It says the build's process
id; of a build that lives the number of steps and the snapshot's id; at last `ended` and its code.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import Any

from sqlalchemy import Engine, event

from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.settings import load_settings
from warehouse.store.database import open_store

FILE_STEPS = {
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "shutil.copyfile",
    "shutil.rmtree",
}
WRITING = os.O_WRONLY | os.O_RDWR


class Steps:
    """Counts the steps and ends the process before the fatal one."""

    def __init__(self, home: str, fatal: int) -> None:
        self._home, self._fatal = home, fatal
        self.count = 0

    def audited(self, step: str, arguments: tuple[Any, ...]) -> None:
        writes = step in FILE_STEPS or (step == "open" and arguments[2] & WRITING)
        if writes and any(str(part).startswith(self._home) for part in arguments):
            self.take()

    def committed(self, _connection: object) -> None:
        self.take()

    def take(self) -> None:
        self.count += 1
        if self.count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def build(fatal: int, *, full: bool) -> None:
    """One build of the home in the environment."""
    say(os.getpid())
    settings = load_settings()
    steps = Steps(str(settings.home), fatal)
    with open_store(settings) as store:
        sys.addaudithook(steps.audited)
        event.listen(Engine, "commit", steps.committed)
        report = run_build(settings, store, now=utc_now(), full=full)
    say(steps.count, report.snapshot_id)


def build_in_child(fatal: int, *, full: bool) -> int:
    """Build in a forked process; returns its exit code, -9 when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            build(fatal, full=full)
        except BaseException:  # noqa: BLE001  # whatever it is, the parent's loop is not ours
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for line in sys.stdin:
        step, full = map(int, line.split())
        say("ended", build_in_child(step, full=bool(full)))
