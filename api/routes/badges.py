"""Badges taken out as Open Badges 3.0 by the family; the school may take one back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import read_model
from api.contract import json_body, refusals
from api.dependencies import Services, StudentId, access_of, services_of
from api.errors import InvalidRequest, NotFound
from api.routes.static import DEFAULT_ICON, ICONS, icons
from api.schemas.badges import (
    REVOCATION_EXAMPLE,
    BadgeCredential,
    BadgeCredentials,
    RevocationBody,
)
from reports.assets import SVG
from reports.badges import CREDENTIAL, Identity, Taken, badge_issuer, enveloped
from warehouse.event_fields import Name
from warehouse.lost_badges import lost
from warehouse.rules import Badge

router = APIRouter(prefix="/api/gamification/badges/{student_id}", tags=["badges"])

Format = Literal["jwt", "json", "svg"]
Known = Literal["school", "email", "name"]
SCHOOL, EMAIL, NAME = "identifier", "emailAddress", "name"  # the standard's names
ENVELOPED = "application/vc"
KINDS = {"jwt": CREDENTIAL, "json": ENVELOPED, "svg": SVG}

BadgeId = Annotated[Name, Path(description="The badge.", examples=["quick_learner"])]
SubjectId = Annotated[
    Name | None, Query(description="For badges that are earned once per subject.")
]
Wanted = Annotated[
    Format,
    Query(description="The signed text, the same in a JSON document, or in the badge's picture."),
]
KnownBy = Annotated[
    Known,
    Query(
        description="By what others can tell whose it is: the school's id (hashed), also the "
        "e-mail address (hashed), or also the name, which everybody can then read."
    ),
]
CredentialId = Annotated[Name, Path(description="A `credential_id` of the list.")]


@router.get(
    "/{badge_id}/credential",
    summary="Take a badge out",
    response_class=Response,
    responses={
        200: {
            "description": "The badge as an Open Badge 3.0.",
            "content": {
                CREDENTIAL: {
                    "schema": {"type": "string"},
                    "example": "eyJhbGciOi….eyJAY29ud….c2ln…",
                },
                ENVELOPED: {"schema": {"type": "object"}, "example": enveloped("eyJhbGciOi…")},
                SVG: {"schema": {"type": "string"}, "example": "<svg …></svg>"},
            },
        },
        **refusals(NotFound.kind),
    },
)
def badge_credential(  # each parameter is one of the contract
    request: Request,
    student_id: StudentId,
    badge_id: BadgeId,
    subject_id: SubjectId = None,
    identity: KnownBy = "school",
    format: Wanted = "jwt",  # noqa: A002  # the contract's name
) -> Response:
    """Signed by this installation, for anybody to verify. It names nobody, unless that is asked."""
    services = services_of(request)
    badge, earned_at = _earned(services, student_id, badge_id, subject_id)
    identities = _identities(services, student_id, identity)
    known = services.store.badge_credentials.take_out(student_id, badge_id, subject_id)
    if known.revoked_at is not None:
        raise NotFound("The school has taken this badge back.", cure="Ask the school why.")
    return _file(services, Taken(known, badge, earned_at, identities), format)


@router.get("/credentials", summary="Badges that were taken out", response_model=BadgeCredentials)
def badge_credentials(request: Request, student_id: StudentId) -> BadgeCredentials:
    """When, and whether verifiers are told that they are good."""
    return taken_out(services_of(request), student_id)


@router.post(
    "/credentials/{credential_id}/revoke",
    summary="Take a badge back that was taken out",
    response_model=BadgeCredentials,
    responses=refusals(NotFound.kind),
    openapi_extra=json_body(RevocationBody, REVOCATION_EXAMPLE),
)
async def revoke_badge_credential(
    request: Request, student_id: StudentId, credential_id: CredentialId
) -> BadgeCredentials:
    """For good: verifiers find it revoked from now on. Points and badge stay as they are."""
    body, services = await read_model(request, RevocationBody), services_of(request)
    by = access_of(request).principal.subject
    await run_in_threadpool(take_back, services, student_id, credential_id, by, body)
    return await run_in_threadpool(taken_out, services, student_id)


def take_back(
    services: Services, student_id: str, credential_id: str, by: str, body: RevocationBody
) -> None:
    """Revoke a credential of a student."""
    if not services.store.badge_credentials.revoke(student_id, credential_id, by, body.reason):
        raise NotFound(
            f"There is no credential {credential_id} of this student.",
            cure="Use a credential_id of the list.",
            field="credential_id",
        )


def _earned(
    services: Services, student_id: str, badge_id: str, subject_id: str | None
) -> tuple[Badge, datetime]:
    """The badge and when it was earned, as of this moment."""
    rows = services.reader.student(student_id).ask("student_badges")
    for badge in services.rules.badges:
        for row in rows:
            if badge.id == badge_id == row["badge_id"] and row["subject_id"] == subject_id:
                return badge, row["earned_at"]
    raise NotFound(
        "This student has no such badge.",
        cure="Use badge_id and subject_id of an earned badge.",
        field="badge_id",
    )


def _identities(services: Services, student_id: str, known: Known) -> list[Identity]:
    """Nobody's name and no address, unless the family asks for it."""
    identities = [Identity(SCHOOL, student_id)]
    if known == "school":
        return identities
    person = services.store.people.person(student_id)
    value = (person.email if known == "email" else person.name) if person else None
    if value is None:
        raise InvalidRequest(
            f"The {known} of this student is not known.",
            cure="Leave identity out, or have the school enter it.",
            field="identity",
        )
    return [*identities, Identity(EMAIL if known == "email" else NAME, value, known == "name")]


def _file(services: Services, taken: Taken, wanted: Format) -> Response:
    settings = services.settings
    issuer = badge_issuer(settings.home, settings.public_url)
    content: bytes | str
    if wanted == "svg":
        icon = icons().get(taken.badge.icon_url.removeprefix(ICONS), icons()[DEFAULT_ICON])
        content = issuer.baked(taken, icon.content)
    else:
        token = issuer.signed(taken)
        content = token if wanted == "jwt" else orjson.dumps(enveloped(token))
    name = f'attachment; filename="badge-{taken.badge.id}.{wanted}"'
    return Response(content, media_type=KINDS[wanted], headers={"Content-Disposition": name})


def taken_out(services: Services, student_id: str) -> BadgeCredentials:
    """What was taken out of a student, and whether it still holds."""
    taken = services.store.badge_credentials.of_student(student_id)
    gone = lost(services.reader.published(), taken)

    def shown(one: Any) -> BadgeCredential:
        given = {name: getattr(one, name) for name in ("credential_id", "badge_id", "issued_at")}
        state = "revoked" if one.revoked_at else "lost" if one.credential_id in gone else "good"
        return BadgeCredential(
            **given,
            subject_id=one.subject_id or None,
            state=state,
            revoked_at=one.revoked_at,
            reason=one.reason,
        )

    return BadgeCredentials(student_id=student_id, credentials=[shown(one) for one in taken])
