"""What a request may carry to say who sends it: everything that must not count, and what must.

Besides our own tokens there are those of an identity provider, whose keys a real server publishes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.sessions import COOKIE, Csrf
from tests.access_school import INACTIVE
from tests.api_school import SECRET
from warehouse.clock import utc_now
from warehouse.tokens import AUDIENCE, ISSUER

PLATFORM, FOR_US = "https://login.example.org", "spool"
HOUR = 3_600


class Sender(NamedTuple):
    """The headers of a request, and who sends it: nobody if they must not count."""

    name: str
    headers: dict[str, str]
    role: str | None = None
    subject: str = ""
    forged: bool = False  # by cookie, but without the proof that a page of ours sent it


class Platform:
    """An identity provider with a key of each kind."""

    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.keys: dict[str, Any] = {
            "RS256": self.rsa,
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "EdDSA": ed25519.Ed25519PrivateKey.generate(),
        }

    def published(self) -> bytes:
        keys = []
        for name, key in self.keys.items():
            algorithm: Any = jwt.get_algorithm_by_name(name)
            shown = json.loads(algorithm.to_jwk(key.public_key()))
            keys.append(shown | {"kid": name, "use": "sig", "alg": name})
        shared = base64.urlsafe_b64encode(SECRET.encode()).decode()
        keys.append({"kty": "oct", "k": shared, "kid": "oct", "alg": "HS256"})
        return json.dumps({"keys": keys}).encode()

    def token(self, sub: str, role: object, alg: str = "RS256", **change: Any) -> str:
        key, kid = change.pop("key", self.keys[alg]), change.pop("kid", alg)
        claims = _claims(sub, role) | {"iss": PLATFORM, "aud": FOR_US} | change
        return jwt.encode(claims, key, algorithm=alg, headers={"kid": kid})

    def confused(self, kid: str) -> Iterator[str]:
        """Signed by HMAC with what everybody knows of the public key, in each way to write it."""
        public = self.rsa.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for secret in (pem, pem.strip(), der, self.published()):
            yield _hmac_token({"kid": kid}, _claims("head", "admin"), secret)
            ours = _claims("head", "admin") | {"iss": PLATFORM, "aud": FOR_US}
            yield _hmac_token({"kid": kid}, ours, secret)


@contextmanager
def publishing(platform: Platform) -> Iterator[str]:
    """The address at which a real server publishes the keys."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            self.send_response(200)
            self.end_headers()
            self.wfile.write(platform.published())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    thread.join()
    server.server_close()


def nobodies(platform: Platform) -> list[Sender]:
    """Whoever of these sends a request is nobody to us."""
    now, admin = _now(), ("head", "admin")
    signed = {
        "expired": _ours(*admin, exp=now - 1),
        "not yet valid": _ours(*admin, nbf=now + HOUR),
        "issued in the future": _ours(*admin, iat=now + HOUR),
        "for another audience": _ours(*admin, aud="another-api"),
        "by another issuer": _ours(*admin, iss="someone-else"),
        "of an unknown role": _ours("head", "root"),
        "of two roles": _ours("head", ["admin"]),
        "without a subject": _ours("", "admin"),
        "with a wrong signature": _ours(*admin, secret="x" * 64),
        "with HS512": _ours(*admin, alg="HS512"),
        "with no algorithm": jwt.encode(_claims(*admin), "", algorithm="none"),
        "cut short": _ours(*admin)[:-4],
        "garbage": "a.b.c",
        "platform: expired": platform.token(*admin, exp=now - 1),
        "platform: not yet valid": platform.token(*admin, nbf=now + HOUR),
        "platform: another issuer": platform.token(*admin, iss=ISSUER),
        "platform: another audience": platform.token(*admin, aud=AUDIENCE),
        "platform: another's key": platform.token(*admin, key=platform.stranger),
        "platform: unknown key": platform.token(*admin, kid="unknown"),
        "platform: key of another kind": platform.token(*admin, kid="EdDSA"),
        "platform: service": platform.token("lms", "service"),
        "platform: inactive": platform.token("ian", "educator"),
        "platform: its secret key": _hmac_token(
            {"kid": "oct"}, _claims(*admin) | {"iss": PLATFORM, "aud": FOR_US}, SECRET.encode()
        ),
    }
    confused = enumerate(platform.confused("RS256"))
    signed |= {f"public key as secret {n}": token for n, token in confused}
    signed |= {f"inactive {role}": _ours(who, role) for who, role in INACTIVE.items()}
    by_cookie = {"expired cookie": signed["expired"], "cookie of the inactive": _ours(*["ivy"] * 2)}
    return [
        Sender("nothing", {}),
        Sender("another scheme", {"Authorization": "Basic aGVhZDpoZWFk"}),
        *(Sender(name, _bearer(token)) for name, token in signed.items()),
        *(Sender(name, {"Cookie": f"{COOKIE}={token}"}) for name, token in by_cookie.items()),
    ]


def somebodies(platform: Platform) -> list[Sender]:
    """People and programs with every kind of valid credential."""
    people = {
        "student": ("ada", "fay", "hal", "joy", "zed", "new"),
        "parent": ("pat", "pia", "quin"),
        "educator": ("tess", "theo", "olga", "nora", "xena"),
        "admin": ("head",),
        "service": ("lms",),
    }
    # who has another role's id, or two roles, is what the token says and nothing more
    people["parent"] += ("tess",)
    people["educator"] += ("pat",)
    found = [
        Sender(f"{role} {who}", _bearer(_ours(who, role)), role, who)
        for role, members in people.items()
        for who in members
    ]
    for who, role, alg in (
        ("ada", "student", "RS256"), ("pat", "parent", "ES256"), ("tess", "educator", "EdDSA"),
    ):  # fmt: skip
        token = platform.token(who, role, alg)
        found.append(Sender(f"platform {role} {who}", _bearer(token), role, who))
    for who, role in (("ada", "student"), ("pat", "parent"), ("head", "admin")):
        token = _ours(who, role)
        cookie = {"Cookie": f"{COOKIE}={token}"}
        proof = {"X-CSRF-Token": Csrf(SECRET).token(token)}
        found.append(Sender(f"cookie of {who}", cookie | proof, role, who))
        found.append(Sender(f"forged with {who}'s cookie", cookie, role, who, forged=True))
    return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _now() -> int:
    return int(utc_now().timestamp())


def _claims(sub: str, role: object) -> dict[str, Any]:
    now = _now()
    said = {"sub": sub, "role": role, "iss": ISSUER, "aud": AUDIENCE, "jti": f"{sub} {role}"}
    return said | {"iat": now - 1, "exp": now + HOUR}


def _ours(
    sub: str, role: object, *, secret: str = SECRET, alg: str = "HS256", **change: Any
) -> str:
    return jwt.encode(_claims(sub, role) | change, secret, algorithm=alg)


def _hmac_token(header: dict[str, str], claims: dict[str, Any], secret: bytes) -> str:
    """By hand, since the library refuses to sign with what looks like a public key."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", **header}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    seal = hmac.new(secret, signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")).decode()
