"""The weekly summary as a mail, over a real mail server: what it says, to whom, and how often.

Figures and relations may change between plan and sending: the mail is as of the latter.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from pipelines.notifying.assembly import send_once
from pipelines.notifying.channels import Message
from pipelines.notifying.noticing import enqueue_published
from pipelines.notifying.summaries import Summaries
from tests.api_school import serving, settings_of
from tests.conftest import Clock
from tests.factories import received
from tests.mails import Shown, parts
from tests.receivers import OK, MailBox, mail_box
from tests.two_classes import guardian
from tests.weekly_school import MONDAY_MORNING, publish_families
from warehouse.metrics import load_metrics
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.store.database import Store, open_store
from warehouse.store.pending import Pending
from warehouse.store.people import Person
from warehouse.store.preferences import Digest, Preferences

AFTER_QUIET = MONDAY_MORNING + timedelta(hours=3)
KIM = "kim@example.com"


class Home:
    """A home with a published school, its sender and a mail server."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, box: MailBox) -> None:
        self.settings, self.store, self.clock, self.box = settings, store, clock, box

    def notice(self) -> None:
        """What the snapshot tells becomes entries of the outbox."""
        reader = Reader(self.settings, self.store, clock=self.clock)
        enqueue_published(reader, self.store, ["email"], now=self.clock())
        reader.close()

    def send(self) -> Any:
        return send_once(self.settings, clock=self.clock)

    def summaries(self) -> list[EmailMessage]:
        return [m for m in self.box.to(KIM) if "the week of" in m["Subject"]]

    def outcomes(self, kind: str = "weekly_summary") -> list[tuple[str, str | None, int]]:
        rows = self.store.outbox.engagement()
        return [(r["status"], r["reason"], r["count"]) for r in rows if r["kind"] == kind]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("mail")
    publish_families(settings_of(home))
    return home


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Iterator[Home]:
    own = tmp_path / "own"
    shutil.copytree(published, own, symlinks=True)
    with mail_box() as box:
        settings = settings_of(
            own, email_enabled=True, smtp_url=box.url, email_from="learning@school.example"
        )
        clock = Clock(AFTER_QUIET)
        with open_store(settings, clock=clock) as store:
            yield Home(settings, store, clock, box)


def summary_of(home: Home, week: str = "2026-02-23") -> list[Any]:
    with serving(home.settings, home.clock()) as api:
        found = api.get(f"/api/analytics/weekly-summary/kim?week={week}", "parent", "kim").json()
    return list(found["children"])


def test_the_mail_says_in_both_parts_what_the_summary_says(home):
    home.notice()
    home.send()
    (mail,) = home.summaries()
    plain, html = parts(mail)
    text = " ".join(Shown(html).words)
    told = [one for one in summary_of(home) if one["student_id"] in {"ada", "mia"}]

    assert mail["Subject"] == "Your children: the week of 23 February 2026"
    for child in told:
        for part in (" ".join(plain.split()), text):
            assert child["name"] in part
            assert all(sentence in part for sentence in child["words"])
            assert all(concept["name"] in part for concept in child["mastered"])
        assert f"Points: {child['week']['points']:,} (" in plain
        assert f"Points {child['week']['points']:,} " in text
    assert not {"Dan", "Bob", "Eve", "Cleo"} & set(re.findall(r"\w+", plain + text))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        *["image/png"] * html.count("<img "),
    ]


def test_it_leads_to_the_page_and_to_the_end_of_such_mails_and_fetches_nothing(home):
    home.notice()
    home.send()
    (mail,) = home.summaries()
    plain, html = parts(mail)
    shown, page = Shown(html), "http://localhost:8004/parent/kim/week?week=2026-02-23"
    unsubscribe = str(mail["List-Unsubscribe"]).strip("<>")

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [one for one in shown.addresses if not one.startswith("cid:")] == [page, unsubscribe]
    pictures = {str(part["Content-ID"]): part for part in mail.walk() if "Content-ID" in part}
    named = [f"<{one[4:]}>" for one in shown.addresses if one.startswith("cid:")]
    assert named == list(pictures) != []
    for part in pictures.values():
        assert part.get_content().startswith(b"\x89PNG")
        assert part.get_content_disposition() == "inline"
    assert page in plain
    assert unsubscribe in plain
    assert not shown.tags & {"link", "script", "svg", "style", "iframe"}
    assert "url(" not in html


def test_once_planned_it_leaves_once_and_not_in_quiet_hours(home):
    home.clock.now = MONDAY_MORNING + timedelta(hours=1)  # six in the morning
    home.notice()
    home.send()
    assert home.box.to(KIM) == []
    home.clock.now = AFTER_QUIET
    for _ in range(3):
        home.notice()
        home.send()
    assert len(home.summaries()) == 1


def test_what_arrives_between_plan_and_sending_counts(home):
    before = {one["student_id"]: one["week"] for one in summary_of(home)}
    home.notice()
    late = received(
        "ada", "attempted", "light", "2026-02-25 12:00", zone="Europe/Berlin", time_spent=3600
    )
    home.store.inbox.append([[late]])
    home.send()
    (mail,) = home.summaries()
    after = next(one for one in summary_of(home) if one["student_id"] == "ada")

    spent = before["ada"]["total_time_spent"]
    assert after["week"]["total_time_spent"] == spent + 3600
    assert after["words"][0] in parts(mail)[0]


def test_a_child_that_was_lost_sight_of_meanwhile_is_not_in_it(home):
    home.notice()
    home.store.people.put(guardians=[guardian("mia", "kim", consent=False)], source="tests")
    home.send()
    (mail,) = home.summaries()

    assert mail["Subject"] == "Ada: the week of 23 February 2026"
    assert "Mia" not in " ".join(parts(mail))
    assert ("not_sent", "not_related", 1) in home.outcomes()


def test_a_mail_that_was_refused_goes_again_under_the_same_id(home):
    ids: list[str] = []

    def refuse(mail: EmailMessage) -> str:
        ids.append(str(mail["Message-ID"]))
        return "451 later"

    home.box.dot_answer = refuse
    home.notice()
    home.send()
    home.box.dot_answer = lambda _mail: OK
    home.clock.advance(minutes=5)
    home.send()
    (mail,) = home.summaries()
    assert str(mail["Message-ID"]) in ids


def test_without_figures_it_waits_and_says_why(home):
    home.notice()
    snapshots = home.settings.snapshots_dir
    kept = [(path, path.read_bytes()) for path in snapshots.glob("2*.duckdb")]
    for path, _ in kept:
        path.write_bytes(b"torn")
    tally = home.send()
    assert home.summaries() == []
    assert tally.ended["to be tried again"] >= 1
    for path, content in kept:
        path.write_bytes(content)
    home.clock.advance(minutes=5)
    home.send()
    assert len(home.summaries()) == 1


def test_a_sender_at_rest_keeps_no_snapshot_from_being_removed(home):
    (snapshot,) = home.settings.snapshots_dir.glob("2*.duckdb")
    reader = Reader(home.settings, home.store, clock=home.clock)
    week = Pending(
        "n", "kim", "parent", "weekly_summary", AFTER_QUIET, "ada", week_start=date(2026, 2, 23)
    )
    told = Summaries(reader, load_metrics(reader.catalog)).of(
        Message("d", "kim", (week,), AFTER_QUIET)
    )

    assert told is not None
    assert [child.student_id for child in told.summary.children] == ["ada"]
    assert snapshot.resolve() not in {path.resolve() for path in open_files()}


def open_files() -> Iterator[Path]:
    for path in Path("/proc/self/fd").iterdir():
        if path.exists():
            yield path


def test_it_speaks_the_language_of_its_reader(home):
    home.store.people.put([Person("kim", "Kim", KIM, None, "de-AT", active=True)], source="tests")
    home.notice()
    home.send()
    mail = next(m for m in home.box.to(KIM) if "Woche vom 23. Februar 2026" in m["Subject"])
    plain, html = parts(mail)

    assert "Lernzeit: " in plain
    assert '<html lang="de"' in html
    assert "Auf der Seite ansehen" in html


def test_in_a_digest_other_news_stand_below(home):
    home.store.preferences.put(Preferences("kim", digest=Digest.DAILY))
    home.notice()
    home.send()
    home.clock.advance(hours=10)
    home.send()
    news = [p for p in home.store.outbox.engagement() if p["kind"] == "badge_earned"]
    mails = home.summaries()
    assert len(mails) == 1
    assert news
    assert len(home.box.to(KIM)) == 1
    plain, _ = parts(mails[0])
    assert ("Other news:" in plain) == (plain.count("\n- ") > 0)


def test_old_figures_say_so(home):
    home.notice()
    home.clock.advance(days=3)
    home.send()
    (mail,) = home.summaries()
    for part in parts(mail):
        assert "These figures are older than a day" in " ".join(part.split())


def test_a_name_with_lines_makes_no_header_and_no_line(home):
    name = "Ada\r\nBcc: all@example.com\r\n\r\nHello"
    home.store.people.put(
        [Person("ada", name, None, "Europe/Berlin", None, active=True)],
        guardians=[guardian("mia", "kim", consent=False)],
        source="tests",
    )
    home.notice()
    home.send()
    (mail,) = home.summaries()

    assert "bcc" not in mail
    assert mail["Subject"].startswith("Ada")
    assert not [line for line in parts(mail)[0].splitlines() if line.startswith(("Bcc", "Hello"))]
