"""Builds that die by SIGKILL right before the n-th step that others could see.

Steps are whatever opens a file in the home to write, renames, links or removes one, and every
commit in the store: between two of them a crash leaves much the same traces wherever it comes.

Run as a program it builds, for each line `STEP FULL` on its input (`forking.py`), up to that step,
or to the end for 0, and everything anew if FULL is 1. Of a build that lives it says the number of
steps and the snapshot's id.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from tests.journey.forking import each_in_a_fork, say
from warehouse.build import run_build
from warehouse.catalog import load_catalog
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


def build(line: str) -> None:
    """One build of the home in the environment."""
    fatal, full = map(int, line.split())
    settings = load_settings()
    steps = Steps(str(settings.home), fatal)
    with open_store(settings) as store:
        sys.addaudithook(steps.audited)
        event.listen(Engine, "commit", steps.committed)
        report = run_build(settings, store, now=utc_now(), full=bool(full))
    say(steps.count, report.snapshot_id)


if __name__ == "__main__":
    load_catalog()  # once for all
    each_in_a_fork(build)
