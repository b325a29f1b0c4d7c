"""The token in the link to an export's file: for a short time, whoever holds it may download it.

A browser that follows a link sends no bearer token; so the link itself says who gave it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt

from warehouse.errors import SpoolError
from warehouse.tokens import ALGORITHM

AUDIENCE = "spool-progress-export"
LIFETIME = timedelta(minutes=10)
TOKEN_LENGTH_MAX = 1_000


class InvalidLink(SpoolError):
    """The link was not made by us, or its time is over."""

    title = "The link is not valid"


def link_token(secret: str, export_id: str, now: datetime) -> str:
    """A token for the file of one export."""
    claims = {"sub": export_id, "aud": AUDIENCE, "exp": now + LIFETIME}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def linked_export(secret: str, token: str, now: datetime) -> str:
    """Which export the token opens.

    Raises:
        InvalidLink: it opens none.
    """
    options = {"require": ["exp", "sub", "aud"], "verify_exp": False}
    try:
        claims = jwt.decode(
            token[:TOKEN_LENGTH_MAX],
            secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options=options,  # type: ignore[arg-type]  # its own type names each key
        )
        if float(claims["exp"]) > now.timestamp():
            return str(claims["sub"])
    except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        raise InvalidLink("This link cannot be verified.", cure=_CURE) from error
    raise InvalidLink("The time of this link is over.", cure=_CURE)


_CURE = "Ask for the export's state again: it brings a new link."
