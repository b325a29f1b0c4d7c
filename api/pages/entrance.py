"""Where a visitor begins: the start, signing in and out, the sample school's doors, the language.

The doors exist only where `spool up --sample` set SPOOL_SAMPLE, only while nobody is known but
invented people, and only for these; otherwise their address names nothing.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.auth import Credential
from api.bodies import read_form
from api.dependencies import Services, services_of
from api.errors import NotAuthenticated, reason
from api.pages.rendering import (
    HOMES,
    LANGUAGE_COOKIE,
    YEAR,
    go,
    home_of,
    local,
    show,
    signed_in,
)
from api.sessions import clear_cookie, set_cookie
from api.watch import watched
from reports.languages import LANGUAGES
from warehouse.clock import utc_now
from warehouse.errors import SpoolError
from warehouse.store.people import Person
from warehouse.tokens import Role, make_token

router = APIRouter(include_in_schema=False)

SAMPLE = "sample"
OWN_SOURCES = (SAMPLE, "profile")
DEMO_HOURS = 12


@router.get("/")
async def start_page(request: Request) -> Response:
    """The home of whoever is signed in, else the door."""
    credential = await signed_in(request)
    home = home_of(credential.principal) if credential else None
    return go(home or "/sign-in")


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str | None = None) -> Response:  # noqa: A002  # a query parameter
    return await run_in_threadpool(_door, request, local(next))


@router.post("/sign-in")
async def sign_in_form(request: Request) -> Response:
    """Keep a token in the session's cookie, as POST /api/session does."""
    form = await read_form(request)
    _require_own_page(request)
    try:
        authenticator = request.app.state.authenticator
        credential: Credential = await authenticator.credential(f"Bearer {form.get('token', '')}")
        await services_of(request).bars.check(credential.principal.subject)
    except SpoolError as error:
        if reason(error) != NotAuthenticated.kind.slug:
            raise
        request.app.state.limiter.failure(watched(request.scope).address)
        return await run_in_threadpool(_door, request, local(form.get("next")), refused=True)
    home = home_of(credential.principal)
    answer = go(local(form.get("next")) or home or "/docs")
    left = credential.expires_at - services_of(request).clock().timestamp()
    set_cookie(request, answer, credential.token, max(0, int(left)))
    return answer


@router.post("/sign-out")
async def sign_out_form(request: Request) -> Response:
    """Forget the cookie. The token itself stays valid until it expires."""
    answer = go("/sign-in")
    clear_cookie(request, answer)
    return answer


@router.get("/demo")
async def demo_page(request: Request) -> Response:
    people = await run_in_threadpool(_demo_people, services_of(request))
    return await run_in_threadpool(show, request, "demo.html", people=people)


@router.post("/demo")
async def demo_sign_in(request: Request) -> Response:
    services = services_of(request)
    people = await run_in_threadpool(_demo_people, services)
    chosen = (await read_form(request)).get("person_id")
    found = [(person, role) for person, role in people if person.person_id == chosen]
    if not found:
        raise HTTPException(404)
    _require_own_page(request)
    (person, role), lifetime = found[0], timedelta(hours=DEMO_HOURS)
    now = utc_now()
    token = make_token(services.settings, Role(role), person.person_id, lifetime, now=now)
    answer = go(HOMES[Role(role)].format(person.person_id))
    set_cookie(request, answer, token, int(lifetime.total_seconds()))
    return answer


@router.post("/language")
async def choose_language(request: Request) -> Response:
    """Remember a language in this browser."""
    form = await read_form(request)
    answer = go(local(form.get("next")) or "/")
    chosen = form.get("language", "")
    if chosen in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=YEAR, path="/", httponly=True, samesite="lax"
        )
    return answer


def _door(request: Request, following: str | None, *, refused: bool = False) -> Response:
    services = services_of(request)
    return show(
        request,
        "sign_in.html",
        status=401 if refused else 200,
        following=following or "",
        refused=refused,
        people=_demo_people(services) if _is_sample(services) else [],
    )


def _require_own_page(request: Request) -> None:
    """Nobody is signed in by a form of another site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(404)


def _is_sample(services: Services) -> bool:
    return services.settings.sample and not services.store.people.any_not_of(OWN_SOURCES)


def _demo_people(services: Services) -> list[tuple[Person, str]]:
    """One invented person for each role; anywhere but in a sample school there is no such page."""
    if not _is_sample(services):
        raise HTTPException(404)
    first: dict[str, tuple[Person, str]] = {}
    for person, role in services.store.people.of_source(SAMPLE):
        first.setdefault(role, (person, role))
    return [first[role] for role in HOMES if role in first]
