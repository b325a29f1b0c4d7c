"""What others need to verify a badge: who issued it, by which key, for what, and if it still holds.

All of it is public and names nobody.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.contract import refusals
from api.dependencies import Services, services_of
from api.errors import SNAPSHOT_UNAVAILABLE, STORE_UNAVAILABLE, NotFound
from reports.badges import CREDENTIAL, BadgeIssuer, badge_issuer
from warehouse.event_fields import Name
from warehouse.lost_badges import lost
from warehouse.reader import SnapshotReader

router = APIRouter(tags=["badges"])

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
LINKED, KEYS, DID = "application/ld+json", "application/jwk-set+json", "application/did+json"
# Verifiers are pages of other sites, too.
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
MOST = 2**31 - 1


def _told(kind: str, example: object) -> dict[int | str, dict[str, Any]]:
    shown = {"schema": {"type": "string" if isinstance(example, str) else "object"}}
    return {200: {"description": "The document.", "content": {kind: shown | {"example": example}}}}


@router.get(
    "/.well-known/jwks.json",
    summary="The key that signs badges",
    response_class=Response,
    responses=_told(KEYS, {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "…"}]}),
)
def badge_keys(request: Request) -> Response:
    """A set of one public key (RFC 7517)."""
    return _json(_issuer(request).keys(), KEYS)


@router.get(
    "/.well-known/did.json",
    summary="The key that signs badges, where did:web looks for it",
    response_class=Response,
    responses={
        **_told(DID, {"id": "did:web:progress.school.example", "verificationMethod": []}),
        **refusals(NotFound.kind),
    },
)
def badge_did(request: Request) -> Response:
    """Only where PUBLIC_URL is a host of its own under https."""
    issuer = _issuer(request)
    if not issuer.profile.id.startswith("did:web:"):
        raise NotFound("This installation has no did:web.", cure="Set PUBLIC_URL to https://…")
    return _json(issuer.did_document(), DID)


@router.get(
    "/badges/issuer",
    summary="Who issues badges",
    response_class=Response,
    responses=_told(LINKED, {"type": ["Profile"], "id": "did:web:progress.school.example"}),
)
def badge_issuer_profile(request: Request) -> Response:
    """The profile of this installation."""
    return _linked(_issuer(request).profile.to_dict())


@router.get(
    "/badges/achievements/{badge_id}",
    summary="What a badge is earned for",
    response_class=Response,
    responses={**_told(LINKED, {"type": ["Achievement"]}), **refusals(NotFound.kind)},
)
def badge_achievement(
    request: Request,
    badge_id: Annotated[Name, Path(description="The badge.")],
    subject_id: Annotated[Name | None, Query(description="Where there is one a subject.")] = None,
) -> Response:
    """In the words of the rules."""
    for badge in services_of(request).rules.badges:
        if badge.id == badge_id:
            return _linked(_issuer(request).achievement(badge, subject_id).to_dict())
    raise NotFound("There is no such badge.", cure="Use the id of a badge.", field="badge_id")


@router.get(
    "/badges/status/{number}",
    summary="Which badges are revoked",
    response_class=Response,
    responses={
        **_told(CREDENTIAL, "eyJhbGciOi….eyJAY29ud….c2ln…"),
        **refusals(NotFound.kind, STORE_UNAVAILABLE, SNAPSHOT_UNAVAILABLE),
    },
)
def badge_status_list(
    request: Request,
    number: Annotated[int, Path(ge=1, le=MOST, description="The list's number.")],
) -> Response:
    """A Bitstring Status List, signed like the badges. It holds for a day."""
    services = services_of(request)
    mark = services.store.badge_credentials.mark(number)
    if not mark.given:
        raise NotFound("There is no such list.", cure="Use the address in a badge.", field="number")
    # A full list takes a second to make, and anybody may ask for it.
    snapshot, hour = services.reader.published(), f"{services.clock():%Y%m%d%H}"
    known = snapshot.info.snapshot_id if snapshot.info else ""
    key = ("badge_status_list", str(number), known, *map(str, mark), hour)
    make = partial(_status_list, services, _issuer(request), number, snapshot)
    return Response(services.views.of(key, make), media_type=CREDENTIAL, headers=OPEN)


def _status_list(
    services: Services, issuer: BadgeIssuer, number: int, snapshot: SnapshotReader
) -> str:
    listed = services.store.badge_credentials.of_list(number)
    gone = lost(snapshot, listed)
    revoked = [
        one.list_index for one in listed if one.revoked_at is not None or one.credential_id in gone
    ]
    return issuer.status_list(number, revoked, services.clock())


def _issuer(request: Request) -> BadgeIssuer:
    settings = services_of(request).settings
    return badge_issuer(settings.home, settings.public_url)


def _linked(document: dict[str, Any]) -> Response:
    return _json({"@context": CONTEXT, **document}, LINKED)


def _json(document: dict[str, Any], kind: str) -> Response:
    return Response(orjson.dumps(document), media_type=kind, headers=OPEN)
