"""Refusals as pages: who is not signed in is led to the door, all others are told what to do."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.auth import Credential
from api.errors import AsPage
from api.pages.rendering import address_of, go, show, signed_in

NOT_PAGES = (
    *("/api/", "/health", "/metrics", "/openapi.json", "/static/", "/events"),
    *("/badges/", "/.well-known/"),
)
UNKNOWN = 401


def page_for(request: Request) -> AsPage | None:
    """How to answer when a person in a browser is waiting, and not a program."""
    path: str = request.scope["path"]
    wanted = "text/html" in request.headers.get("accept", "") and not path.startswith(NOT_PAGES)
    return _problem_page if wanted else None


async def _problem_page(request: Request, problem: dict[str, object]) -> Response:
    """The page for a problem of the API."""
    status = int(str(problem["status"]))
    if status == UNKNOWN:
        asked = {"next": address_of(request)} if request.method == "GET" else {}
        return go(f"/sign-in?{urlencode(asked)}" if asked else "/sign-in")
    credential = await signed_in(request)
    return await run_in_threadpool(_shown, request, problem, status, credential)


def _shown(
    request: Request, problem: dict[str, object], status: int, credential: Credential | None
) -> Response:
    return show(request, "problem.html", credential=credential, status=status, problem=problem)
