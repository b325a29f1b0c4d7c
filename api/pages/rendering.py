"""How a page is answered: in the reader's language, by the strictest policy for its content."""

from __future__ import annotations

import gzip
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.auth import Credential, Principal
from api.dependencies import Services, access_of, services_of, session_of
from api.errors import NotAuthenticated, NotFound
from api.sessions import COOKIE
from reports import onscreen, tabular
from reports.exporting.bundling import safe_name
from reports.languages import best
from reports.pages import Frame, Signed, page
from warehouse.errors import SpoolError
from warehouse.tokens import Role

LANGUAGE_COOKIE = "spool_language"
YEAR = 365 * 24 * 3600
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HOMES = {
    Role.STUDENT: "/student/{}",
    Role.PARENT: "/parent/{}",
    Role.EDUCATOR: "/educator/{}",
    Role.ADMIN: "/admin/{}",
}
OK, SEE_OTHER = 200, 303
PACKED_FROM = 1_000


def home_of(principal: Principal) -> str | None:
    """Where somebody's pages begin; programs have none."""
    home = HOMES.get(principal.role)
    return home.format(in_path(principal.subject)) if home else None


def in_path(name: str) -> str:
    """An id as a segment of an address."""
    return quote(name, safe="")


def language_of(request: Request) -> str:
    """The language in which this request is answered."""
    return best(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))


def show(
    request: Request,
    template: str,
    *,
    credential: Credential | None = None,
    status: int = OK,
    meta: object = None,
    zone: str | None = None,
    events: bool = False,
    **given: object,
) -> Response:
    """Answer with a page; to a page that looks again, with the inside of its main part."""
    services = services_of(request)
    # a page that says why there is none has no tables
    table = request.query_params.get(onscreen.PARAMETER) if status == OK else None
    frame = Frame(
        language_of(request),
        address_of(request),
        services.definitions,
        services.clock(),
        who=_signed(request, services, credential),
        events="/events" if events else None,
        zone=zone or zone_of(services, credential),
        bare=table is not None,
        meta=meta,
    )
    if table is not None:
        return _as_csv(page(template, frame, whole=True, **given), table)
    whole = "hx-request" not in request.headers
    return html(request, page(template, frame, whole=whole, **given), status)


def _as_csv(text: str, table: str) -> Response:
    """A table of the page as a file."""
    found = onscreen.csv_of(text, table)
    if found is None:
        raise NotFound("This page has no such table.", cure="Follow the link below the table.")
    name = f'attachment; filename="{safe_name(table)}.csv"'
    return Response(
        found.encode(), headers={"Content-Disposition": name}, media_type=tabular.MEDIA_TYPE
    )


def show_mine(request: Request, template: str, **given: object) -> Response:
    """The same on a route that knows who is asking."""
    return show(request, template, credential=session_of(request), **given)  # type: ignore[arg-type]


def html(request: Request, text: str, status: int = OK) -> Response:
    """Text of a page with the headers of every page, packed for those who take it packed."""
    body = text.encode("utf-8", "replace")
    headers = {"Content-Security-Policy": CONTENT_POLICY, "Vary": "Accept-Encoding, HX-Request"}
    if len(body) > PACKED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, media_type="text/html; charset=utf-8", headers=headers)


def go(address: str) -> RedirectResponse:
    """Look there next: after a form, so that loading the page again sends nothing twice."""
    return RedirectResponse(address, status_code=SEE_OTHER)


def address_of(request: Request) -> str:
    """The address as it was asked for."""
    raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    query = request.scope["query_string"].decode("latin-1")
    path = raw.decode("latin-1").partition("?")[0]
    return f"{path}?{query}" if query else path


def local(address: str | None) -> str | None:
    """An address of ours, or None: nobody is sent elsewhere."""
    if not address or not address.startswith("/") or address[1:2] in {"/", "\\"}:
        return None
    return address if address.isprintable() else None


async def signed_in(request: Request) -> Credential | None:
    """Who is signed in on a page that is open to all."""
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    try:
        credential: Credential = await request.app.state.authenticator.credential(None, cookie)
        await services_of(request).bars.check(credential.principal.subject)
    except (NotAuthenticated, SpoolError):
        return None
    return credential


def zone_of(services: Services, credential: Credential | None) -> str:
    """The clock of the reader."""
    person = services.store.people.person(credential.principal.subject) if credential else None
    return (person.time_zone if person else None) or services.settings.default_timezone


def role_of(request: Request) -> Role:
    """As what somebody is looking."""
    return access_of(request).principal.role


def _signed(request: Request, services: Services, credential: Credential | None) -> Signed | None:
    if credential is None:
        return None
    role, subject = credential.principal
    person = services.store.people.person(subject)
    name = (person.name if person else None) or subject
    return Signed(subject, role.value, name, request.app.state.csrf.token(credential.token))
