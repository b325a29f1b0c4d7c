"""Senders that die by SIGKILL, for `test_notifying`: one for each line of the input (`forking.py`).

A line may name a step at which the sender kills itself:

    unmarked   when it is about to mark its first message
    marked     when that is marked, and what follows the mark without waiting is done
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.notifying.assembly import send_once
from pipelines.notifying.journal import Slot
from tests.journey.forking import each_in_a_fork
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


if __name__ == "__main__":
    with TemporaryDirectory() as elsewhere:
        send_once(load_settings(home=Path(elsewhere)))  # what is read at first, once for all
    each_in_a_fork(send)
