"""Web push against a push service of our own, over TLS: what a browser reads, and who is gone."""

from __future__ import annotations

import asyncio
import json
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_ece
import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from py_vapid import Vapid02

from pipelines.notifying.channels import Message, Undelivered
from pipelines.notifying.push import Push
from tests.conftest import Clock
from tests.receivers import WebReceiver, web_receiver
from warehouse.pushing import vapid_keys
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.pending import Pending
from warehouse.store.push_subscriptions import PushSubscription, PushSubscriptions

AUTH = b"sixteen bytes ok"


class Browser:
    """The keys of a browser, and what it reads with them."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())

    def subscription(self, endpoint: str) -> PushSubscription:
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return PushSubscription(endpoint, _text(point), _text(AUTH))

    def read(self, body: bytes) -> dict[str, Any]:
        text = http_ece.decrypt(
            body, private_key=self._private, auth_secret=AUTH, version="aes128gcm"
        )
        return dict(json.loads(text))


class Service:
    """A push service, and our sender to it."""

    def __init__(
        self, web: WebReceiver, push: Push, subscriptions: PushSubscriptions, public_key: str
    ) -> None:
        self.web, self.subscriptions, self.public_key = web, subscriptions, public_key
        self._push = push

    def push(self, *subscriptions: PushSubscription) -> int:
        """Push one note to these; how many times it was marked as handed over."""
        pending = Pending("n", "ada", "student", "level_reached", _now(), "ada", number=3)
        message = Message("0199-id", "ada", (pending,), _now(), subscriptions=tuple(subscriptions))
        marked: list[None] = []

        async def send() -> None:
            try:
                await self._push.send(message, lambda: marked.append(None))
            finally:
                await self._push.close()

        asyncio.run(send())
        return len(marked)


@pytest.fixture
def service(settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Service]:
    certificate = _certificate(tmp_path)
    with web_receiver(certificate) as web, open_store(settings, clock=clock) as store:
        host = web.url.removeprefix("https://").partition("/")[0]
        keys = vapid_keys(settings.home)
        push = Push(
            store.push_subscriptions,
            Vapid02.from_pem(keys.private_pem.encode()),
            "mailto:learning@school.example",
            clock,
            more_hosts=host,
            client=httpx.AsyncClient(verify=ssl.create_default_context(cafile=certificate)),
        )
        yield Service(web, push, store.push_subscriptions, keys.public)


def test_only_the_browser_reads_it_and_the_service_knows_who_sends(service):
    browser = Browser()
    assert service.push(browser.subscription(f"{service.web.url}/a")) == 1
    (posted,) = service.web.taken
    note = browser.read(posted.body)
    assert note == {"title": "Level 3", "body": "You reached level 3.", "tag": "0199-id",
                    "url": "/"}  # fmt: skip
    assert (posted.headers["ttl"], posted.headers["topic"]) == ("86400", "0199id")
    scheme, _, fields = posted.headers["authorization"].partition(" ")
    token, key = (field.split("=", 1)[1] for field in fields.split(","))
    assert (scheme, key) == ("vapid", service.public_key)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["aud"] == service.web.url.removesuffix("/hook")
    assert claims["sub"] == "mailto:learning@school.example"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_other_hears_it(service, status):
    gone, here = (Browser().subscription(f"{service.web.url}/{name}") for name in ("old", "new"))
    for one in (gone, here):
        service.subscriptions.put("ada", one)
    service.web.answer = lambda posted: status if posted.path.endswith("old") else 201
    assert service.push(gone, here) == 1
    assert service.subscriptions.of("ada") == [here]


@pytest.mark.parametrize(
    ("status", "permanent"), [(410, True), (413, True), (429, False), (503, False)]
)
def test_what_nobody_takes_is_tried_again_only_where_that_may_help(service, status, permanent):
    service.web.answer = lambda _posted: status
    service.web.headers = {"retry-after": "120"}
    with pytest.raises(Undelivered) as refused:
        service.push(Browser().subscription(f"{service.web.url}/a"))
    assert refused.value.permanent is permanent
    assert refused.value.reason == f"push_{status}"
    assert refused.value.retry_after == 120


def test_a_host_that_is_no_longer_allowed_is_not_called(service):
    subscription = Browser().subscription("https://evil.example/a")
    with pytest.raises(Undelivered, match="push_host_not_allowed"):
        service.push(subscription)


def _certificate(directory: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = _now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )
    file = directory / "localhost.pem"
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(key + certificate.public_bytes(Encoding.PEM))
    return file


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _now() -> datetime:
    return datetime.now(UTC)
