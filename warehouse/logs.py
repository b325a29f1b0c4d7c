"""Structured logs: one JSON object a line on stderr, for the API, builds and the daemon alike.

Nobody's name, address, token or id is in them. A student or another person stands there as a
pseudonym: a keyed hash, the same in every line, that means nothing without the key. What libraries
say in their errors is scrubbed: data stands in quotes there, so nothing in quotes is told.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any, TextIO, cast

import orjson
import structlog

from warehouse.clock import utc_now
from warehouse.errors import SpoolError

KEPT_PSEUDONYMS = 10_000
MESSAGE_LENGTH_MAX = 300
FRAMES_MAX = 12
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)

Fields = MutableMapping[str, Any]

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|=\([^)]*\)|“[^”]*”")
_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?i:bearer)\s+\S+")
_ADDRESS = re.compile(r"[^\s@<>,;:/]+@[\w-]+\.[\w.-]+")
_PASSWORD = re.compile(r"://[^/\s@]*@")


Log = structlog.typing.FilteringBoundLogger


def get_logger() -> Log:
    """A logger with the configuration of now: `log.info("what_happened", count=3)`."""
    return cast(Log, structlog.get_logger().bind())


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send structured and standard logs of this process to one stream, in one form."""
    out = _Stream(stream)
    render = _renderer(form, stream or sys.stderr)
    structlog.configure(
        processors=[_complete, render],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: out,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if not isinstance(h, _Foreign)]
    root.addHandler(_Foreign(out, render))
    # Of libraries only what went wrong; the server also says when it starts and ends.
    root.setLevel(level if level in {"DEBUG", "ERROR"} else "WARNING")
    logging.getLogger("uvicorn").setLevel(level)


class _Stream:
    """What structlog hands finished lines to; one write each, so that lines never mix."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        # A full disk or a reader that has gone must not stop what the lines are about.
        with suppress(OSError, ValueError):
            stream = self._stream or sys.stderr
            stream.write(line + "\n")
            stream.flush()

    debug = info = warning = error = critical = exception = msg


class _Foreign(logging.Handler):
    """Lines of libraries and of our modules that use the standard way, in the same shape."""

    def __init__(self, out: _Stream, render: Callable[..., str]) -> None:
        super().__init__()
        self._out, self._render = out, render

    def emit(self, record: logging.LogRecord) -> None:
        fields: Fields = {
            "event": scrubbed(record.getMessage()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "exc_info": record.exc_info,
        }
        self._out.msg(self._render(None, "", _complete(None, record.levelname.lower(), fields)))


def _renderer(form: str, stream: TextIO) -> Callable[..., str]:
    if form == "text" or (form == "auto" and stream.isatty()):
        return partial(_text, structlog.dev.ConsoleRenderer(colors=stream.isatty()))
    return _json


def _text(console: Callable[..., str], logger: object, method: str, fields: Fields) -> str:
    """For a terminal, where an error is shown as one text below its line."""
    if "exception" in fields:
        fields["exception"] = "\n".join(fields["exception"])
    return console(logger, method, fields)


def _json(_logger: object, _method: str, fields: Fields) -> str:
    return orjson.dumps(fields, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _complete(_logger: object, method: str, fields: Fields) -> Fields:
    """Time, level and the request that it belongs to, before what the caller says."""
    head: Fields = {"timestamp": utc_now().isoformat(), "level": fields.pop("level", method)}
    request_id = REQUEST_ID.get()
    if request_id is not None:
        head["request_id"] = request_id
    error = _error(fields.pop("exc_info", None))
    if error is not None:
        fields["exception"] = list(told(error))
    return {**head, **fields}


def _error(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    if exc_info is True:
        exc_info = sys.exc_info()[1]
    return exc_info if isinstance(exc_info, BaseException) else None


def told(error: BaseException) -> Iterator[str]:
    """An error and its causes, each with where it arose: no values, no paths of this machine."""
    shown: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in shown:
        shown.add(id(cause))
        yield f"{type(cause).__name__}: {_message(cause)}"
        for frame, line in list(traceback.walk_tb(cause.__traceback__))[-FRAMES_MAX:]:
            yield f"  {frame.f_globals.get('__name__')}:{line} {frame.f_code.co_name}"
        cause = cause.__cause__ or cause.__context__


def _message(error: BaseException) -> str:
    """Our own errors name no person; of another's only the first line, for the rest lists data."""
    lines = str(error).strip().splitlines() or [""]
    return scrubbed(" ".join(lines) if isinstance(error, SpoolError) else lines[0])


def scrubbed(text: str) -> str:
    """The text without anything that is quoted, signed, addressed or secret."""
    for pattern, stands_in in (
        (_PASSWORD, "://…@"),
        (_TOKEN, "…"),
        (_QUOTED, "…"),
        (_ADDRESS, "…"),
    ):
        text = pattern.sub(stands_in, text)
    return text[:MESSAGE_LENGTH_MAX]


class Pseudonyms:
    """Ids of people as the same 16 hex digits each time; the key is derived from JWT_SECRET."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"spool-progress log pseudonyms", hashlib.sha256)
        self.of = lru_cache(KEPT_PSEUDONYMS)(self._of)

    def _of(self, person: str) -> str:
        return hmac.digest(self._key, person.encode(), hashlib.sha256).hex()[:16]
