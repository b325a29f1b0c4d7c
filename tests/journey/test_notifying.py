"""SIGKILL of the sender at any point, with a real mail server and a real web server.

Exactly once is what the receivers count: each message acknowledged, and none twice. Between two
machines that cannot ask each other it cannot be had without a gap, so the test says which gap there
is, and counts it:

- mail: nothing is sent twice whatever the point of the kill. A message is lost only by a kill
  between the mark in the journal and the call that gives the final dot to the kernel.
- webhook: nothing is lost whatever the point of the kill. A message comes again, under the same
  `webhook-id`, only by a kill between the receiver's answer and its reading.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from pipelines.notifying.sending import SLOTS_A_CHANNEL
from tests.journey.conftest import SPOOL, Programs
from tests.journey.forking import Forks
from tests.receivers import MailBox, WebReceiver, mail_box, web_receiver
from warehouse.store.database import open_store
from warehouse.store.pending import Pending
from warehouse.store.people import Person
from warehouse.store.preferences import Preferences

DEEP = os.environ.get("SPOOL_DEEP") == "1"
SEED = int(os.environ.get("SPOOL_CRASH_SEED", "20260304"))
KILLS = 500 if DEEP else 50
COMMANDS = 3  # of them, kills of `spool notify` as a whole program
PEOPLE = 100  # who have news at first, and who join whenever little is left to send
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
MOST_LOST = 1  # by the gap of two instructions; a second one in fifty kills would be a fault


class Scene:
    """A home with news for everybody, the two receivers, and senders to kill."""

    def __init__(self, programs: Programs, box: MailBox, web: WebReceiver) -> None:
        self.programs, self.box, self.web = programs, box, web
        self.rng = Random(SEED)
        self.kills: Counter[str] = Counter()
        self.senders = Forks(programs, "tests.journey.sending")
        self.people = 0

    @property
    def taken(self) -> int:
        """How many messages the receivers have."""
        return len(self.box.mails) + len(self.web.taken)

    def enqueue(self, people: int, *channels: str) -> None:
        """News for so many people more."""
        now = datetime.now(UTC)
        names = [f"p{self.people + number:05}" for number in range(people)]
        self.people += people
        with open_store(self.programs.settings) as store:
            store.people.put(
                [Person(n, None, f"{n}@example.com", None, None, active=True) for n in names],
                source="tests",
            )
            for name in names:
                store.preferences.put(Preferences(name, quiet_hours=None))
            news = [
                Pending(f"n:{n}", n, "student", "badge_earned", now, n, badge_id="helper")
                for n in names
            ]
            assert store.outbox.enqueue(news, channels) == len(channels) * people

    def finish(self) -> None:
        """Send what is left, unharmed."""
        self.senders.begin()
        killed, _ = self.senders.end()
        assert not killed

    def outcome(self) -> Counter[tuple[str, str, str | None]]:
        with open_store(self.programs.settings) as store:
            return Counter(
                {
                    (row["channel"], row["status"], row["reason"]): row["count"]
                    for row in store.outbox.engagement()
                }
            )


@pytest.fixture
def scene(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with mail_box() as box, web_receiver() as web:
        programs.set(
            EMAIL_ENABLED="true",
            SMTP_URL=box.url,
            EMAIL_FROM="learning@school.example",
            NOTIFICATION_SERVICE_URL=web.url,
            NOTIFICATION_SERVICE_SECRET=SECRET,
        )
        yield Scene(programs, box, web)


@pytest.mark.timeout(0 if DEEP else 300)
def test_no_kill_loses_or_doubles_a_message(scene: Scene, capsys: pytest.CaptureFixture[str]):
    scene.box.seconds = scene.web.seconds = 0.004
    for number in range(KILLS):
        while 2 * scene.people - scene.taken < PEOPLE:
            scene.enqueue(PEOPLE, "email", "webhook")
        kill_one(scene, "command" if number < COMMANDS else "moment")
    assert scene.kills.total() == KILLS
    scene.finish()
    scene.finish()  # nothing is left to send

    people, mails, posts = scene.people, scene.box.ids, scene.web.ids()
    outcome = scene.outcome()
    repeated = sum(count - 1 for count in posts.values())
    report = {
        "messages": 2 * people,
        "kills": KILLS,
        "mails lost": people - len(mails),
        "mails doubled": sum(count - 1 for count in mails.values()),
        "mails that had left when their sender was killed": outcome["email", "sent", "handed_over"],
        "webhooks lost": people - len(posts),
        "webhooks repeated under the same id": repeated,
    }
    with capsys.disabled():
        sys.stdout.write(f"\n{report}\n")
    assert {status for _, status, _ in outcome} == {"sent"}
    assert outcome.total() == 2 * people
    assert set(mails.values()) == {1}, "a mail was acknowledged twice"
    assert people - len(mails) <= MOST_LOST
    assert len(posts) == people, "a webhook was lost"
    assert repeated <= KILLS * SLOTS_A_CHANNEL, "more was repeated than was under way"
    assert len({posted.body for posted in scene.web.taken}) == people, "one id, two contents"


def kill_one(scene: Scene, kind: str) -> None:
    """Kill a sender: most while they send, some at any moment of their lives."""
    if kind == "command":
        process = scene.programs.start(SPOOL, "notify")
        wait_for_a_message(scene)
        time.sleep(scene.rng.uniform(0, 0.05))
        process.kill()
        process.communicate(timeout=60)
        killed = process.returncode == -signal.SIGKILL
    else:
        scene.senders.begin()
        if scene.rng.random() < 4 / 5:
            wait_for_a_message(scene)
            time.sleep(scene.rng.uniform(0, 0.08))
        else:
            time.sleep(scene.rng.uniform(0, 0.5))
        scene.senders.kill()
        killed, _ = scene.senders.end()
    assert killed, "everything was sent before the kill"
    scene.kills[kind] += 1


def wait_for_a_message(scene: Scene) -> None:
    before, deadline = scene.taken, time.monotonic() + 60
    while scene.taken == before:
        assert time.monotonic() < deadline, "the sender sends nothing"
        time.sleep(0.001)


@pytest.mark.parametrize(
    ("channel", "step", "acknowledged"),
    [
        ("email", "unmarked", 1),  # the dot had not left: the server forgot the mail
        ("email", "marked", 1),  # the dot had left: not sent again
        ("webhook", "marked", 1),
        ("webhook", "unmarked", 2),  # answered, and killed before the answer was read
    ],
)
def test_a_kill_at_the_mark(scene: Scene, channel: str, step: str, acknowledged: int):
    scene.enqueue(1, channel)
    scene.senders.begin(step)
    killed, _ = scene.senders.end()
    assert killed, "it was to be killed"
    scene.finish()
    ids = scene.box.ids if channel == "email" else scene.web.ids()
    assert list(ids.values()) == [acknowledged]
    assert [status for _, status, _ in scene.outcome()] == ["sent"]
