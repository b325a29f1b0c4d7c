"""Files that survive a power cut: written aside, fsynced, renamed, directory fsynced.

An error of fsync is never retried on the same descriptor: the kernel may already have dropped the
pages that it could not write, and a second call would report success.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable: new files, renames and removals."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directory(path: Path) -> None:
    """Create a directory with its parents, each of them durable."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(exist_ok=True)
    sync_directory(path.parent)


def write_file(target: Path, content: bytes) -> None:
    """Put a file in its place whole, in place of what had its name, or not at all."""
    make_directory(target.parent)
    aside = target.with_name(f"{target.name}.new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    publish_file(aside, target)


def publish_file(aside: Path, target: Path) -> None:
    """Give a finished, already fsynced file its final name, replacing what had it."""
    make_directory(target.parent)
    aside.replace(target)
    sync_directory(target.parent)


@dataclass(frozen=True)
class Copy:
    """A copy in the making: `made` when it may be opened, `synced` when that state is on disk.

    Ask for `synced` before the last fsync, which then has little left to wait for: it raises what
    went wrong here, and the kernel tells that nobody a second time.
    """

    made: Future[Path]
    synced: Future[None]

    def wait(self) -> None:
        """Wait until it has ended, well or not."""
        for part in (self.made, self.synced):
            part.exception()


def copy_beside(source: Path, target: Path) -> Copy:
    """Begin to copy a file and to bring the copy to disk, beside whatever else is done."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="copy")
    copy = Copy(thread.submit(shutil.copyfile, source, target), thread.submit(_sync, target))
    thread.shutdown(wait=False)
    return copy


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
