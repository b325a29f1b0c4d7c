"""Real receivers of notifications, in the test's process: a mail server and a web server.

They count what they acknowledged; what they refuse, and how long they take, the test says.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.journey.conftest import free_port

OK = "250 queued"


class MailBox:
    """A mail server's view: each message that it took responsibility for, in order."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[str], str] = lambda _recipient: OK
        self.dot_answer: Callable[[EmailMessage], str] = lambda _mail: OK
        self.seconds = 0.0
        self.url = ""

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.answer(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        answer = self.dot_answer(mail)
        if answer == OK:
            self.mails.append(mail)
        await asyncio.sleep(self.seconds)
        return answer

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(mail["Message-ID"]) for mail in self.mails)

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@contextmanager
def mail_box() -> Iterator[MailBox]:
    """A real SMTP server."""
    box = MailBox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()


class Posted(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class WebReceiver:
    """A web server's view: each request that it answered with success, in order."""

    def __init__(self) -> None:
        self.taken: list[Posted] = []
        self.refused: list[Posted] = []
        self.answer: Callable[[Posted], int] = lambda _posted: 204
        self.headers: dict[str, str] = {}
        self.seconds = 0.0
        self.url = ""

    def ids(self) -> Counter[str]:
        return Counter(posted.headers["webhook-id"] for posted in self.taken)


@contextmanager
def web_receiver(certificate: Path | None = None) -> Iterator[WebReceiver]:
    """A real HTTP server; with a certificate, one that speaks TLS."""
    receiver = WebReceiver()
    server = _Server(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    address = f"localhost:{server.server_port}"
    receiver.url = f"https://{address}/hook" if certificate else f"http://{address}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, _request: object, _address: object) -> None:
        """A sender that is killed breaks its connections: no news."""


def _handler(receiver: WebReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            body = self.rfile.read(size)
            if len(body) < size:
                return  # the sender is gone: half a request is none
            posted = Posted(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            status = receiver.answer(posted)
            (receiver.taken if 200 <= status < 300 else receiver.refused).append(posted)
            time.sleep(receiver.seconds)
            try:
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """No lines between those of pytest."""

    return Handler
