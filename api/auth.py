"""Who is asking: the bearer token of a request turned into a principal.

What a principal may do is in `policy.py`; how tokens are made and checked in `warehouse/tokens.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from api.errors import NotAuthenticated
from warehouse.clock import Clock
from warehouse.tokens import Claims, Role, read_token

CACHED_TOKENS_MAX = 4096


class Principal(NamedTuple):
    """The bearer of a valid token."""

    role: Role
    subject: str


class Authenticator:
    """Reads bearer tokens; a token once verified is remembered until it expires.

    Used from the event loop only, so it needs no lock. Only valid tokens are remembered: a flood of
    invalid ones can push nothing out.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    def principal(self, authorization: str | None) -> Principal:
        """The principal of an Authorization header, or `NotAuthenticated`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotAuthenticated(
                "The request carries no bearer token.",
                cure="Send the header Authorization: Bearer <token>.",
            )
        claims = self._claims(token.strip())
        return Principal(claims.role, claims.subject)

    def _claims(self, token: str) -> Claims:
        claims = self._verified.get(token)
        if claims is not None and claims.expires_at > self._clock().timestamp():
            self._verified.move_to_end(token)
            return claims
        self._verified.pop(token, None)
        claims = read_token(self._secret, token)
        self._verified[token] = claims
        if len(self._verified) > CACHED_TOKENS_MAX:
            self._verified.popitem(last=False)
        return claims
