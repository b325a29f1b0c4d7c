"""What is noticed about each request: its id, its operation, how it ended and how long it took.

One line in the log and one count in the metrics for each, without anybody's name, address or id.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from api.addresses import Proxies
from api.metrics import Metrics
from warehouse import logs

UNMATCHED = "none"
NOBODY = "none"
HUNG_UP = 499  # no answer began: the client had gone; servers do not send this
DASHBOARD = "_dashboard"
# Random numbers only: an id made of words could be somebody's name, and would be in every line.
_REQUEST_ID = re.compile(r"[0-9A-Fa-f-]{16,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
ONE_EVENT = frozenset({"track_event", "award_points"})
_SERVER_FAULT = 500
_KEY = "spool.watched"


@dataclass(slots=True)
class Watched:
    """What is known of a request so far; filled in by whoever finds it out."""

    request_id: str
    address: str
    operation: str = UNMATCHED
    role: str = NOBODY
    subject: str | None = None
    about: str | None = None
    problem: str | None = None
    rejected: list[str] = field(default_factory=list)


def watched(scope: Scope) -> Watched:
    """The record of this request."""
    found: Watched = scope[_KEY]
    return found


class Watch:
    """Gives each request an id and tells log and metrics how it ended."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, pseudonyms: logs.Pseudonyms, proxies: Proxies
    ) -> None:
        self._app, self._metrics, self._proxies = app, metrics, proxies
        self._pseudonyms = pseudonyms
        self._log = logs.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        record = Watched(request_id_of(headers), self._proxies.client(scope, headers))
        scope[_KEY] = record
        logs.REQUEST_ID.set(record.request_id)
        started = time.perf_counter()
        status = HUNG_UP

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                name = (b"x-request-id", record.request_id.encode())
                message["headers"] = [*message["headers"], name]
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except Exception:
            # The answer is made by the server's outermost layer; here it is known already.
            status = _SERVER_FAULT
            raise
        finally:
            seconds = time.perf_counter() - started
            self._count(record, status, seconds)
            self._tell(record, scope["method"], status, seconds)

    def _count(self, record: Watched, status: int, seconds: float) -> None:
        self._metrics.request(record.operation, record.role, status, seconds)
        if record.problem is not None:
            self._metrics.problem(record.operation, record.problem)
        if record.problem is not None and record.operation in ONE_EVENT:
            record.rejected.append(record.problem)
        for reason in record.rejected:
            self._metrics.rejected(reason)

    def _tell(self, record: Watched, method: str, status: int, seconds: float) -> None:
        fields: dict[str, object] = {
            "operation": record.operation,
            "method": method,
            "status": status,
            "seconds": round(seconds, 6),
            "role": record.role,
        }
        for name in ("subject", "about"):
            person = getattr(record, name)
            if person is not None:
                fields[name] = self._pseudonyms.of(person)
        if record.problem is not None:
            fields["problem"] = record.problem
        if record.rejected:
            fields["rejected"] = dict(Counter(record.rejected))
        self._log.info("request", **fields)
        if record.operation.endswith(DASHBOARD) and status < 400:  # noqa: PLR2004  # an answer
            self._log.info("dashboard_access", **fields)


def request_id_of(headers: Mapping[bytes, bytes]) -> str:
    """The sender's id where it is a random number, the trace's, or a new one."""
    sent = headers.get(b"x-request-id", b"").decode("latin-1")
    if _REQUEST_ID.fullmatch(sent):
        return sent
    trace = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
    return trace[1] if trace else uuid4().hex
