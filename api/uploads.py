"""A form with a file, as browsers send it (RFC 7578): read whole, up to a limit."""

from __future__ import annotations

import re
from typing import NamedTuple

from fastapi import Request

from api.bodies import MULTIPART, media_type_of, read_body
from api.errors import InvalidRequest

UPLOAD_BYTES_MAX = 32 * 1024 * 1024
PARTS_MAX = 20
_KEPT = "spool.upload"
_BOUNDARY = re.compile(r'boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?')
_NAME = re.compile(rb'[;\s]name="([^"\r\n]{1,100})"')
_FILE = re.compile(rb'[;\s]filename="')


class Upload(NamedTuple):
    """The fields of a form, and its file."""

    fields: dict[str, str]
    file: bytes


def is_upload(request: Request) -> bool:
    """Whether the body is declared as a form with files."""
    return media_type_of(request) == MULTIPART


async def read_upload(request: Request) -> Upload:
    """The form, read once however often it is asked for."""
    read: Upload | None = request.scope.get(_KEPT)
    if read is None:
        boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
        if boundary is None:
            raise _unreadable()
        body = await read_body(request, UPLOAD_BYTES_MAX, MULTIPART)
        read = _parsed(body, boundary[1].encode())
        request.scope[_KEPT] = read
    return read


def _parsed(body: bytes, boundary: bytes) -> Upload:
    # The first boundary begins the body, each other one a line of its own; the last ends in --.
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(parts) > PARTS_MAX or not parts[-1].startswith(b"--"):
        raise _unreadable()
    fields, file = {}, b""
    for part in parts[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            raise _unreadable()
        if _FILE.search(head):
            file = content
        else:
            fields[name[1].decode("utf-8", "replace")] = content.decode("utf-8", "replace")
    return Upload(fields, file)


def _unreadable() -> InvalidRequest:
    return InvalidRequest(
        "The form cannot be read.", cure="Send it as a browser does.", field="body"
    )
