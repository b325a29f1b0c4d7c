"""Private keys that an installation makes for itself when they are first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from warehouse.durable import make_directory, sync_directory


def kept_key(file: Path, make: Callable[[], PrivateKeyTypes]) -> bytes:
    """What is in the file of a key, which is on disk before anybody sees its public half."""
    if not file.exists():
        _write(file, make())
    return file.read_bytes()


def _write(file: Path, private: PrivateKeyTypes) -> None:
    """Write a new key aside and link it: of two programs that start together one's key stays."""
    make_directory(file.parent)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    aside = file.with_name(f"{file.name}.{uuid4().hex}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, pem)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        file.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    sync_directory(file.parent)
