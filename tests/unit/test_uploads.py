"""Forms with a file: taken whole, byte for byte, or refused in words."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import Request

from api.errors import InvalidRequest
from api.uploads import FIELDS_MAX, Upload, read_upload

BYTES = bytes(range(256)) + b"\r\n--other\r\n\n\r"
BEGIN = b"--here\r\nContent-Disposition: form-data; "


def field(name: str, value: bytes) -> bytes:
    return BEGIN + f'name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


def file(content: bytes) -> bytes:
    return BEGIN + b'name="file"; filename="a.zip"\r\n\r\n' + content + b"\r\n"


def upload(body: bytes, kind: str = 'multipart/form-data; boundary="here"') -> Upload:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())],
    }
    return asyncio.run(read_upload(Request(scope, receive)))


def test_fields_and_the_bytes_of_the_file_are_read():
    read = upload(field("csrf_token", "tö".encode()) + file(BYTES) + b"--here--\r\n")
    assert read == Upload({"csrf_token": "tö"}, BYTES)


def test_a_form_without_a_file_has_an_empty_one():
    assert upload(field("a", b"b") + b"--here--\r\n").file == b""


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--here--\r\n", "multipart/form-data"),
        (b"no form at all", "multipart/form-data; boundary=here"),
        (BEGIN + b"\r\n\r\nno name\r\n--here--\r\n", "multipart/form-data; boundary=here"),
        (
            b"".join(field(f"f{n}", b"x") for n in range(FIELDS_MAX + 1)) + b"--here--\r\n",
            "multipart/form-data; boundary=here",
        ),
        (file(b"a") + file(b"b") + b"--here--\r\n", "multipart/form-data; boundary=here"),
    ],
    ids=["no boundary", "no form", "no name", "too many fields", "two files"],
)
def test_what_is_no_form_of_a_browser_is_refused(body, kind):
    with pytest.raises(InvalidRequest, match="cannot be read"):
        upload(body, kind)
