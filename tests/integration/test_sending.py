"""The sender against a real mail server and a real web server: what arrives, and what does not."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from standardwebhooks import Webhook

from pipelines.notifying.assembly import JOURNAL, send_once
from pipelines.notifying.journal import SenderBusy, open_journal
from pipelines.notifying.sending import ATTEMPTS, SLOTS_A_CHANNEL, Tally
from tests.conftest import Clock
from tests.receivers import OK, MailBox, WebReceiver, mail_box, web_receiver
from warehouse.settings import Settings, load_settings
from warehouse.store.database import Store
from warehouse.store.pending import Pending
from warehouse.store.people import Guardian, Person
from warehouse.store.preferences import Digest, Preferences

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

NOBODY = "http://127.0.0.1:9/hook"  # nothing listens at the port of discard


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

    def with_settings(self, **changed: Any) -> Settings:
        return self.settings.model_copy(update=changed)

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


def test_a_server_that_hangs_delays_no_other_channel(post, box, web):
    post.know("ada")
    web.seconds = 1.5
    taken: list[int] = []

    def note(_mail: EmailMessage) -> str:
        taken.append(len(web.taken))
        return OK

    box.dot_answer = note
    post.enqueue(*(post.news(f"p{n}") for n in range(12)), channels=("webhook",))
    post.enqueue(post.news("ada"))
    started = time.monotonic()
    post.send()
    assert len(box.mails) == 1
    assert len(web.taken) == 12
    assert taken[0] < 12, "the mail waited for the webhooks"
    assert time.monotonic() - started < 12 * 1.5, "the webhooks waited for each other"


def test_a_server_that_cannot_be_reached_is_not_asked_for_each_message(post, web, clock):
    post.enqueue(*(post.news(f"p{n}") for n in range(40)), channels=("webhook",))
    address, post.settings = web.url, post.with_settings(notification_service_url=NOBODY)
    tally = post.send()
    assert tally.ended["to be tried again"] <= SLOTS_A_CHANNEL
    post.settings = post.with_settings(notification_service_url=address)
    clock.advance(minutes=2)
    post.send()
    assert set(web.ids().values()) == {1}
    assert len(web.taken) == 40


def test_a_mail_refused_after_the_dot_goes_again_under_the_same_id(post, box, clock):
    post.know("ada")
    refused: list[str] = []

    def refuse(mail: EmailMessage) -> str:
        refused.append(mail["Message-ID"])
        return "451 later"

    box.dot_answer = refuse
    post.enqueue(post.news("ada"))
    assert post.send().ended == {"to be tried again": 1}
    box.dot_answer = lambda _mail: OK
    assert post.send().ended == {}, "not before its time"
    clock.advance(minutes=2)
    post.send()
    assert [mail["Message-ID"] for mail in box.mails] == refused


def test_who_said_no_meanwhile_hears_nothing(post, box, web):
    post.know("ada")
    box.answer = lambda _to: "451 not now"
    post.enqueue(post.news("ada", kind="streak_at_risk", local_date=post.clock().date()))
    post.send()
    box.answer = lambda _to: OK
    post.store.preferences.refuse_channel("ada", "email")
    post.clock.advance(minutes=2)
    post.send()
    assert box.mails == []
    assert post.outcome() == [("email", "not_sent", "not_wanted", 1)]


def test_a_digest_is_one_mail_in_the_afternoon_of_its_reader(post, box, clock):
    post.know("ada", time_zone="America/New_York")
    post.store.preferences.put(Preferences("ada", digest=Digest.DAILY))
    post.enqueue(post.news("ada", 1), post.news("ada", 2))
    post.send()
    assert box.mails == []
    clock.now = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)  # 17:00 in New York
    post.enqueue(post.news("ada", 3))
    post.send()
    (mail,) = box.mails
    assert mail["Subject"] == "2 pieces of news"
    assert mail.get_body(("plain",)).get_content().count("Quick Learner") == 2


def test_what_people_chose_as_names_cannot_break_out_of_a_mail(post, box):
    post.know("mum")
    child = 'ada"<script>@example.com'
    post.store.people.put(
        [Person(child, "<b>Ada</b>\r\nBcc: all@example.com", None, None, None, active=True)],
        guardians=[Guardian(child, "mum", "parent", True, None, None)],
        source="tests",
    )
    told = {"recipient_role": "parent", "student_id": child, "week_start": date(2026, 2, 23)}
    post.enqueue(post.news("mum", kind="weekly_summary", **told))
    post.send()
    (mail,) = box.mails
    assert "bcc" not in mail
    assert mail["Subject"].startswith("<b>Ada</b> Bcc: all@example.com: the week")
    assert "<b>" not in mail.get_body(("html",)).get_content()


def test_no_name_and_no_address_is_logged(post, box, caplog):
    post.know("ada", "bob")
    post.store.people.put(
        [Person("bob", "Bob", "bob@exa mple.com", None, None, active=True)], source="tests"
    )
    box.answer = lambda to: f"550 no {to} here"
    with caplog.at_level(logging.DEBUG):
        post.enqueue(post.news("ada"), post.news("bob"))
        assert post.send().ended == {"failed": 2}
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("mail.")]
    assert ours
    assert not any(word in line for line in ours for word in ("example.com", "Bob", "ada"))
    reasons = {reason for _, _, reason, _ in post.outcome()}
    assert reasons == {"smtp_550", "address_not_usable"}


def test_a_second_sender_is_refused(post):
    with (
        open_journal(post.settings.home / JOURNAL, SLOTS_A_CHANNEL),
        pytest.raises(SenderBusy, match="Another process"),
    ):
        post.send()
