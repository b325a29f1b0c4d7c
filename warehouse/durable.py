"""Files that survive a power cut: written aside, fsynced, renamed, directory fsynced.

An error of fsync is never retried on the same descriptor: the kernel may already have dropped the
pages that it could not write, and a second call would report success.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
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


def sync_beside(path: Path) -> Future[None]:
    """Begin to bring a file to disk while it is written on; what is written later is not in it.

    The last fsync then has little left to wait for. Ask for the result before that one: it raises
    what went wrong here, which the kernel tells nobody a second time.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="sync")
    begun = thread.submit(_sync, path)
    thread.shutdown(wait=False)
    return begun


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
