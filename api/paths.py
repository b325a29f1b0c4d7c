"""Ids with a slash inside an address.

An id may hold any printable character, so clients send `algebra/linear` as `algebra%2Flinear`.
Servers decode the path before routes see it, and the id would fall into two segments. This
middleware puts a stand-in, which no id may hold, in place of encoded slashes; the routes'
parameters turn it back.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

_STAND_IN = "\x1f"


def with_slashes(value: str) -> str:
    """The id as the client meant it."""
    return value.replace(_STAND_IN, "/")


class EncodedSlashes:
    """Keeps encoded slashes out of the matching of routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and b"%2f" in raw.lower():
            segments = raw.decode("latin-1").split("/")
            path = "/".join(unquote(segment).replace("/", _STAND_IN) for segment in segments)
            scope = {**scope, "path": path}
        await self._app(scope, receive, send)
