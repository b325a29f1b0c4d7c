"""The bearer tokens of this service: signed here for the command line, read here for the API.

Who may do what with a token is not decided here but in `api/policy.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
from pydantic import TypeAdapter, ValidationError

from warehouse.errors import InvalidSettings, SpoolError
from warehouse.event_fields import Name
from warehouse.settings import JWT_SECRET_MINIMUM_BYTES, Settings

ALGORITHM = "HS256"
ISSUER = "spool-progress"
AUDIENCE = "spool-progress-api"
REQUIRED_CLAIMS = ("exp", "iat", "sub", "iss", "aud", "jti")

_NAME: TypeAdapter[str] = TypeAdapter(Name)


class InvalidToken(SpoolError):
    """A bearer token was not signed by us, has expired, or lacks a claim."""

    title = "The token is not valid"


class Role(StrEnum):
    """What the bearer is to the service; exactly one per token."""

    STUDENT = "student"
    PARENT = "parent"
    EDUCATOR = "educator"
    ADMIN = "admin"
    SERVICE = "service"


class Claims(NamedTuple):
    """What a valid token says."""

    role: Role
    subject: str
    expires_at: float


def signing_secret(settings: Settings) -> str:
    """The secret that signs and checks tokens, or an error that names the variable."""
    secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else ""
    if len(secret.encode()) < JWT_SECRET_MINIMUM_BYTES:
        raise InvalidSettings(
            f"JWT_SECRET is not set or shorter than {JWT_SECRET_MINIMUM_BYTES} bytes.",
            cure="Set it to the output of: openssl rand -hex 32",
            field="JWT_SECRET",
        )
    return secret


def make_token(
    settings: Settings, role: Role, sub: str, lifetime: timedelta, *, now: datetime
) -> str:
    """A signed token for `sub` in `role`, valid from `now` for `lifetime`."""
    claims: dict[str, Any] = {
        "sub": _subject(sub),
        "role": Role(role).value,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + lifetime,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, signing_secret(settings), algorithm=ALGORITHM)


def read_token(secret: str, token: str) -> Claims:
    """The claims of a token, or `InvalidToken`; the reason never repeats the token."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": list(REQUIRED_CLAIMS)},
        )
    except jwt.ExpiredSignatureError as error:
        raise InvalidToken("The token has expired.", cure="Ask for a new one.") from error
    except jwt.MissingRequiredClaimError as error:
        raise InvalidToken(
            f"The token has no claim {error.claim}.",
            cure=f"A token needs {', '.join(REQUIRED_CLAIMS)} and role.",
        ) from error
    except (jwt.PyJWTError, ValueError) as error:
        raise InvalidToken(
            "The token cannot be verified.",
            cure=f"Sign it with {ALGORITHM} and JWT_SECRET, iss {ISSUER}, aud {AUDIENCE}.",
        ) from error
    return claims_of(claims.get("role"), claims["sub"], claims["exp"])


def claims_of(role: object, subject: object, expires_at: object) -> Claims:
    """What a verified token says, checked by our rules for roles and ids."""
    return Claims(_role(role), _subject(subject), float(str(expires_at)))


def _role(value: object) -> Role:
    roles = [role.value for role in Role]
    if not isinstance(value, str) or value not in roles:
        raise InvalidToken("The token's role is not known.", cure=f"Use one of {', '.join(roles)}.")
    return Role(value)


def _subject(value: object) -> str:
    """`sub` becomes the actor of stored events, so it obeys the rule for names."""
    try:
        return _NAME.validate_python(value)
    except ValidationError as error:
        raise InvalidToken(
            "The token's sub is not an id.",
            cure="Use 1 to 128 characters without control characters or surrounding spaces.",
        ) from error
