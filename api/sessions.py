"""Sign-in for browsers: the bearer token in a cookie that no script can read.

A cookie is sent by the browser whoever made the request, so what changes something must carry the
CSRF token too, which only a page of ours can know. Requests with a bearer token need none.
"""

from __future__ import annotations

import hashlib
import hmac

from fastapi import Request
from fastapi.responses import Response

from api.bodies import is_form, read_form
from api.errors import NotPermitted
from api.uploads import is_upload, read_upload

COOKIE = "spool_session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Csrf:
    """Makes and checks the tokens that go with a session: keyed hashes of it."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"csrf|" + secret.encode()).digest()

    def token(self, session: str) -> str:
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    async def check(self, request: Request, session: str, *, uploads: bool = False) -> None:
        """Refuse a change that no page of ours asked for: without the token as header or field."""
        if request.method in SAFE_METHODS:
            return
        sent = request.headers.get(CSRF_HEADER)
        if sent is None:
            sent = (await _fields(request, uploads=uploads)).get(CSRF_FIELD, "")
        if not hmac.compare_digest(sent.encode(), self.token(session).encode()):
            raise NotPermitted(
                "The request carries a session but not its CSRF token.",
                cure=f"Send the `csrf_token` of GET /api/session as {CSRF_HEADER}, or a bearer "
                "token instead of the cookie.",
                field=CSRF_HEADER,
            )


async def _fields(request: Request, *, uploads: bool) -> dict[str, str]:
    """The fields of the form that was sent; what takes no file reads none."""
    if uploads and is_upload(request):
        return (await read_upload(request)).fields
    return await read_form(request) if is_form(request) else {}


def set_cookie(request: Request, response: Response, token: str, seconds: int) -> None:
    """Keep the session in the browser until its token expires."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_came_by_https(request),
    )


def clear_cookie(request: Request, response: Response) -> None:
    """Forget the session in this browser."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="strict", secure=_came_by_https(request)
    )


def _came_by_https(request: Request) -> bool:
    """Also to a proxy before us. Who invents that header only makes their own cookie safer."""
    told = request.headers.get("x-forwarded-proto", "")
    return "https" in {request.url.scheme, told.strip().lower()}
