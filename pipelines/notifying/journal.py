"""What was handed over, written where a killed process leaves it.

Between the receiver's acknowledgment and its record in the store lie milliseconds in which a kill
would make the next sender send again. So a channel marks a message here at the instant after which
it must not be sent once more: one byte of a mapped file, which outlives the process without any
system call. The next sender reads what the dead one left. A power cut may lose the byte; then the
message is sent again under the same id.

The file is also the lock: one sender works in a home at a time, so whatever is claimed in its name
when it starts belongs to a dead one.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from warehouse.durable import make_directory, sync_directory
from warehouse.errors import SpoolError

SLOT_BYTES = 64
_ID_BYTES = 36


class SenderBusy(SpoolError):
    """Another sender works in this home."""

    title = "A sender is at work"


class Slot:
    """Room for one message in flight."""

    def __init__(self, memory: mmap.mmap, number: int) -> None:
        self._memory, self._at = memory, (number + 1) * SLOT_BYTES

    def begin(self, delivery_id: str) -> None:
        """From now on this slot is about that message, which has not been handed over."""
        self._memory[self._at] = 0
        self._memory[self._at + 1 : self._at + 1 + _ID_BYTES] = delivery_id.encode()

    def mark(self) -> None:
        """The message leaves the house now, or has left it."""
        self._memory[self._at] = 1

    def clear(self) -> None:
        """What became of the message is in the store."""
        self._memory[self._at] = 0

    def handed_over(self) -> str | None:
        """The message that was marked and never cleared."""
        if self._memory[self._at] != 1:
            return None
        return self._memory[self._at + 1 : self._at + 1 + _ID_BYTES].decode()


class Journal:
    """The open journal of a home."""

    def __init__(self, memory: mmap.mmap, slots: int) -> None:
        self.home = memory[:_ID_BYTES].decode()
        self.slots = [Slot(memory, number) for number in range(slots)]


@contextmanager
def open_journal(path: Path, slots: int) -> Iterator[Journal]:
    """The journal of a home, for its only sender.

    Raises:
        SenderBusy: another process has it open.
    """
    make_directory(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor)
        size = (slots + 1) * SLOT_BYTES
        if os.fstat(descriptor).st_size < size:
            os.ftruncate(descriptor, size)
        with mmap.mmap(descriptor, 0) as memory:
            if memory[0] == 0:
                memory[:_ID_BYTES] = str(uuid4()).encode()
                memory.flush()
                os.fsync(descriptor)
                sync_directory(path.parent)
            yield Journal(memory, slots)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SenderBusy(
            "Another process sends the notifications of this home.",
            cure="Let it work; one is enough.",
        ) from error
