"""E-mail by SMTP.

SMTP knows no way to ask whether a message arrived, so the last bytes decide: until the final dot
has left, a killed sender's message is dropped by the server and goes again; once it has left, the
server takes it though nobody waits for the answer, and it must not go again. The mark is set right
before the dot is given to the kernel: two instructions lie between, and only a kill between these
two loses a message.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime
from typing import cast
from urllib.parse import parse_qs, quote, unquote, urlsplit

import aiosmtplib

from pipelines.notifying.channels import Message, Undelivered
from pipelines.notifying.summaries import Told
from pipelines.notifying.wording import as_html, as_plain, in_words, other_news
from reports.mails import Letter, Links, weekly_letter

TIMEOUT_SECONDS = 30
DOT_TIMEOUT_SECONDS = 120  # servers judge the content now; who leaves early makes duplicates
START_INPUT, OK, PERMANENT = 354, 250, 500
_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    start_tls: bool | None  # None: where the server offers it


@dataclass(frozen=True)
class Letterhead:
    """What is the same in every mail."""

    sender: str
    public_url: str
    unsubscribe_url: Callable[[str], str]


def mail_server(url: str) -> MailServer:
    """The server of a URL such as smtp://user:password@host:587?starttls or smtps://host."""
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    options = parse_qs(parts.query, keep_blank_values=True)
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 587 if "starttls" in options else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        start_tls=True if "starttls" in options else False if tls else None,
    )


class Mail:
    """Sends mails over connections that are kept while they work."""

    def __init__(
        self,
        server: MailServer,
        letterhead: Letterhead,
        summary_of: Callable[[Message], Told | None],
    ) -> None:
        self._server, self._letterhead, self._summary_of = server, letterhead, summary_of
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: Message, handed_over: Callable[[], None]) -> None:
        """Hand one mail in."""
        recipient = _address(message.email)
        told = await asyncio.to_thread(self._summary_of, message)
        content = _on_the_wire(compose(message, self._letterhead, told))
        client = await self._connected()
        try:
            await self._hand_in(client, recipient, content, handed_over)
        except BaseException:
            client.close()
            raise
        self._idle.append(client)

    async def close(self) -> None:
        """Say goodbye to the server."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit(timeout=2)
            except (aiosmtplib.SMTPException, OSError):
                client.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
            client.close()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.start_tls,
            timeout=TIMEOUT_SECONDS,
        )
        try:
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise Undelivered("smtp_login_refused", channel_down=True) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered("smtp_unreachable", channel_down=True) from error
        return client

    async def _hand_in(
        self,
        client: aiosmtplib.SMTP,
        recipient: str,
        content: bytes,
        handed_over: Callable[[], None],
    ) -> None:
        try:
            await client.mail(self._letterhead.sender)
            await client.rcpt(recipient)
            await _data(client, content, handed_over)
        except aiosmtplib.SMTPSenderRefused as error:
            # Not this recipient's fault: the server does not take mail from us.
            raise Undelivered(f"smtp_{error.code}_sender") from error
        except aiosmtplib.SMTPResponseException as error:
            permanent = error.code >= PERMANENT
            raise Undelivered(f"smtp_{error.code}", permanent=permanent) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered("smtp_connection_lost") from error


async def _data(client: aiosmtplib.SMTP, content: bytes, handed_over: Callable[[], None]) -> None:
    protocol = client.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    start = await protocol.execute_command(b"DATA", timeout=TIMEOUT_SECONDS)
    if start.code != START_INPUT:
        raise aiosmtplib.SMTPDataError(start.code, start.message)
    protocol.write(content)
    transport = cast(asyncio.WriteTransport, protocol.transport)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        # The transport tells of an empty buffer only whoever implements its protocol.
        while transport.get_write_buffer_size():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    handed_over()
    protocol.write(b".\r\n")
    response = await protocol.read_response(timeout=DOT_TIMEOUT_SECONDS)
    if response.code != OK:
        raise aiosmtplib.SMTPDataError(response.code, response.message)


def compose(message: Message, letterhead: Letterhead, told: Told | None = None) -> EmailMessage:
    """The mail; sent twice it would be the same, Message-ID and date included.

    Only the figures of a weekly summary are those of the moment of sending.
    """
    letter = _letter(message, letterhead, told)
    unsubscribe = letterhead.unsubscribe_url(message.recipient_id)
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["Message-ID"] = f"<{message.delivery_id}@{letterhead.sender.rpartition('@')[2]}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = letterhead.sender
    mail["To"] = Address(addr_spec=message.email or "")
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(letter.plain)
    mail.add_alternative(letter.html, subtype="html")
    mail.set_boundary(f"part-{message.delivery_id}")
    if letter.pictures:
        _add_pictures(mail, letter.pictures, f"pictures-{message.delivery_id}")
    return mail


def _add_pictures(mail: EmailMessage, pictures: Mapping[str, bytes], boundary: str) -> None:
    """Beside the HTML that shows them, so that nothing needs fetching."""
    html = next(part for part in mail.iter_parts() if part.get_content_subtype() == "html")
    for name, png in pictures.items():
        html.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline")
    html.set_boundary(boundary)


def _letter(message: Message, letterhead: Letterhead, told: Told | None) -> Letter:
    home, unsubscribe = letterhead.public_url, letterhead.unsubscribe_url(message.recipient_id)
    if told is None:
        words = in_words(message.notifications, message.names)
        return Letter(
            words.title, as_plain(words, home, unsubscribe), as_html(words, home, unsubscribe)
        )
    week = max(child.week.week_start for child in told.summary.children)
    page = f"{home}/parent/{quote(message.recipient_id, safe='')}/week?week={week}"
    news = other_news(message.notifications, message.names, message.language)
    return weekly_letter(told.summary, news, Links(page, unsubscribe), stale=told.stale)


def _on_the_wire(mail: EmailMessage) -> bytes:
    content = _LEADING_DOT.sub(b"..", mail.as_bytes())
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _address(email: str | None) -> str:
    """The address as SMTP takes it; a domain beyond ASCII in its ASCII form."""
    local, _, domain = (email or "").strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
        Address(addr_spec=address)
        if not local.isascii() or not local:
            raise Undelivered("address_not_usable", permanent=True)
    except (ValueError, IndexError) as error:
        raise Undelivered("address_not_usable", permanent=True) from error
    return address
