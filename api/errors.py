"""Every refusal of the API: its status, its kind, and the one shape that shows it (RFC 9457).

Errors of other packages are given their status here; what went wrong inside (5xx) is never told.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.headers import HEADERS
from api.watch import watched
from reports.press import DocumentFailed
from reports.views.period import InvalidPeriod
from warehouse.errors import InvalidEvent, SnapshotUnavailable, SpoolError, StoreUnavailable
from warehouse.store.interventions import InterventionConflict
from warehouse.tokens import InvalidToken

MEDIA_TYPE = "application/problem+json"

AsPage = Callable[[Request, dict[str, object]], Awaitable[Response]]

_logger = logging.getLogger(__name__)


class Kind(NamedTuple):
    """A kind of refusal; `slug` ends its `type` and is its anchor in the documentation."""

    status: int
    slug: str
    title: str

    @property
    def uri(self) -> str:
        return f"/docs#problem-{self.slug}"


class Refusal(SpoolError):
    """The base of refusals that only the API knows."""

    kind = Kind(500, "internal-error", "The service failed")


class NotAuthenticated(Refusal):
    """No bearer token came, or one that we do not accept."""

    kind = Kind(401, "not-authenticated", "A valid bearer token is needed")


class NotPermitted(Refusal):
    """The bearer may not do this; the words are the same whether the student exists or not."""

    kind = Kind(403, "not-permitted", "This is not permitted")


class NotFound(Refusal):
    """The address names nothing that we know."""

    kind = Kind(404, "not-found", "There is no such thing")


class MethodNotAllowed(Refusal):
    """The address exists, but not for this method."""

    kind = Kind(405, "method-not-allowed", "The method is not allowed here")


class SlowRequest(Refusal):
    """The body did not arrive in time."""

    kind = Kind(408, "slow-request", "The request took too long to arrive")


class EventConflict(Refusal):
    """The id is taken by an event with other content."""

    kind = Kind(409, "event-conflict", "This event_id belongs to another event")


class ImportGoesOn(Refusal):
    """Two rosters at once would be judged against people whom the other is changing."""

    kind = Kind(409, "import-goes-on", "Another roster is being imported")


class BodyTooLarge(Refusal):
    """The body is larger than the operation reads."""

    kind = Kind(413, "body-too-large", "The body is too large")


class UnsupportedMediaType(Refusal):
    """The body is not declared as JSON."""

    kind = Kind(415, "unsupported-media-type", "The body must be JSON")


class InvalidRequest(Refusal):
    """A parameter or the body breaks the contract; `field` names where."""

    kind = Kind(422, "invalid-request", "The request is not valid")


class TooManyRequests(Refusal):
    """A user or an address has used up its budget for a time."""

    kind = Kind(429, "too-many-requests", "Too many requests in a short time")

    def __init__(self, detail: str, *, cure: str, retry_after: int) -> None:
        super().__init__(detail, cure=cure)
        self.retry_after = retry_after


INVALID_EVENT = Kind(422, "invalid-event", "The event is not valid")
INTERVENTION_CONFLICT = Kind(409, "intervention-conflict", "The intervention was changed meanwhile")
STORE_UNAVAILABLE = Kind(503, "store-unavailable", "Events cannot be stored at the moment")
SNAPSHOT_UNAVAILABLE = Kind(503, "snapshot-unavailable", "No figures can be given at the moment")
DOCUMENT_FAILED = Kind(503, "document-failed", "The document could not be made")
INTERNAL_ERROR = Refusal.kind

_FOREIGN: dict[type[SpoolError], Kind] = {
    InvalidToken: NotAuthenticated.kind,
    InvalidEvent: INVALID_EVENT,
    InvalidPeriod: InvalidRequest.kind,
    InterventionConflict: INTERVENTION_CONFLICT,
    StoreUnavailable: STORE_UNAVAILABLE,
    SnapshotUnavailable: SNAPSHOT_UNAVAILABLE,
    DocumentFailed: DOCUMENT_FAILED,
}
_BY_STATUS = {
    error.kind.status: error.kind
    for error in (NotAuthenticated, NotPermitted, NotFound, MethodNotAllowed, BodyTooLarge)
}
KINDS: tuple[Kind, ...] = (
    *(error.kind for error in Refusal.__subclasses__()),
    INVALID_EVENT,
    INTERVENTION_CONFLICT,
    STORE_UNAVAILABLE,
    SNAPSHOT_UNAVAILABLE,
    DOCUMENT_FAILED,
    INTERNAL_ERROR,
)
_SERVER_FAULT = 500
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


def reason(error: SpoolError) -> str:
    """The kind of an error in one word, for those who count."""
    return _kind(error).slug


def problem(error: SpoolError) -> dict[str, object]:
    """The error as a problem object, for an answer of its own or inside one of a batch."""
    kind = _kind(error)
    if kind.status >= _SERVER_FAULT:
        return _shape(kind, "The cause is in the service and has been logged.", _RETRY, None)
    return _shape(kind, error.detail, error.cure, error.field)


_RETRY = "Send the same request again in a little while; an event_id makes that safe."


def _kind(error: SpoolError) -> Kind:
    if isinstance(error, Refusal):
        return error.kind
    return next(
        (k for kind_of, k in _FOREIGN.items() if isinstance(error, kind_of)), INTERNAL_ERROR
    )


def _shape(kind: Kind, detail: str, cure: str, field: str | None) -> dict[str, object]:
    return {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "cure": cure or None,
        "field": field,
    }


async def _answer(
    request: Request, body: dict[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    status = int(str(body["status"]))
    record = watched(request.scope)
    record.problem = str(body["type"]).rpartition("problem-")[2]
    shown = body | {"request_id": record.request_id}
    page: AsPage | None = request.app.state.problem_page(request)
    if page is not None:
        return await page(request, shown)
    return Response(
        orjson.dumps(shown),
        status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **_HEADERS.get(status, {}), **(headers or {})},
    )


async def _refused(request: Request, error: SpoolError) -> Response:
    kind = _kind(error)
    if kind.status >= _SERVER_FAULT:
        _logger.error("%s %s: %s", kind.status, request.scope["method"], error, exc_info=error)
    headers = {}
    if kind.status in {408, 413}:
        # What is left of a body that nobody reads would be taken for the next request.
        headers["Connection"] = "close"
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    return await _answer(request, problem(error), headers)


async def _http(request: Request, error: HTTPException) -> Response:
    kind = _BY_STATUS.get(error.status_code)
    if kind is None:
        kind = Kind(error.status_code, InvalidRequest.kind.slug, InvalidRequest.kind.title)
    detail, cure = {
        404: ("This address names nothing.", "The addresses are listed at /docs."),
        405: (f"{request.method} is not possible here.", "The methods are listed at /docs."),
    }.get(error.status_code, (str(error.detail), ""))
    return await _answer(request, _shape(kind, detail, cure, None), dict(error.headers or {}))


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    field = str(first["loc"][-1])
    refusal = InvalidRequest(
        f"{field} is not valid: {str(first['msg']).removeprefix('Value error, ')}.",
        cure=f"See the rules for {field} at /docs.",
        field=field,
    )
    return await _answer(request, problem(refusal))


async def _unexpected(request: Request, _error: Exception) -> Response:
    """The server logs the exception itself after this answer."""
    request_id = {"X-Request-ID": watched(request.scope).request_id}
    return await _answer(request, problem(Refusal("")), HEADERS | request_id)


def install(app: FastAPI, as_page: Callable[[Request], AsPage | None]) -> None:
    """Give the application one shape for all its errors, and to people who wait a page of it."""
    app.state.problem_page = as_page
    app.exception_handler(SpoolError)(_refused)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(Exception)(_unexpected)
