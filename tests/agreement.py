"""Takes a story through every way of computing its figures, and compares each with the oracle."""

from __future__ import annotations

from tests.builds import Home, Tables, asked, catalog, differences, home
from tests.oracle.tables import TABLES, oracle
from tests.school import STORY_RULES_TEXT, STUDENTS
from tests.stories import Landing, Story
from warehouse.events import ReceivedEvent

UNSTORED = [table for table in TABLES if not catalog().tables[table].stored]


def agree(truth: Tables, found: Tables, way: str) -> None:
    """Fail with every row in which a way differs from the oracle."""
    said = differences(truth, found)
    assert not said, "\n".join([way, *said])


def of_students(tables: Tables, students: set[str]) -> Tables:
    return {t: [row for row in tables[t] if row["student_id"] in students] for t in TABLES}


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
        school.build(landing.as_of)
        truth = oracle(landed, story.world if last else story.early, landing.as_of)
        agree(truth, school.stored(), f"build {number} as of {landing.as_of}")
    return landed, truth


def all_ways_agree(story: Story) -> tuple[Tables, str]:
    """A chain of builds, live answers, and a full build.

    Returns:
        What all of them say at the end, and why the chain's last build was full, if it was.
    """
    with home(story.early, STORY_RULES_TEXT) as school:
        landed, before = build_chain(school, story)
        accepted = school.send(story.pending)
        truth = oracle(landed + accepted, story.world, story.as_of)

        waiting = {pending.student_id for pending in accepted}
        with school.reading(story.as_of) as reader:
            agree(of_students(truth, waiting), asked(reader, waiting), "live")
            others = set(STUDENTS) - waiting if story.landings else set()
            agree(of_students(before, others), asked(reader, others, UNSTORED), "published")

        report = school.build(story.as_of)
        chained = school.stored()
        agree(truth, chained, "the chain's last build")
        school.build(story.as_of, full=True)
        agree(truth, school.stored(), "full build")
        assert school.stored() == chained
        return truth, report.why_full
