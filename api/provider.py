"""Tokens of the platform's own identity provider, checked with the keys that it publishes.

Its keys come from JWKS_URL: fetched when first needed and when a token names one we do not know
(at most every half minute), kept for an hour, and used for a day longer while the provider does not
answer. Only asymmetric algorithms are taken here, so that nobody signs with a public key.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import jwt
import orjson

from api.errors import NotAuthenticated
from warehouse.clock import Clock
from warehouse.settings import Settings
from warehouse.tokens import Claims, InvalidToken, Role, claims_of

ALGORITHMS = ("RS256", "ES256", "EdDSA")
REQUIRED = ("exp", "iat", "sub", "iss", "aud")
FRESH_SECONDS = 3_600
USABLE_SECONDS = 24 * 3_600
RETRY_SECONDS = 30
TIMEOUT_SECONDS = 3
BYTES_MAX = 256 * 1024
# What identity providers and the rostering standards call our roles.
ROLE_NAMES = {
    **{role.value: role for role in Role if role is not Role.SERVICE},
    "learner": Role.STUDENT,
    "guardian": Role.PARENT,
    "teacher": Role.EDUCATOR,
    "instructor": Role.EDUCATOR,
    "administrator": Role.ADMIN,
}


class Provider:
    """The keys of one identity provider, and the tokens that they signed."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()
        self._aside: asyncio.Task[None] | None = None

    async def claims(self, token: str, kid: object) -> Claims:
        """The claims of a token of the provider, or `InvalidToken`."""
        key = await self._key(kid if isinstance(kid, str) else None)
        settings = self._settings
        try:
            said = jwt.decode(
                token,
                key.key,
                algorithms=[_algorithm(key)],
                issuer=settings.jwks_issuer,
                audience=settings.jwks_audience,
                options={"require": list(REQUIRED)},
            )
        except jwt.ExpiredSignatureError as error:
            raise InvalidToken("The token has expired.", cure="Sign in again.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise InvalidToken(
                "The token cannot be verified.", cure="Sign in again at your platform."
            ) from error
        return claims_of(
            _role(said.get(settings.jwks_role_claim)),
            said.get(settings.jwks_subject_claim),
            said["exp"],
        )

    async def _key(self, kid: str | None) -> jwt.PyJWK:
        now = self._clock().timestamp()
        fresh = now - self._fetched_at < FRESH_SECONDS
        usable = now - self._fetched_at < USABLE_SECONDS
        if not (kid in self._keys and usable):
            await self._fetch_once()
        elif not fresh:
            self._fetch_aside()
        if now - self._fetched_at < USABLE_SECONDS and kid in self._keys:
            return self._keys[kid]
        raise NotAuthenticated(
            "The token is signed with a key that the identity provider does not publish.",
            cure="Sign in again; if it stays so, see that JWKS_URL answers.",
        )

    def _fetch_aside(self) -> None:
        """Ask for newer keys while the known ones go on to serve: nobody waits for it."""
        if self._aside is None or self._aside.done():
            self._aside = asyncio.get_running_loop().create_task(self._fetch_once())

    async def _fetch_once(self) -> None:
        """Fetch the keys, or wait for whoever does already; not again for a while after it."""
        async with self._lock:
            now = self._clock().timestamp()
            if now - self._tried_at < RETRY_SECONDS:
                return
            self._tried_at = now
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    self._keys = await _published(str(self._settings.jwks_url))
            except (TimeoutError, httpx.HTTPError, ValueError, jwt.PyJWTError):
                return  # the keys known serve on for a day; an unknown one stays unknown
            self._fetched_at = now


async def _published(url: str) -> dict[str | None, jwt.PyJWK]:
    said = b""
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client,
        client.stream("GET", url) as answer,
    ):
        answer.raise_for_status()
        async for part in answer.aiter_bytes():
            said += part
            if len(said) > BYTES_MAX:
                raise ValueError("the key set is too large")
    return _key_set(orjson.loads(said))


def _key_set(said: object) -> dict[str | None, jwt.PyJWK]:
    """The usable keys of a key set by their ids."""
    entries = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(entries, list):
        raise ValueError("it is no key set")  # noqa: TRY004  # not our caller's type, but an answer's
    found: dict[str | None, jwt.PyJWK] = {}
    for entry in entries:
        if isinstance(entry, dict) and entry.get("use", "sig") == "sig":
            key = _usable(entry)
            if key is not None:
                found[key.key_id] = key
    return found


def _usable(entry: dict[str, Any]) -> jwt.PyJWK | None:
    """A public key of an algorithm that we take; others in the set are none of our business."""
    try:
        key = jwt.PyJWK(entry)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if _algorithm(key) in ALGORITHMS else None


def _algorithm(key: jwt.PyJWK) -> str:
    return str(key.algorithm_name)


def _role(value: object) -> object:
    """Our role for what the provider says; a list of roles counts when it names exactly one."""
    said = value if isinstance(value, list) else [value]
    found = {ROLE_NAMES[str(name).lower()] for name in said if str(name).lower() in ROLE_NAMES}
    return found.pop().value if len(found) == 1 else None
