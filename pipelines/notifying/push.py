"""Web push: an encrypted note to each browser of a person, through the browser's push service.

A push service replaces a note that waits under the same Topic, and a browser one with the same tag:
both are the delivery's id, so a note that comes again replaces itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from pipelines.notifying.channels import Message, Undelivered
from pipelines.notifying.webhook import judge
from pipelines.notifying.wording import in_words
from warehouse.clock import Clock
from warehouse.pushing import endpoint_problem
from warehouse.store.push_subscriptions import PushSubscription, PushSubscriptions

TIMEOUT = httpx.Timeout(15, connect=5)
KEPT = timedelta(days=1)  # how long a push service waits for the browser
SIGNED_FOR = timedelta(hours=12)
GONE = frozenset({404, 410})
TEXT_MAX = 1_500  # push services take 4 KB, encrypted


class Push:
    """Pushes to the browsers of a person."""

    def __init__(
        self,
        subscriptions: PushSubscriptions,
        signer: Vapid02,
        contact: str,
        clock: Clock,
        *,
        more_hosts: str = "",
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._subscriptions, self._signer = subscriptions, signer
        self._contact, self._clock, self._more_hosts = contact, clock, more_hosts
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def send(self, message: Message, handed_over: Callable[[], None]) -> None:
        """Push to every browser; one that takes it is enough, one that is gone is forgotten."""
        failures: list[Undelivered] = []
        taken = 0
        for subscription in message.subscriptions:
            try:
                await self._push(subscription, message)
            except Undelivered as failure:
                failures.append(failure)
            else:
                taken += 1
                handed_over()
        if not taken:
            # Another attempt helps as soon as one of them may take it later.
            lasting = [failure for failure in failures if failure.permanent]
            passing = [failure for failure in failures if not failure.permanent]
            raise (passing or lasting)[0]

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _push(self, subscription: PushSubscription, message: Message) -> None:
        endpoint = subscription.endpoint
        if endpoint_problem(endpoint, self._more_hosts):
            raise Undelivered("push_host_not_allowed", permanent=True)
        try:
            body = _encrypted(subscription, payload(message))
            async with self._client.stream(
                "POST", endpoint, content=body, headers=self._headers(endpoint, message)
            ) as answer:
                if answer.status_code in GONE:
                    await asyncio.to_thread(self._subscriptions.remove, endpoint)
                judge(answer, "push")
        except (WebPushException, ValueError) as error:
            raise Undelivered("push_keys_not_usable", permanent=True) from error
        except httpx.TimeoutException as error:
            raise Undelivered("push_timeout") from error
        except httpx.HTTPError as error:
            raise Undelivered("push_connection_lost") from error

    def _headers(self, endpoint: str, message: Message) -> dict[str, str]:
        parts, expires = urlsplit(endpoint), self._clock() + SIGNED_FOR
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self._contact,
            "exp": int(expires.timestamp()),
        }
        return {
            **self._signer.sign(claims),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(KEPT.total_seconds())),
            "topic": message.delivery_id.replace("-", ""),
        }


def payload(message: Message) -> str:
    """What the browser shows; it carries no name, since it stays on the device's lock screen."""
    words = in_words(message.notifications, message.names)
    return json.dumps(
        {
            "title": words.title,
            "body": "\n".join(words.lines)[:TEXT_MAX],
            "tag": message.delivery_id,
            "url": "/",
        },
        ensure_ascii=False,
    )


def _encrypted(subscription: PushSubscription, text: str) -> bytes:
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
    return bytes(pusher.encode(text.encode())["body"])
