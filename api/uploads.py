"""A form with a file, as browsers send it: read whole, up to a limit, by Starlette's parser."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.bodies import MULTIPART, media_type_of, read_body
from api.errors import InvalidRequest

UPLOAD_BYTES_MAX = 32 * 1024 * 1024
FIELDS_MAX = 20
_KEPT = "spool.upload"


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
        read = await _parsed(request, await read_body(request, UPLOAD_BYTES_MAX, MULTIPART))
        request.scope[_KEPT] = read
    return read


async def _parsed(request: Request, body: bytes) -> Upload:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, whole(), max_files=1, max_fields=FIELDS_MAX)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise InvalidRequest(
            "The form cannot be read.", cure="Send it as a browser does.", field="body"
        ) from error
    fields, file = {}, b""
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            file = await value.read()
        else:
            fields[name] = value
    await form.close()
    return Upload(fields, file)
