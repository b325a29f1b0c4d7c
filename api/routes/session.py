"""Signing in and out in a browser, and the sample school's doors.

The demo sign-in exists only where `spool up --sample` set SPOOL_SAMPLE, only while nobody is known
but invented people, and only for these; otherwise its addresses name nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api import pages
from api.bodies import read_form
from api.contract import refusals
from api.dependencies import Services, services_of, session_of
from api.errors import NotAuthenticated
from api.schemas.session import Session
from api.sessions import clear_cookie, set_cookie
from warehouse.clock import utc_now
from warehouse.store.people import Person
from warehouse.tokens import Role, make_token

router = APIRouter()

SAMPLE = "sample"
OWN_SOURCES = (SAMPLE, "profile")
DEMO_HOURS = 12
HOMES = {
    Role.STUDENT: "/api/dashboard/student/{}",
    Role.PARENT: "/api/dashboard/parent/{}",
    Role.EDUCATOR: "/api/dashboard/educator/{}",
    Role.ADMIN: "/api/dashboard/admin/{}",
}


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


@router.get("/demo", include_in_schema=False)
def demo_page(request: Request) -> HTMLResponse:
    return pages.demo_page(_demo_people(services_of(request)))


@router.post("/demo", include_in_schema=False)
async def demo_sign_in(request: Request) -> Response:
    services = services_of(request)
    people = await run_in_threadpool(_demo_people, services)
    chosen = (await read_form(request)).get("person_id")
    found = [(person, role) for person, role in people if person.person_id == chosen]
    if not found or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(404)
    (person, role), lifetime = found[0], timedelta(hours=DEMO_HOURS)
    now = utc_now()
    token = make_token(services.settings, Role(role), person.person_id, lifetime, now=now)
    answer = RedirectResponse(HOMES[Role(role)].format(person.person_id), status_code=303)
    set_cookie(request, answer, token, int(lifetime.total_seconds()))
    return answer


def _demo_people(services: Services) -> list[tuple[Person, str]]:
    """One invented person for each role; anywhere but in a sample school there is no such page."""
    people = services.store.people
    if not services.settings.sample or people.any_not_of(OWN_SOURCES):
        raise HTTPException(404)
    first: dict[str, tuple[Person, str]] = {}
    for person, role in people.of_source(SAMPLE):
        first.setdefault(role, (person, role))
    return [first[role] for role in HOMES if role in first]


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
