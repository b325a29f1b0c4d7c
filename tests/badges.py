"""Badges as somebody else's program takes them out and verifies them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import time_machine
from openbadgeslib.ob3 import OB3Verifier, OpenBadgeCredential

from tests.api_school import NOW, Api

HOST = "https://learn.example"
DID = "did:web:learn.example"
HELPER = "/api/gamification/badges/ada/helper/credential"


def taken(api: Api, more: str = "", role: str = "student", sub: str = "ada") -> str:
    answer = api.get(f"{HELPER}{more}", role, sub)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def verified(api: Api, token: str, did: str = DID) -> OpenBadgeCredential:
    """What somebody else's program makes of it, who knows nothing but the issuer's name."""

    def download(url: str) -> bytes:
        assert url.startswith(f"{HOST}/")
        answer = api.client.get(url.removeprefix(HOST))
        assert answer.status_code == 200, url
        return bytes(answer.content)

    with time_machine.travel(NOW + timedelta(hours=2)):
        verifier = OB3Verifier.for_issuer_did(did, download)
        return verifier.verify(token, check_status=True, download=download)


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))
