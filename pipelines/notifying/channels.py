"""What every channel is to the sender: a way out that either took a message or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from reports.languages import SOURCE
from reports.notices import Names
from warehouse.errors import SpoolError
from warehouse.settings import Settings
from warehouse.store.pending import Pending
from warehouse.store.push_subscriptions import PushSubscription

EMAIL, PUSH, WEBHOOK = "email", "push", "webhook"
CHANNELS = (EMAIL, PUSH, WEBHOOK)  # in the order of their slots in the journal


def enabled_channels(settings: Settings) -> list[str]:
    """The channels that this installation uses."""
    uses = {
        EMAIL: settings.email_enabled,
        PUSH: settings.push_notifications_enabled,
        WEBHOOK: settings.notification_service_url is not None,
    }
    return [name for name, used in uses.items() if used]


@dataclass(frozen=True)
class Message:
    """What goes to one recipient, who may still hear it."""

    delivery_id: str
    recipient_id: str
    notifications: tuple[Pending, ...]
    created_at: datetime
    email: str | None = None
    subscriptions: tuple[PushSubscription, ...] = ()
    names: Names = field(default_factory=Names)
    language: str = SOURCE


class Undelivered(SpoolError):
    """A message was not taken. The reason is one word and never shows a name or an address."""

    title = "A message was not delivered"

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        channel_down: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent  # this recipient will never take it
        self.channel_down = channel_down  # nobody is reached this way at the moment
        self.retry_after = retry_after  # seconds that the receiver asks for


class Channel(Protocol):
    """A way out of the house."""

    async def send(self, message: Message, handed_over: Callable[[], None]) -> None:
        """Deliver; return when the receiver has acknowledged.

        `handed_over` is called at the instant from which a sender that starts after a kill must
        not send the message again.

        Raises:
            Undelivered: the receiver did not take it.
        """

    async def close(self) -> None:
        """Let go of connections."""
