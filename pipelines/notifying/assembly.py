"""The sender of an installation: its channels as the settings say, one journal, one store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from py_vapid import Vapid02

from pipelines.notifying.channels import CHANNELS, EMAIL, PUSH, WEBHOOK, Channel, enabled_channels
from pipelines.notifying.journal import open_journal
from pipelines.notifying.mail import Letterhead, Mail, MailServer, mail_server
from pipelines.notifying.push import Push
from pipelines.notifying.sending import SLOTS_A_CHANNEL, Sender, Tally
from pipelines.notifying.summaries import Summaries
from pipelines.notifying.webhook import Webhook
from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidSettings
from warehouse.metrics import load_metrics
from warehouse.pushing import vapid_keys
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.store.database import Store, open_store
from warehouse.tokens import signing_secret
from warehouse.unsubscribing import unsubscribe_token

JOURNAL = "sender.journal"
UNSUBSCRIBE = "/api/notifications/unsubscribe"
PAUSE_SECONDS = 15


def check_channel(settings: Settings, name: str) -> None:
    """Refuse a channel that lacks what it needs.

    Raises:
        InvalidSettings: a setting of this channel is missing or wrong.
    """
    _CHECKS[name](settings)


def make_channels(settings: Settings, reader: Reader) -> dict[str, Channel]:
    """The enabled channels, ready to send.

    Raises:
        InvalidSettings: one of them lacks a setting.
    """
    make: dict[str, Callable[[], Channel]] = {
        EMAIL: lambda: Mail(*_mail(settings), Summaries(reader, load_metrics(reader.catalog)).of),
        PUSH: lambda: _push(settings, reader.store, reader.clock),
        WEBHOOK: lambda: Webhook(*_webhook(settings), reader.clock),
    }
    return {name: make[name]() for name in enabled_channels(settings)}


def _mail(settings: Settings) -> tuple[MailServer, Letterhead]:
    if settings.smtp_url is None or settings.email_from is None:
        missing = "SMTP_URL" if settings.smtp_url is None else "EMAIL_FROM"
        raise InvalidSettings(
            f"EMAIL_ENABLED is on, but {missing} is not set.",
            cure=f"Set {missing}, or EMAIL_ENABLED=false.",
            field=missing,
        )
    secret, public_url = signing_secret(settings), settings.public_url.rstrip("/")
    letterhead = Letterhead(
        settings.email_from,
        public_url,
        lambda person: f"{public_url}{UNSUBSCRIBE}?token={unsubscribe_token(secret, person)}",
    )
    return mail_server(settings.smtp_url.get_secret_value()), letterhead


def _push(settings: Settings, store: Store, clock: Clock) -> Channel:
    """Push services want to know whom to write to when something is wrong."""
    address = settings.email_from
    return Push(
        store.push_subscriptions,
        _signer(settings),
        f"mailto:{address}" if address else settings.public_url,
        clock,
        more_hosts=settings.push_hosts,
    )


def _signer(settings: Settings) -> Vapid02:
    return Vapid02.from_pem(vapid_keys(settings.home).private_pem.encode())


def _webhook(settings: Settings) -> tuple[str, str]:
    if settings.notification_service_url is None or settings.notification_service_secret is None:
        raise InvalidSettings(
            "NOTIFICATION_SERVICE_URL is set, but NOTIFICATION_SERVICE_SECRET is not.",
            cure="Set the secret that both sides share; .env.example shows how to make one.",
            field="NOTIFICATION_SERVICE_SECRET",
        )
    secret = settings.notification_service_secret.get_secret_value()
    return settings.notification_service_url, secret


_CHECKS: dict[str, Callable[[Settings], object]] = {
    EMAIL: _mail,
    PUSH: _signer,
    WEBHOOK: _webhook,
}


def watch_and_send(settings: Settings, *, clock: Clock = utc_now) -> None:
    """Round after round, until the process is ended; that may be at any moment."""
    with open_store(settings, clock=clock) as store:
        asyncio.run(_watch(settings, store, clock))


def send_once(settings: Settings, *, clock: Clock = utc_now) -> Tally:
    """One round of an installation's sender: settle what a killed one left, plan, deliver."""
    with open_store(settings, clock=clock) as store:
        return asyncio.run(_round(settings, store, clock))


async def _round(settings: Settings, store: Store, clock: Clock) -> Tally:
    async with _sender(settings, store, clock) as sender:
        return await sender.round()


async def _watch(settings: Settings, store: Store, clock: Clock) -> None:
    async with _sender(settings, store, clock) as sender:
        await sender.watch(PAUSE_SECONDS)


@asynccontextmanager
async def _sender(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[Sender]:
    with open_journal(settings.home / JOURNAL, len(CHANNELS) * SLOTS_A_CHANNEL) as journal:
        reader = Reader(settings, store, clock=clock)
        channels = make_channels(settings, reader)
        try:
            yield Sender(
                store,
                channels,
                journal,
                rules=reader.rules,
                default_zone=settings.default_timezone,
                clock=clock,
            )
        finally:
            for channel in channels.values():
                await channel.close()
            reader.close()
