"""Senders that die by SIGKILL, for `test_notifying`: one after the other, each in a forked process.

Importing everything anew would take longer than sending. For each line on its input this program
forks a sender of the home in the environment, says its process id, and at the end `ended` with its
exit code (-9 when it was killed). A line may name a step at which the sender kills itself:

    unmarked   when it is about to mark its first message
    marked     when that is marked, and what follows the mark without waiting is done
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback

from pipelines.notifying.assembly import send_once
from pipelines.notifying.journal import Slot
from warehouse.settings import load_settings


def die(*_arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def mark_and_die(slot: Slot) -> None:
    mark(slot)
    asyncio.get_running_loop().call_soon(die)


mark = Slot.mark
STEPS = {"": mark, "unmarked": die, "marked": mark_and_die}


def send(step: str) -> None:
    """One round; a sender that is to die does so at its step."""
    Slot.mark = STEPS[step]  # type: ignore[method-assign,assignment]
    send_once(load_settings())


def send_in_child(step: str) -> int:
    """Send in a forked process; returns its exit code."""
    child = os.fork()
    if child == 0:
        say(os.getpid())
        try:
            send(step)
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
        say("ended", send_in_child(line.strip()))
