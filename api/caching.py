"""Answers kept as bytes, and the validators that let a client keep them too.

An answer depends on the address and on the state of the tables that it shows: the snapshot, and for
a live answer the student's newest pending event. Both are in the key: nothing needs invalidating.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple, TypeVar, cast

import orjson
from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

MB = 1024 * 1024
CACHE_BYTES_MAX = 64 * MB
ANSWER_BYTES_MAX = MB
VIEWS_MAX = 100  # that of a large class may take a megabyte

Key = tuple[str, ...]
View = TypeVar("View")


class Media(NamedTuple):
    """What an answer is, and the headers that only such an answer has."""

    type: str
    headers: Mapping[str, str] = {}


JSON = Media("application/json")


class AnswerCache:
    """The answers used last, bounded by their bytes; shared by the threads of the routes."""

    def __init__(self, bytes_max: int = CACHE_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._answers: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> bytes | None:
        with self._lock:
            body = self._answers.get(key)
            if body is not None:
                self._answers.move_to_end(key)
            return body

    def put(self, key: Key, body: bytes) -> None:
        if len(body) > ANSWER_BYTES_MAX:
            return
        with self._lock:
            self._bytes += len(body) - len(self._answers.pop(key, b""))
            self._answers[key] = body
            while self._bytes > self._bytes_max:
                self._bytes -= len(self._answers.popitem(last=False)[1])


class ViewCache:
    """The views of pages used last: a page of the same version is only written anew.

    What is kept is not to be changed by whoever is given it.
    """

    def __init__(self, most: int = VIEWS_MAX) -> None:
        self._most = most
        self._views: OrderedDict[Key, object] = OrderedDict()
        self._lock = Lock()

    def of(self, key: Key, make: Callable[[], View]) -> View:
        """The view of this key, which names what it shows, of whom, and in which version."""
        with self._lock:
            if key in self._views:
                self._views.move_to_end(key)
                return cast(View, self._views[key])
        view = make()
        with self._lock:
            self._views[key] = view
            if len(self._views) > self._most:
                self._views.popitem(last=False)
        return view


def conditional(
    request: Request,
    cache: AnswerCache,
    role: str,
    version: str,
    make: Callable[[], object],
    media: Media = JSON,
) -> Response:
    """304 when the client has this version, else the kept answer, else a new one."""
    headers = {
        **media.headers,
        "ETag": f'"{version}"',
        # The client may keep it but has to ask: the next event of the student changes it at once.
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
    }
    if _holds(request.headers.get("if-none-match"), version):
        return Response(status_code=304, headers=headers)
    query = request.scope["query_string"].decode("latin-1")
    key = (role, version, request.scope["path"], query)
    body = cache.get(key)
    if body is None:
        body = encoded(make())
        cache.put(key, body)
    return Response(body, headers=headers, media_type=media.type)


def encoded(answer: object) -> bytes:
    """A shape, or a view (a dataclass of `reports`), as JSON; a finished file as it is."""
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, BaseModel):
        return answer.model_dump_json(by_alias=True).encode()
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


def _holds(if_none_match: str | None, version: str) -> bool:
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return f'"{version}"' in tags or tags == {"*"}
