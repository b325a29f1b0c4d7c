"""A service of the school's own that is told everything, after the Standard Webhooks scheme.

HTTP has a way to say the same twice: `webhook-id` is the same for each attempt at a message, and
receivers drop one that they know. So a message goes again until its acknowledgment was seen, and
the mark is set the moment it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC

import httpx
from standardwebhooks import Webhook as Signature

from pipelines.notifying.channels import Message, Undelivered
from pipelines.notifying.wording import in_words
from warehouse.clock import Clock
from warehouse.store.pending import as_json

TIMEOUT = httpx.Timeout(15, connect=5)
# What another attempt may mend: a timeout on their side, a conflict, too early, too many.
FOR_NOW = frozenset({408, 409, 425, 429})
EVENT_TYPE = "notification"


class Webhook:
    """Posts messages to one address."""

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self._url, self._signature, self._clock = url, Signature(secret), clock
        self._client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def send(self, message: Message, handed_over: Callable[[], None]) -> None:
        """Post one message."""
        body = payload(message)
        headers = self._headers(message.delivery_id, body)
        try:
            async with self._client.stream(
                "POST", self._url, content=body, headers=headers
            ) as answer:
                judge(answer, "webhook")
                handed_over()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Undelivered("webhook_unreachable", channel_down=True) from error
        except httpx.TimeoutException as error:
            raise Undelivered("webhook_timeout") from error
        except httpx.HTTPError as error:
            raise Undelivered("webhook_connection_lost") from error

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _headers(self, delivery_id: str, body: str) -> dict[str, str]:
        now = self._clock().astimezone(UTC)
        return {
            "content-type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signature.sign(delivery_id, now, body),
        }


def payload(message: Message) -> str:
    """What the service is told; no name and no address, as it knows its people by their ids."""
    words = in_words(message.notifications, message.names)
    return json.dumps(
        {
            "type": EVENT_TYPE,
            "timestamp": message.created_at.isoformat(),
            "data": {
                "recipient_id": message.recipient_id,
                "title": words.title,
                "lines": words.lines,
                "notifications": [as_json(one) for one in message.notifications],
            },
        },
        ensure_ascii=False,
    )


def judge(answer: httpx.Response, channel: str) -> None:
    """Whether an answer is an acknowledgment; a redirect is none."""
    if answer.is_success:
        return
    permanent = not answer.is_server_error and answer.status_code not in FOR_NOW
    raise Undelivered(
        f"{channel}_{answer.status_code}",
        permanent=permanent,
        retry_after=_seconds(answer.headers.get("retry-after", "")),
    )


def _seconds(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
