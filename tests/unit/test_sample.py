"""The sample school: the same for the same seed, believable, and with everything in it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, median, quantiles, stdev

import pytest

from pipelines.sample.load import load_sample
from pipelines.sample.school import (
    LIVELY,
    curriculum,
    first_day,
    student,
    student_id,
    subjects,
    weekly_goal,
)
from pipelines.sample.simulate import SampleEvent, simulate
from tests.oracle.facts import counted, students
from tests.oracle.tables import TABLES
from tests.oracle.world import RULES, Row, World
from warehouse.events import ReceivedEvent, parse_event, receive
from warehouse.lake import Lake
from warehouse.store.database import open_store

STUDENTS, DAYS, SEED = 120, 120, 7
UNTIL = datetime(2026, 3, 4, 20, 30, tzinfo=UTC)
SHOWN = (
    "progress.concept_progress",
    "gamification.student_points",
    "gamification.badges",
    "gamification.streaks",
)
CURRICULUM = {concept.concept_id: concept.subject_id for concept in curriculum()}


def received(sent: Iterable[SampleEvent]) -> list[ReceivedEvent]:
    """What the import makes of sample events: all of them have to pass its validation."""
    return [
        receive(
            parse_event(event, now=UNTIL),
            received_at=UNTIL,
            actor="import",
            source="import",
            profile_zone=None,
            default_zone="UTC",
        )
        for event in sent
    ]


@dataclass
class School:
    events: list[ReceivedEvent]
    tables: dict[str, list[Row]]
    seconds: float

    @property
    def tries(self) -> list[ReceivedEvent]:
        return [event for event in self.events if event.event_type == "attempted"]


@pytest.fixture(scope="module")
def school() -> School:
    """The sample school as `spool sample` makes it by default, with every table of it."""
    before = time.process_time()
    sent = list(simulate(STUDENTS, DAYS, SEED, UNTIL))
    seconds = time.process_time() - before
    events = received(sent)
    everyone, world = students(counted(events, UNTIL)), World(CURRICULUM)
    tables = {
        table: [row for facts in everyone for row in TABLES[table][0](facts, world, UNTIL)]
        for table in SHOWN
    }
    return School(events, tables, seconds)


def test_the_same_seed_gives_the_same_events():
    assert list(simulate(3, 40, 1, UNTIL)) == list(simulate(3, 40, 1, UNTIL))
    assert list(simulate(3, 40, 1, UNTIL)) != list(simulate(3, 40, 2, UNTIL))


def test_more_students_change_nothing_for_the_others():
    few = list(simulate(4, 40, SEED, UNTIL))
    assert list(simulate(6, 40, SEED, UNTIL))[: len(few)] == few


def test_a_later_sample_of_the_same_week_repeats_the_earlier_one_and_adds_to_it():
    monday, saturday = datetime(2026, 3, 2, 15, tzinfo=UTC), datetime(2026, 3, 7, 15, tzinfo=UTC)
    earlier = {str(event["event_id"]): event for event in simulate(5, 60, SEED, monday)}
    later = {str(event["event_id"]): event for event in simulate(5, 60, SEED, saturday)}
    assert [later.get(event_id) for event_id in earlier] == list(earlier.values())
    assert len(later) > len(earlier)


def test_event_ids_are_unique(school):
    assert len({event.event_id for event in school.events}) == len(school.events)


def test_nothing_happens_before_the_first_day_or_after_the_end(school):
    start = first_day(UNTIL.date(), DAYS)
    assert start.weekday() == 0
    assert timedelta(days=DAYS) <= UNTIL.date() - start < timedelta(days=DAYS + 14)
    assert min(event.local_date for event in school.events) >= start
    assert max(event.occurred_at for event in school.events) <= UNTIL


def test_the_curriculum_is_a_path_through_eight_subjects():
    seen: set[str] = set()
    for concept in curriculum():
        assert set(concept.prerequisites) <= seen, f"{concept.concept_id} comes too early"
        seen.add(concept.concept_id)
    sizes = Counter(CURRICULUM.values())
    assert len(seen) == len(curriculum())
    assert list(sizes) == list(subjects())
    assert len(sizes) == 8
    assert all(8 <= size <= 12 for size in sizes.values())


def test_students_are_spread_over_zones_one_of_them_with_an_odd_offset(school):
    zones = {student(n, days=DAYS, seed=SEED).site.time_zone for n in range(1, STUDENTS + 1)}
    assert zones == {"Europe/London", "Europe/Berlin", "America/Chicago", "Asia/Kathmandu"}
    assert zones < {event.time_zone for event in school.events}, "nobody travels"


def test_some_students_set_goals_of_their_own_on_a_monday():
    start = first_day(UNTIL.date(), DAYS)
    everyone = [student(n, days=DAYS, seed=SEED) for n in range(1, STUDENTS + 1)]
    goals = [weekly_goal(who, days=DAYS, seed=SEED, start=start) for who in everyone]
    kept = [goal for goal in goals if goal is not None]
    assert 20 <= len(kept) <= 60
    assert all(goal.from_week.weekday() == 0 for goal in kept)
    assert all(goal.concepts or goal.minutes for goal in kept)
    assert {goal.concepts is None for goal in kept} == {goal.minutes is None for goal in kept}


@pytest.mark.parametrize("badge_id", [badge.badge_id for badge in RULES.badges])
def test_every_badge_is_earned_and_none_by_everybody(school, badge_id):
    holders = {r["student_id"] for r in school.tables["gamification.badges"]
               if r["badge_id"] == badge_id}  # fmt: skip
    assert 2 <= len(holders) < STUDENTS


def test_every_level_is_reached(school):
    levels = Counter(row["level_name"] for row in school.tables["gamification.student_points"])
    assert set(levels) == {name for _, name in RULES.levels}
    assert levels["Master"] < levels["Novice"] + levels["Apprentice"] < STUDENTS / 2


def test_every_status_occurs_and_some_concepts_are_untouched_and_some_stuck(school):
    rows = school.tables["progress.concept_progress"]
    assert {row["status"] for row in rows} == {"in_progress", "completed", "mastered"}
    assert len(rows) < STUDENTS * len(CURRICULUM)
    stuck = [row for row in rows if row["attempts"] >= 4 and row["status"] == "in_progress"]
    assert 0.05 <= len(stuck) / len(rows) <= 0.15


def test_some_students_never_came_some_joined_late_and_some_dropped_out(school):
    days: dict[str, set[int]] = {}
    start = first_day(UNTIL.date(), DAYS)
    for event in school.events:
        days.setdefault(event.student_id, set()).add((event.local_date - start).days)
    assert student_id(40) not in days
    assert 3 <= STUDENTS - len(days) <= 12
    assert 10 <= sum(min(active) > 20 for active in days.values()) <= 40
    assert 8 <= sum(max(active) < DAYS - 14 for active in days.values()) <= 40


def test_the_lively_student_has_a_streak_up_to_now(school):
    (streak,) = [row for row in school.tables["gamification.streaks"]
                 if row["student_id"] == student_id(LIVELY)]  # fmt: skip
    assert streak["current_streak"] >= 14
    assert streak["last_activity_date"] >= UNTIL.date() - timedelta(days=1)


def test_students_help_others_never_themselves(school):
    helped = [event for event in school.events if event.event_type == "helped"]
    assert len({event.student_id for event in helped}) >= 10
    assert all(event.helped_student_id != event.student_id for event in helped)


def test_offline_work_arrives_late(school):
    late = sum(
        one.student_id == other.student_id and other.occurred_at < one.occurred_at
        for one, other in zip(school.events, school.events[1:], strict=False)
    )
    assert 10 <= late <= 400


def test_tries_are_right_about_as_often_as_real_ones(school):
    by_student: dict[str, list[float]] = {}
    turns: Counter[tuple[str, str | None]] = Counter()
    first, later = [], []
    for event in sorted(school.tries, key=lambda event: (event.occurred_at, event.event_id)):
        turns[event.student_id, event.concept_id] += 1
        turn = turns[event.student_id, event.concept_id]
        by_student.setdefault(event.student_id, []).append(event.score)
        if turn == 1:
            first.append(event.score == 1.0)
        if turn >= 10:
            later.append(event.score == 1.0)
    assert 0.45 <= mean(first) <= 0.60
    assert 0.62 <= mean(later) <= 0.78
    assert 0.58 <= mean(event.score == 1.0 for event in school.tries) <= 0.70
    assert 0.12 <= stdev(mean(scores) for scores in by_student.values()) <= 0.20


def test_tries_take_about_as_long_as_real_ones_and_come_in_such_sessions(school):
    assert 28 <= median(event.time_spent for event in school.tries) <= 45
    low, *_, high = quantiles(session_sizes(school.tries), n=10)
    assert 2 <= low <= 5
    assert 15 <= high <= 40


def session_sizes(tries: list[ReceivedEvent]) -> list[int]:
    """Tries between pauses of more than half an hour."""
    sizes: list[int] = []
    before: ReceivedEvent | None = None
    for event in sorted(tries, key=lambda event: (event.student_id, event.occurred_at)):
        if (
            before is not None
            and before.student_id == event.student_id
            and event.occurred_at - before.occurred_at <= timedelta(minutes=30)
        ):
            sizes[-1] += 1
        else:
            sizes.append(1)
        before = event
    return sizes


def test_most_tries_follow_the_learning_path(school):
    done = {
        (row["student_id"], row["concept_id"]): row["completed_at"]
        for row in school.tables["progress.concept_progress"]
    }
    needed = {concept.concept_id: concept.prerequisites for concept in curriculum()}
    started = [event for event in school.events if event.event_type == "started"]
    ready = [
        all((done.get((event.student_id, before)) or UNTIL) <= event.occurred_at
            for before in needed[event.concept_id or ""])
        for event in started
    ]  # fmt: skip
    assert 0.90 <= mean(ready) < 1.0


def test_the_default_school_is_made_in_ten_seconds(school):
    assert 30_000 <= len(school.events) <= 80_000
    assert school.seconds < 10


def test_loading_a_school_twice_counts_it_once(settings):
    told: list[tuple[int, int]] = []
    with open_store(settings) as store:
        first, second = (
            load_sample(
                settings,
                store,
                students=3,
                days=30,
                until=UNTIL,
                progress=lambda done, total: told.append((done, total)),
            )
            for _ in range(2)
        )
        assert {concept.concept_id for concept in store.curriculum.all()} == set(CURRICULUM)
        assert len(store.students.all()) == 3
        assert len(store.goals.all()) == first.goals >= 1
    sent = len(list(simulate(3, 30, SEED, UNTIL)))
    assert (first.events.accepted, first.events.duplicates, first.events.rejected) == (sent, 0, 0)
    assert (second.events.accepted, second.events.duplicates) == (0, sent)
    assert len(Lake(settings.lake_dir).files()) == 1
    assert told == sorted(told[: len(told) // 2]) * 2, "progress went back"
    assert told[-1][0] == told[-1][1]
