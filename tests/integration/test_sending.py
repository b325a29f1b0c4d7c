"""The sender against a real mail server and a real web server: what arrives, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from pipelines.notifying.assembly import send_once
from pipelines.notifying.sending import ATTEMPTS, Tally
from tests.conftest import Clock
from tests.receivers import MailBox, WebReceiver, mail_box, web_receiver
from warehouse.settings import Settings, load_settings
from warehouse.store.database import Store
from warehouse.store.pending import Pending
from warehouse.store.people import Guardian, Person

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


class Post:
    """A home with its sender, a mail server and a web server."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings, self.store, self.clock = settings, store, clock

    def know(self, *people: str, time_zone: str | None = None) -> None:
        self.store.people.put(
            [
                Person(one, None, f"{one}@example.com", time_zone, None, active=True)
                for one in people
            ],
            source="tests",
        )

    def enqueue(self, *notifications: Pending, channels: tuple[str, ...] = ("email",)) -> int:
        return self.store.outbox.enqueue(notifications, channels)

    def send(self) -> Tally:
        return send_once(self.settings, clock=self.clock)

    def outcome(self) -> list[tuple[str, str, str | None, int]]:
        return [
            (row["channel"], row["status"], row["reason"], row["count"])
            for row in self.store.outbox.engagement()
        ]

    def news(self, recipient: str, number: int = 1, **more: Any) -> Pending:
        given: dict[str, Any] = {
            "recipient_role": "student",
            "kind": "badge_earned",
            "badge_id": "quick_learner",
            "student_id": recipient,
            "occurred_at": self.clock() - timedelta(hours=1),
        }
        return Pending(f"{recipient}:{number}", recipient, **given | more)


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_box() as box:
        yield box


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    with web_receiver() as web:
        yield web


@pytest.fixture
def post(
    store_settings: Settings, store: Store, clock: Clock, box: MailBox, web: WebReceiver
) -> Post:
    given = load_settings(
        home=store_settings.home,
        database_url=store_settings.database_url,
        jwt_secret="a secret for tests, of 32 bytes and more",
        email_enabled=True,
        smtp_url=box.url,
        email_from="learning@school.example",
        notification_service_url=web.url,
        notification_service_secret=SECRET,
    )
    return Post(given, store, clock)


def test_a_badge_arrives_once_by_mail(post, box):
    post.know("ada")
    assert post.enqueue(post.news("ada")) == 1
    assert post.enqueue(post.news("ada")) == 0
    post.send()
    post.send()
    (mail,) = box.mails
    assert mail["To"] == "ada@example.com"
    assert mail["From"] == "learning@school.example"
    assert mail["Subject"] == "New badge: Quick Learner"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://localhost:8004/api/notifications/unsub")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert post.outcome() == [("email", "sent", None, 1)]


def test_a_webhook_is_signed_after_the_standard(post, web, clock, monkeypatch):
    post.enqueue(post.news("ada"), channels=("webhook",))
    post.send()
    (posted,) = web.taken
    body = Webhook(SECRET)
    timestamp = posted.headers["webhook-timestamp"]
    assert timestamp == str(int(clock().timestamp()))
    expected = body.sign(posted.headers["webhook-id"], clock(), posted.body.decode())
    assert posted.headers["webhook-signature"] == expected


def test_who_is_inactive_or_no_longer_a_guardian_hears_nothing(post, box, clock):
    post.know("ada", "eve", "mum", "dad")
    guards = [Guardian("ada", who, "parent", True, None, None) for who in ("mum", "dad")]
    post.store.people.put(guardians=guards, source="tests")
    post.store.people.put(
        [Person("eve", None, "eve@example.com", None, None, active=False)], source="tests"
    )
    told = {"recipient_role": "parent", "student_id": "ada"}
    post.enqueue(post.news("mum", **told), post.news("dad", **told), post.news("eve"))
    revoked = Guardian("ada", "dad", "parent", True, None, clock() - timedelta(seconds=1))
    post.store.people.put(guardians=[revoked], source="tests")
    post.send()
    assert [mail["To"] for mail in box.mails] == ["mum@example.com"]
    assert post.outcome() == [
        ("email", "not_sent", "inactive", 1),
        ("email", "not_sent", "not_related", 1),
        ("email", "sent", None, 1),
    ]


def test_who_cannot_be_reached_delays_nobody(post, box):
    post.know("ada", "bob", "cleo")
    box.answer = lambda to: {"bob": "550 no such box", "cleo": "451 not now"}.get(
        to.partition("@")[0], "250 queued"
    )
    post.enqueue(*(post.news(one) for one in ("bob", "cleo", "ada")))
    tally = post.send()
    assert dict(tally.ended) == {"sent": 1, "failed": 1, "to be tried again": 1}
    assert [mail["To"] for mail in box.mails] == ["ada@example.com"]
    assert ("email", "failed", "smtp_550", 1) in post.outcome()


def test_a_message_is_tried_until_it_is_taken_or_too_often(post, web, clock):
    web.answer = lambda _posted: 503
    post.enqueue(post.news("ada"), channels=("webhook",))
    for _ in range(ATTEMPTS + 3):
        post.send()
        clock.advance(hours=2)
    assert len(web.refused) == ATTEMPTS
    assert len({posted.headers["webhook-id"] for posted in web.refused}) == 1
    assert post.outcome() == [("webhook", "failed", "webhook_503", 1)]
