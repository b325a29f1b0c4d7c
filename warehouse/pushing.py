"""Web push, as both sides of it need it: our key pair, and which subscriptions we accept.

An endpoint is an address that a browser gave us and that the sender will call: only push services
that we know may be called, or anybody could make us call anything.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from warehouse.errors import InvalidSettings
from warehouse.keys import kept_key

KEY_FILE = "vapid_key.pem"
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
)
ENDPOINT_LENGTH_MAX = 2_000
AUTH_BYTES = 16
HTTPS = 443


class VapidKeys(NamedTuple):
    """The pair by which push services know us; browsers subscribe to the public one."""

    private_pem: str
    public: str


def vapid_keys(home: Path) -> VapidKeys:
    """The keys of this home, made when they are first asked for.

    Losing them loses every subscription.

    Raises:
        InvalidSettings: the file holds no key of ours.
    """
    file = home / KEY_FILE
    pem = kept_key(file, partial(ec.generate_private_key, ec.SECP256R1()))
    try:
        private = load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise InvalidSettings(
            f"{file} is no private key.",
            cure="Restore it from a backup, or delete it: every browser must subscribe again.",
        ) from error
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return VapidKeys(pem.decode(), urlsafe_b64encode(point).rstrip(b"=").decode())


def endpoint_problem(endpoint: str, more_hosts: str = "") -> str | None:
    """Why this address may not be called, in words; None where it may."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or HTTPS
    except ValueError:
        return "it is no address"
    if len(endpoint) > ENDPOINT_LENGTH_MAX or not endpoint.isascii() or not endpoint.isprintable():
        return "it is no address of a push service"
    if parts.scheme != "https" or parts.username is not None or parts.password is not None:
        return "it must begin with https:// and name no user"
    allowed = (*PUSH_HOSTS, *(one.strip() for one in more_hosts.split(",") if one.strip()))
    if not any(_matches(host, port, one) for one in allowed):
        return "it is not an address of a push service that we know; see PUSH_HOSTS"
    return None


def keys_problem(p256dh: str, auth: str) -> str | None:
    """Why a browser's keys cannot be used; None where they can."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        if len(_decoded(auth)) == AUTH_BYTES:
            return None
    except ValueError:
        pass
    return "keys.p256dh must be a point of P-256 and keys.auth 16 bytes, both in Base64url"


def _matches(host: str, port: int, allowed: str) -> bool:
    name, _, its_port = allowed.partition(":")
    if port != int(its_port or HTTPS):
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
