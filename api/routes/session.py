"""Signing in and out of a browser's session by the API; its page is `pages/entrance.py`."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.contract import refusals
from api.dependencies import Services, services_of, session_of
from api.errors import NotAuthenticated
from api.schemas.session import Session
from api.sessions import clear_cookie, set_cookie

router = APIRouter()


@router.get("/api/session", summary="Who is signed in", response_model=Session, tags=["session"])
def session(request: Request) -> Session:
    """The bearer of the cookie or token, and what changes by cookie must carry."""
    return _session(request)


@router.post(
    "/api/session", summary="Sign in with a token", response_model=Session, tags=["session"]
)
async def sign_in(request: Request, response: Response) -> Session:
    """Keep the bearer token of this request in an HttpOnly cookie until it expires."""
    _, token, expires_at, _ = session_of(request)
    set_cookie(request, response, token, _seconds_until(services_of(request), expires_at))
    return await run_in_threadpool(_session, request, token)


@router.delete(
    "/api/session",
    summary="Sign out",
    status_code=204,
    response_class=Response,
    tags=["session"],
    responses=refusals(NotAuthenticated.kind),
)
def sign_out(request: Request) -> Response:
    """Forget the cookie. The token itself stays valid until it expires."""
    answer = Response(status_code=204)
    clear_cookie(request, answer)
    return answer


def _session(request: Request, cookie: str | None = None) -> Session:
    principal, token, expires_at, came_by_cookie = session_of(request)
    services = services_of(request)
    by_cookie = cookie is not None or came_by_cookie
    person = services.store.people.person(principal.subject)
    return Session(
        subject=principal.subject,
        role=principal.role.value,
        name=person.name if person else None,
        expires_at=datetime.fromtimestamp(expires_at, UTC),
        csrf_token=request.app.state.csrf.token(token) if by_cookie else None,
    )


def _seconds_until(services: Services, expires_at: float) -> int:
    return max(0, int(expires_at - services.clock().timestamp()))
