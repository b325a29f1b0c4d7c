"""News about people with hostile names, sent to real receivers: text stays text on every way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from itertools import cycle

from pydantic import SecretStr

from pipelines.notifying.assembly import send_once
from pipelines.notifying.channels import Channel, Message
from pipelines.notifying.mail import Letterhead, Mail, mail_server
from pipelines.notifying.push import payload
from pipelines.notifying.webhook import Webhook
from reports.mails import TEMPLATE
from reports.notices import Names
from reports.templating import TEMPLATES
from tests.hostile import PAYLOADS
from tests.hostile_school import NAMES
from tests.receivers import mail_box, web_receiver
from tests.strict_html import TURNING, read, squeezed, styles_of, words
from warehouse.store.curriculum import Concept
from warehouse.store.database import open_store
from warehouse.store.pending import Pending
from warehouse.store.people import Guardian, Person
from warehouse.store.preferences import NoticeKind

HEADERS = {
    "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "List-Unsubscribe",
    "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
}  # fmt: skip
ELEMENTS = words(
    "html head meta title body h1 h2 ul ol li p a strong br bdi div table caption thead tbody tr "
    "th td"
)
STYLES = styles_of((TEMPLATES / TEMPLATE).read_text(encoding="utf-8"))
HOME = "https://progress.school.example"
RULES = ("stuck", "inactive", "slowing")
AT = datetime(2026, 3, 4, 11, tzinfo=UTC)


def news() -> Iterator[Pending]:
    """Each kind to each kind of recipient, about another hostile name each time."""
    kinds = cycle((kind, rule) for kind in NoticeKind for rule in RULES)
    for n, (kind, rule) in zip(range(len(PAYLOADS)), kinds, strict=False):
        yield Pending(
            notification_id=f"n{n}",
            recipient_id=f"p{n}",
            recipient_role="parent",
            kind=kind,
            occurred_at=AT,
            student_id=student(n),
            badge_id="quick_learner",
            subject_id=NAMES[n % len(NAMES)],
            concept_id=NAMES[n % len(NAMES)],
            rule=rule,
            week_start=date(2026, 2, 23),
            local_date=AT.date(),
            number=3,
            need=5,
            completed=2,
            mastered=1,
            started=2,
            total_time_spent=600,
            points=5,
        )


def student(n: int) -> str:
    """Whom the n-th news is about."""
    return NAMES[n] if n < len(NAMES) else f"s{n}"


NEWS = tuple(news())
RECIPIENTS = tuple(one.recipient_id for one in NEWS)
CONCEPTS = dict(zip(NAMES, reversed(NAMES), strict=True))
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="


def seen_of(text: str) -> str:
    """What a reader sees of a text on one line."""
    line = " ".join(text.split())
    return squeezed(re.sub("[\u061c\u200b-\u200f\u2060-\u206f\ufeff]", "", line))


def messages() -> Iterator[Message]:
    """A message of its own for each, with all the names that its words may need."""
    for n, (one, name) in enumerate(zip(NEWS, PAYLOADS, strict=True)):
        names = Names(concepts=CONCEPTS, students={one.student_id or "": name})
        yield Message(f"d{n}", one.recipient_id, (one,), AT, f"p{n}@example.com", names=names)


async def deliver(*channels: Channel) -> None:
    """Hand all of them over on each way."""
    for channel in channels:
        for message in messages():
            await channel.send(message, lambda: None)
        await channel.close()


def test_every_mail_is_text_in_one_frame_of_ours():
    head = Letterhead("learning@school.example", HOME, lambda who: f"{HOME}/none?token={who}")
    with mail_box() as box:
        asyncio.run(deliver(Mail(mail_server(box.url), head, lambda _message: None)))
    assert [mail["To"] for mail in box.mails] == [f"{to}@example.com" for to in RECIPIENTS]
    for mail, one, name in zip(box.mails, NEWS, PAYLOADS, strict=True):
        _judge_mail(mail)
        if one.kind in {"weekly_summary", "needs_attention"}:
            assert seen_of(name) in mail["Subject"]
        if one.kind == "subject_mastered":
            assert seen_of(one.subject_id or "") in _text(mail)
        if one.rule == "stuck" and one.kind == "needs_attention":
            assert seen_of(CONCEPTS[one.concept_id or ""]) in _text(mail)


def test_the_schools_service_is_told_ids_as_they_are_and_words_that_are_text(clock):
    with web_receiver() as web:
        asyncio.run(deliver(Webhook(web.url, SECRET, clock)))
    told = [json.loads(posted.body)["data"] for posted in web.taken]
    assert [one["notifications"][0]["student_id"] for one in told] == [
        one.student_id for one in NEWS
    ]
    assert [one["recipient_id"] for one in told] == list(RECIPIENTS)
    assert not [one for one in told if TURNING.search(" ".join([one["title"], *one["lines"]]))]


def test_a_push_is_text():
    for message in messages():
        told = json.loads(payload(message))
        assert (set(told), told["url"]) == ({"title", "body", "tag", "url"}, "/")
        assert not TURNING.search(told["title"] + told["body"])


def test_each_kind_of_news_takes_the_whole_way(settings, clock):
    """From the store to the mail server: names are found there, and stay text."""
    some = NEWS[: len(NoticeKind) * len(RULES)]
    with mail_box() as box, open_store(settings, clock=clock) as store:
        people = [Person(one.student_id or "", name, None, None, None, active=True)
                  for one, name in zip(some, reversed(PAYLOADS), strict=False)]  # fmt: skip
        readers = [Person(who, None, f"{who}@example.com", None, None, active=True)
                   for who in RECIPIENTS[: len(some)]]  # fmt: skip
        guards = [Guardian(one.student_id or "", one.recipient_id, "parent", True, None, None)
                  for one in some]  # fmt: skip
        store.people.put([*people, *readers], guardians=guards, source="tests")
        store.curriculum.merge(Concept(name, name, name) for name in NAMES)
        store.outbox.enqueue(some, ("email",))
        ways = {"smtp_url": SecretStr(box.url), "email_from": "a@school.example"}
        send_once(
            settings.model_copy(update={"email_enabled": True, "public_url": HOME, **ways}),
            clock=clock,
        )
    assert len(box.mails) == len(some)
    for mail in box.mails:
        _judge_mail(mail)


def _judge_mail(mail: EmailMessage) -> None:
    assert set(mail.keys()) == HEADERS
    assert mail.defects == []
    assert " ".join(str(mail["Subject"]).split()) == squeezed(str(mail["Subject"]))
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, page = _text(mail).replace("\r\n", "\n"), mail.get_body(("html",))
    assert page is not None
    seen = read(page.get_content(), ELEMENTS, HOME, STYLES)
    assert seen.wrong == []
    leads = {address.partition("?")[0] for address in seen.links}
    is_summary = any(address.endswith("/week") for address in leads)
    assert is_summary or HOME in leads
    assert not TURNING.search(text)
    lines = [line.removeprefix("- ") for line in text.split("\n") if line.startswith("- ")]
    assert [line for line in lines if line not in seen.loose] == []
    assert len(lines) == (0 if is_summary else 1)


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
