"""One meaning, four ways: a full build, a chain of incremental builds, live answers, the oracle.

Whatever a story says and however it arrived, all of them have the same rows in every student table.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.builds import Home, Tables, asked, catalog, differences, home
from tests.factories import instant, received
from tests.oracle.tables import TABLES, oracle
from tests.oracle.world import World
from tests.school import STORY_RULES_TEXT, STUDENTS
from tests.stories import Landing, Story, stories
from warehouse.events import ReceivedEvent

# A story costs seconds, most of them builds; in the small profile few of them have to do.
STORIES = settings().max_examples * 4 // 5
UNSTORED = [table for table in TABLES if not catalog().tables[table].stored]


def agree(truth: Tables, found: Tables, way: str) -> None:
    """Fail with every row in which a way differs from the oracle."""
    said = differences(truth, found)
    assert not said, "\n".join([way, *said])


def of_students(tables: Tables, students: set[str]) -> Tables:
    return {t: [row for row in rows if row["student_id"] in students] for t, rows in tables.items()}


def arrive(school: Home, landing: Landing) -> list[ReceivedEvent]:
    """Bring in what lands; returns what was acknowledged."""
    if not landing.imported:
        return school.send(landing.events)
    school.land(landing.events)
    return list(landing.events)


def build_chain(school: Home, story: Story) -> tuple[list[ReceivedEvent], Tables]:
    """Land and build step by step; the events landed, and what the last build had to say."""
    landed: list[ReceivedEvent] = []
    truth: Tables = oracle([], story.world, story.as_of)
    for number, landing in enumerate(story.landings, start=1):
        last = number == len(story.landings)
        if last:
            school.tell(story.world)
        landed += arrive(school, landing)
        report = school.build(landing.as_of)
        event(f"build {min(number, 2)} is full: {report.why_full or 'no'}")
        truth = oracle(landed, story.world if last else story.early, landing.as_of)
        agree(truth, school.stored(), f"build {number} as of {landing.as_of}")
    return landed, truth


@settings(max_examples=STORIES)
@given(stories())
def test_batch_incremental_live_and_oracle_have_the_same_rows(story: Story):
    with home(story.early, STORY_RULES_TEXT) as school:
        landed, before = build_chain(school, story)
        accepted = school.send(story.pending)
        truth = oracle(landed + accepted, story.world, story.as_of)

        waiting = {pending.student_id for pending in accepted}
        with school.reading(story.as_of) as reader:
            agree(of_students(truth, waiting), asked(reader, waiting), "live")
            others = set(STUDENTS) - waiting if story.landings else set()
            agree(of_students(before, others), asked(reader, others, UNSTORED), "published")

        school.build(story.as_of)
        chained = school.stored()
        agree(truth, chained, "the chain's last build")
        school.build(story.as_of, full=True)
        agree(truth, school.stored(), "full build")
        assert school.stored() == chained


@settings(max_examples=STORIES // 2)
@given(stories(), st.integers(0, 5), st.integers(-1, 8))
def test_an_old_build_can_be_repeated_when_more_is_known(story: Story, wave: int, days: int):
    with home(story.world, STORY_RULES_TEXT) as school:
        landed: list[ReceivedEvent] = []
        for landing in story.landings:
            landed += arrive(school, landing)
        landed += school.send(story.pending)
        school.build(story.as_of)
        instants = sorted({one.received_at for one in landed}) or [story.as_of]
        known_at = instants[wave % len(instants)]
        as_of = story.as_of - timedelta(days=days)
        school.build(story.as_of, as_of=as_of, known_at=known_at)
        truth = oracle(landed, story.world, as_of, known_at)
        agree(truth, school.stored(), f"as of {as_of}, known at {known_at}")


def test_new_events_are_added_without_a_full_build():
    """Else the chains above would compare full builds with full builds."""
    with home(World({"fractions": "maths"})) as school:
        now = instant("2024-03-10")
        school.land([received("ada"), received("bob")])
        assert school.build(now).why_full
        school.land([received("ada", "mastered", at="2024-03-05 10:00")])
        report = school.build(now + timedelta(hours=6))
        assert (report.why_full, report.new_events, report.touched_students) == ("", 1, 1)
