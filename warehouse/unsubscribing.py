"""The token in a mail's link: who may be unsubscribed by whoever holds the mail.

It needs no sign-in and does not expire (RFC 8058 asks for both), so it can do this one thing only.
"""

from __future__ import annotations

import jwt
from pydantic import SecretStr

from warehouse.errors import SpoolError
from warehouse.tokens import ALGORITHM

AUDIENCE = "spool-progress-unsubscribe"
TOKEN_LENGTH_MAX = 1_000


class InvalidUnsubscribe(SpoolError):
    """The token of the link was not made by us."""

    title = "The link is not valid"


def unsubscribe_token(secret: SecretStr | str, recipient_id: str) -> str:
    """A token that ends the mail to somebody."""
    return jwt.encode({"sub": recipient_id, "aud": AUDIENCE}, _key(secret), algorithm=ALGORITHM)


def unsubscribed(secret: SecretStr | str, token: str) -> str:
    """Whom the token unsubscribes."""
    try:
        claims = jwt.decode(
            token[:TOKEN_LENGTH_MAX], _key(secret), algorithms=[ALGORITHM], audience=AUDIENCE
        )
        return str(claims["sub"])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise InvalidUnsubscribe(
            "This link cannot be verified.", cure="Use the link of the mail as it is."
        ) from error


def _key(secret: SecretStr | str) -> str:
    return secret if isinstance(secret, str) else secret.get_secret_value()
