"""Who is asking: the token of a request turned into a principal.

A token comes as a bearer header or in the cookie of a browser's session. It is signed by us (HS256,
JWT_SECRET) or, where JWKS_URL is set, by the platform's identity provider with one of its keys; the
key decides the algorithms, never the token. What a principal may do is in `policy.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import jwt

from api.errors import NotAuthenticated
from api.provider import Provider
from warehouse.clock import Clock
from warehouse.tokens import ALGORITHM, Claims, InvalidToken, Role, read_token

CACHED_TOKENS_MAX = 4096
LONGEST_TOKEN = 8_192


class Principal(NamedTuple):
    """The bearer of a valid token."""

    role: Role
    subject: str


class Credential(NamedTuple):
    """A valid token, and how it came."""

    principal: Principal
    token: str
    expires_at: float
    by_cookie: bool


class Authenticator:
    """Reads tokens; one that was verified is remembered until it expires.

    Used from the event loop only, so it needs no lock. Only valid tokens are remembered: a flood of
    invalid ones can push nothing out.
    """

    def __init__(self, secret: str, clock: Clock, provider: Provider | None = None) -> None:
        self._secret = secret
        self._clock = clock
        self._provider = provider
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def credential(self, authorization: str | None, cookie: str | None = None) -> Credential:
        """What an Authorization header or else a session's cookie proves, or `NotAuthenticated`."""
        by_cookie = authorization is None and cookie is not None
        token = cookie if by_cookie and cookie is not None else _bearer(authorization)
        claims = self._known(token)
        if claims is None:
            claims = await self._read(token)
        return Credential(
            Principal(claims.role, claims.subject), token, claims.expires_at, by_cookie
        )

    def _known(self, token: str) -> Claims | None:
        claims = self._verified.get(token)
        if claims is not None and claims.expires_at > self._clock().timestamp():
            self._verified.move_to_end(token)
            return claims
        self._verified.pop(token, None)
        return None

    def _remember(self, token: str, claims: Claims) -> None:
        self._verified[token] = claims
        if len(self._verified) > CACHED_TOKENS_MAX:
            self._verified.popitem(last=False)

    async def _read(self, token: str) -> Claims:
        if self._provider is not None and len(token) <= LONGEST_TOKEN:
            try:
                header = jwt.get_unverified_header(token)
            except (jwt.PyJWTError, ValueError) as error:
                raise InvalidToken("The token cannot be read.", cure="Send a JWT.") from error
            if header.get("alg") != ALGORITHM:
                return await self._provider.claims(token, header.get("kid"))
        claims = read_token(self._secret, token)
        # those of the provider are not remembered: a key that it takes back opens nothing more
        self._remember(token, claims)
        return claims


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated(
            "The request carries no bearer token.",
            cure="Send the header Authorization: Bearer <token>.",
        )
    return token.strip()
