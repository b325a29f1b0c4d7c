"""Badges as Open Badges 3.0: signed by this installation, so that anybody can verify them.

A credential is a JWT whose payload is the credential (VC Data Model 2.0), signed with RS256, which
every verifier of the standard must know. It names no student: see `docs/open-doors.md`.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from openbadgeslib.keys import public_jwk_from_pem
from openbadgeslib.ob3 import (
    Achievement,
    IdentityObject,
    Issuer,
    OB3Signer,
    OpenBadgeCredential,
    build_did_document,
    build_status_list_credential,
    did_web_from_url,
    status_entry,
)

from reports.letters import on_one_line
from warehouse.errors import InvalidSettings
from warehouse.keys import kept_key
from warehouse.rules import Badge
from warehouse.store.badge_credentials import LIST_SIZE, BadgeCredential

KEY_FILE = "badge_key.pem"
KEY_BITS = 2048
ALGORITHM = "RS256"
CREDENTIAL = "application/vc+jwt"
LIST_LASTS = timedelta(days=1)  # an older copy of a list must not bring back what was revoked
REVOCATION = "revocation"
Json = dict[str, Any]


class Identity(NamedTuple):
    """By what a student is known: a kind of the standard, and whether everybody may read it."""

    kind: str
    value: str
    in_clear: bool = False


class Taken(NamedTuple):
    """A badge of a student that is taken out."""

    credential: BadgeCredential
    badge: Badge
    earned_at: datetime
    identities: Sequence[Identity]


class BadgeIssuer:
    """Who signs the badges of an installation, and where others look it up."""

    def __init__(self, home: Path, public_url: str) -> None:
        self._base = public_url.rstrip("/")
        private = private_pem(home)
        self._signer = OB3Signer(private, algorithm=ALGORITHM)
        public = _public(private, home)
        self._jwk: Json = public_jwk_from_pem(public)
        self._id = _issuer_id(self._base, f"{self._base}/badges/issuer")

    @property
    def profile(self) -> Issuer:
        """Who it is."""
        host = urlsplit(self._base).hostname or self._base
        return Issuer(id=self._id, name=f"Spool Progress at {host}", url=self._base)

    def keys(self) -> Json:
        """The public key, as a set of keys (RFC 7517)."""
        return {"keys": [self._jwk | {"kid": self._kid, "use": "sig", "alg": ALGORITHM}]}

    def did_document(self) -> Json:
        """The public key, where `did:web` is resolved."""
        return build_did_document(self._id, [(self._kid, self._jwk)])

    def achievement(self, badge: Badge, subject_id: str | None) -> Achievement:
        """What a badge stands for, in the words of the rules."""
        where = f"{self._base}/badges/achievements/{badge.id}"
        subject = on_one_line(subject_id or "")
        image = badge.icon_url
        return Achievement(
            id=f"{where}?subject_id={quote(subject_id, safe='')}" if subject_id else where,
            name=f"{badge.name}: {subject}" if subject else badge.name,
            description=badge.description,
            criteria_narrative=f"{badge.description.rstrip('.')}.",
            image_url=f"{self._base}{image}" if image.startswith("/") else image,
            achievement_type="Badge",
        )

    def signed(self, taken: Taken) -> str:
        """A badge as a compact JWT; the same badge is the same text."""
        return self._signer.sign(self._credential(taken))

    def baked(self, taken: Taken, icon: bytes) -> bytes:
        """The picture of a badge with the signed badge in it."""
        return self._signer.sign_into_svg(self._credential(taken), icon)

    def status_list(self, number: int, revoked: Collection[int], now: datetime) -> str:
        """Which of a list are revoked, signed; good for a day."""
        document = build_status_list_credential(
            self._id,
            self._list(number),
            REVOCATION,
            revoked,
            LIST_SIZE,
            issued=now,
            valid_until=now + LIST_LASTS,
        )
        claims = {"iss": self._id, "jti": document["id"], "nbf": int(now.timestamp())}
        return self._signer.sign_payload(document | claims)

    def _credential(self, taken: Taken) -> OpenBadgeCredential:
        known = taken.credential
        status = status_entry(self._list(known.list_number), REVOCATION, known.list_index)
        return OpenBadgeCredential(
            issuer=self.profile,
            recipient_id=f"urn:uuid:{uuid5(UUID(known.credential_id), 'subject')}",
            achievement=self.achievement(taken.badge, known.subject_id or None),
            id=f"urn:uuid:{known.credential_id}",
            issuance_date=taken.earned_at,
            identifiers=[_identity(one, known.salt) for one in taken.identities],
            credential_status=[status],
        )

    def _list(self, number: int) -> str:
        return f"{self._base}/badges/status/{number}"

    @property
    def _kid(self) -> str:
        """The key's thumbprint (RFC 7638)."""
        told = json.dumps(
            {name: self._jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":")
        )
        digest = hashlib.sha256(told.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@lru_cache(maxsize=8)
def badge_issuer(home: Path, public_url: str) -> BadgeIssuer:
    """The issuer of an installation, its key made when it is first asked for."""
    return BadgeIssuer(home, public_url)


def enveloped(token: str) -> Json:
    """A signed badge as a JSON document of its own (VC Data Model 2.0, 4.13)."""
    return {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": f"data:{CREDENTIAL},{token}",
        "type": "EnvelopedVerifiableCredential",
    }


def _identity(identity: Identity, salt: str) -> IdentityObject:
    """Hashed it is found only by who knows it already."""
    if identity.in_clear:
        return IdentityObject(on_one_line(identity.value), identity.kind, hashed=False)
    return IdentityObject.create(identity.value, salt, identity.kind)


def private_pem(home: Path) -> bytes:
    """The key that signs; losing it makes every badge that was taken out worthless."""
    make = partial(rsa.generate_private_key, public_exponent=65537, key_size=KEY_BITS)
    return kept_key(home / KEY_FILE, make)


def _public(private: bytes, home: Path) -> bytes:
    try:
        key = load_pem_private_key(private, password=None)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    except ValueError:
        pass
    raise InvalidSettings(
        f"{home / KEY_FILE} is no private RSA key.",
        cure="Restore it from a backup, or delete it: badges taken out before are then worthless.",
    )


def _issuer_id(base: str, profile: str) -> str:
    """`did:web`, which says where its key is; it needs https, and a host of our own."""
    if urlsplit(base).path.strip("/"):
        return profile
    try:
        return did_web_from_url(base)
    except ValueError:
        return profile
