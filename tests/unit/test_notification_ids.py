"""An id has one meaning and a meaning one id, however events arrive: so nothing is told twice.

Told of the oracle, which is proved to say what the tables say (test_agreement).
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import instant, received
from tests.oracle.tables import oracle
from tests.oracle.world import Row, World
from tests.stories import Story, stories
from warehouse.events import ReceivedEvent

TABLE = "notifications.notifications"
MEANINGS = {
    "badge_earned": ("badge_id", "subject_id"),
    "subject_mastered": ("subject_id",),
    "weekly_goal_met": ("week_start",),
    "weekly_summary": ("week_start",),
    "level_reached": ("number",),
    "streak_milestone": ("number",),
    "streak_at_risk": ("local_date",),
    "needs_attention": ("rule", "concept_id"),
}
WORLD = World({"a": "maths", "b": "maths", "c": "maths"})


def meaning(row: Row) -> tuple[object, ...]:
    """What a notification says, but for what a late event or a correction may change."""
    about = (row["recipient_id"], row["kind"], row["student_id"])
    return (*about, *(row[column] for column in MEANINGS[row["kind"]]))


def events_of(story: Story) -> list[ReceivedEvent]:
    return [e for landing in story.landings for e in landing.events] + list(story.pending)


@given(stories(), st.randoms(use_true_random=False))
def test_an_id_never_means_something_else_and_nothing_has_two_ids(story, random):
    events = events_of(story)
    random.shuffle(events)
    meant: dict[str, tuple[object, ...]] = {}
    told: dict[tuple[object, ...], str] = {}
    for known in (events[: len(events) // 3], events[: 2 * len(events) // 3], events):
        rows = oracle(known, story.world, story.as_of)[TABLE]
        assert len({row["notification_id"] for row in rows}) == len(rows)
        for row in rows:
            one, says = row["notification_id"], meaning(row)
            assert meant.setdefault(one, says) == says
            if row["rule"] in (None, "stuck"):  # other risks may end and begin again
                assert told.setdefault(says, one) == one


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(story, random):
    events = events_of(story)
    before = oracle(events, story.world, story.as_of)[TABLE]
    random.shuffle(events)
    assert oracle(events, story.world, story.as_of)[TABLE] == before


def told_of(*events: ReceivedEvent, kind: str) -> set[str]:
    rows = oracle(events, WORLD, instant("2024-04-01 12:00"))[TABLE]
    return {row["notification_id"] for row in rows if row["kind"] == kind}


def test_a_day_that_comes_late_before_a_streak_tells_it_no_second_time():
    days = [received(at=f"2024-03-{day:02} 10:00") for day in range(5, 8)]
    early = received(at="2024-03-04 10:00")
    assert told_of(*days, kind="streak_milestone") == told_of(early, *days, kind="streak_milestone")


def test_a_week_that_is_filled_later_moves_no_other_week():
    march = [received("ada", "completed", f"{n}", f"2024-03-05 1{n}:00") for n in range(5)]
    february = [received("ada", "completed", f"f{n}", f"2024-02-06 1{n}:00") for n in range(5)]
    first = told_of(*march, kind="weekly_goal_met")
    assert len(first) == 1
    assert first < told_of(*march, *february, kind="weekly_goal_met")


def test_a_level_that_was_corrected_and_reached_again_is_the_same_news():
    def award(day: int, points: int) -> ReceivedEvent:
        return received("ada", "points_awarded", at=f"2024-03-{day:02} 10:00", points=points)

    once = told_of(award(1, 200), kind="level_reached")
    assert len(once) == 1
    assert told_of(award(1, 200), award(2, -150), kind="level_reached") == once
    assert told_of(award(1, 200), award(2, -150), award(3, 150), kind="level_reached") == once
    corrected = told_of(award(1, 200), award(1, -150), award(3, 150), kind="level_reached")
    assert corrected == once


def test_a_streak_is_told_and_that_it_ends_today():
    days = [received(at=f"2024-03-{day:02} 10:00") for day in range(1, 4)]
    rows = oracle(days, WORLD, instant("2024-03-04 17:00"))[TABLE]
    assert {row["kind"] for row in rows} == {"streak_milestone", "streak_at_risk"}
