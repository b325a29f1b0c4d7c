"""One meaning, four ways: a full build, a chain of incremental builds, live answers, the oracle.

Whatever a story says and however it arrived, all of them have the same rows in every student table.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agreement import agree, all_ways_agree, arrive
from tests.builds import home
from tests.oracle.tables import oracle
from tests.school import STORY_RULES_TEXT
from tests.stories import Story, stories
from warehouse.events import ReceivedEvent

# A story costs seconds, most of them builds; in the small profile few of them have to do.
STORIES = settings().max_examples * 4 // 5


@settings(max_examples=STORIES)
@given(stories())
def test_batch_incremental_live_and_oracle_have_the_same_rows(story: Story):
    all_ways_agree(story)


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
