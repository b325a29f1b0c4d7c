"""Hypothesis stories: what a few students did, how it arrived, and when it was built.

A story is made of episodes (a streak, a finished week, a day of mastery, …) and stray events, so
that every badge and level is reached often; then copies, delays and odd clocks are laid over it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.factories import fingerprint, received
from tests.oracle.world import RULES_TEXT, Goal, World, read_rules
from warehouse.events import ReceivedEvent

STUDENTS = ("ada", "bo'b", "çelik")  # a quote and a letter beyond ASCII cost nothing here
CURRICULUM = {
    "m1": "maths",
    "m2": "maths",
    "p1": "physics",
    "p2": "physics",
    "p3": "physics",
    "b1": "biology",
    "h1": "history",
    "g1": "geography",
}
CONCEPTS = (*CURRICULUM, "x1", "x2")  # the x concepts are in no curriculum
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
)
# Mondays with a change of clocks in one of the zones, or of the ISO year, in the weeks after.
MONDAYS = (
    date(2024, 3, 4),  # St John's goes forward on the 10th
    date(2024, 3, 25),  # Berlin forward on the 31st, Lord Howe and Chatham back on 7 April
    date(2024, 9, 23),  # Chatham forward on the 29th, Lord Howe on 6 October
    date(2024, 10, 21),  # Berlin back on the 27th, St John's on 3 November
    date(2024, 12, 23),  # into ISO week 1 of 2025
)
LAST = time(23, 59, 59, 999999)
TIMES = (time(12), time(0), LAST, time(0, 0, 0, 1), time(1, 30), time(2, 15), time(2, 45), time(18))
SCORES = (None, 1.0, 0.5, 0.0, 0.7, 0.75, 0.1, 0.3, 0.9999)
SECONDS = (0, 30, 60, 119, 600, 86_400)
AWARDS = (1, -1, 40, -50, 100, 101, 396, 500, 4_000, -10_000, 10_000)

# The badges of the rules file, and every other metric and window within easy reach.
EASY_BADGES = (
    ("started_two_in_a_day", "concepts_started", "day", 2, 1),
    ("completed_three", "concepts_completed", "all", 3, 2),
    ("completed_two_in_a_week", "concepts_completed", "week", 2, 0),
    ("perfect_two_in_a_subject", "perfect_scores", "subject", 2, 3),
    ("started_whole_subject", "concepts_started", "subject", '"all"', 4),
    ("two_subjects_in_a_day", "subjects_explored", "day", 2, 5),
    ("active_three_in_a_week", "active_days", "week", 3, 6),
    ("streak_of_two", "streak_days", "streak", 2, 7),
    ("helped_twice_in_a_week", "helped", "week", 2, 8),
    ("goals_twice", "weekly_goals_met", "all", 2, 9),
    ("small_perfect_week", "week_completion", "week", 1, 10),
)
STORY_RULES_TEXT = RULES_TEXT + "".join(
    f"""
[[badges]]
id = "{badge_id}"
name = "{badge_id}"
description = "{badge_id}"
icon_url = "/static/badges/{badge_id}.svg"
points_value = {points}
metric = "{metric}"
window = "{window}"
threshold = {threshold}
"""
    for badge_id, metric, window, threshold, points in EASY_BADGES
)
STORY_RULES = read_rules(STORY_RULES_TEXT)


class Build(NamedTuple):
    """A build when this many arrivals had come in."""

    arrived: int
    as_of: datetime


class Story(NamedTuple):
    """Arrivals in order, the builds on the way, and the instant of the final question."""

    world: World
    arrivals: tuple[ReceivedEvent, ...]
    builds: tuple[Build, ...]
    as_of: datetime


class Sketch(NamedTuple):
    """One thing that happened, before it has an id."""

    student: str
    kind: str
    concept: str | None
    day: int
    at: time


students = st.sampled_from(STUDENTS)
concepts = st.sampled_from(CONCEPTS)
days = st.integers(0, 20)
times = st.sampled_from(TIMES) | st.times()
kinds = st.sampled_from(
    ("started", "attempted", "completed", "mastered", "mastered", "helped", "points_awarded")
)


@st.composite
def strays(draw: st.DrawFn) -> list[Sketch]:
    return [Sketch(draw(students), draw(kinds), draw(concepts), draw(days), draw(times))]


@st.composite
def streaks(draw: st.DrawFn) -> list[Sketch]:
    """Some days in a row, around the seven that matter; a day may be missing."""
    student, concept, first = draw(students), draw(concepts), draw(days)
    length, gap = draw(st.integers(2, 9)), draw(st.none() | st.integers(0, 9))
    return [
        Sketch(student, "attempted", concept, first + n, draw(st.sampled_from(TIMES)))
        for n in range(length)
        if n != gap
    ]


@st.composite
def sprees(draw: st.DrawFn) -> list[Sketch]:
    """Many concepts on one day: mastered (Quick Learner, Subject Master) or tried (Explorer)."""
    student, day, at = draw(students), draw(days), draw(times)
    kind = draw(st.sampled_from(("mastered", "mastered", "attempted", "started")))
    chosen = draw(st.lists(concepts, min_size=2, max_size=10, unique=True))
    return [Sketch(student, kind, concept, day, at) for concept in chosen]


@st.composite
def finished_weeks(draw: st.DrawFn) -> list[Sketch]:
    """Concepts started in one week and finished about its end, one of them perhaps not at all."""
    student, week = draw(students), draw(st.integers(0, 2))
    chosen = draw(st.lists(concepts, min_size=2, max_size=5, unique=True))
    found = []
    for concept in chosen:
        start, end = draw(st.integers(0, 6)), draw(st.sampled_from((6, 6, 5, 2, 7, None)))
        found.append(Sketch(student, "started", concept, 7 * week + start, draw(times)))
        if end is not None:
            kind = draw(st.sampled_from(("completed", "mastered")))
            found.append(Sketch(student, kind, concept, 7 * week + end, draw(times)))
    return found


episodes = st.one_of(strays(), strays(), streaks(), sprees(), finished_weeks())


@st.composite
def worlds(draw: st.DrawFn, monday: date) -> World:
    """A curriculum that may lack a concept, profiles that may lack a zone, goals for some."""
    missing = draw(st.sets(st.sampled_from(tuple(CURRICULUM)), max_size=3))
    zones = draw(st.dictionaries(students, st.sampled_from(ZONES), max_size=3))
    lines = st.tuples(
        students,
        st.integers(-1, 3).map(lambda week: monday + timedelta(weeks=week)),
        st.sampled_from(((1, None), (2, None), (None, 1), (None, 10), (1, 2), (3, 1))),
    )
    goals = draw(st.lists(lines, max_size=4, unique_by=lambda line: line[:2]))
    return World(
        curriculum={c: s for c, s in CURRICULUM.items() if c not in missing},
        rules=STORY_RULES,
        goals=[Goal(student, week, *targets) for student, week, targets in goals],
        zones=zones,
        default_zone=draw(st.sampled_from(ZONES)),
    )


@st.composite
def told(draw: st.DrawFn, sketch: Sketch, monday: date, number: int, zone: str) -> ReceivedEvent:
    """The event of a sketch, in the student's zone or wherever they were."""
    zone = draw(st.sampled_from((zone, zone, zone, *ZONES)))
    day = datetime.combine(monday + timedelta(days=sketch.day), sketch.at, ZoneInfo(zone))
    more: dict[str, Any] = {"event_id": f"{number * 37 % 101:03d}.{number}"}
    if sketch.kind == "points_awarded":
        more["points"] = draw(st.sampled_from(AWARDS))
    else:
        more |= {
            "score": draw(st.sampled_from(SCORES)),
            "time_spent": draw(st.sampled_from(SECONDS)),
        }
    if sketch.kind == "helped" and draw(st.booleans()):
        sketch = sketch._replace(concept=None)
    occurred_at = day.replace(fold=draw(st.integers(0, 1)))
    return received(sketch.student, sketch.kind, sketch.concept, occurred_at, zone=zone, **more)


@st.composite
def copies(draw: st.DrawFn, events: list[ReceivedEvent]) -> list[ReceivedEvent]:
    """The same ids again: mostly a retry, sometimes with other content, even another student's."""
    found = []
    for original in draw(st.lists(st.sampled_from(events), max_size=4)):
        later = timedelta(days=draw(st.integers(-8, 8)))
        moved = original.occurred_at + later
        changes: list[dict[str, Any]] = [
            {},
            {},
            {"score": 0.25},
            {"time_spent": 7},
            {"student_id": draw(students)},
            {"occurred_at": moved, "local_date": original.local_date + later},
        ]
        copy = original._replace(**draw(st.sampled_from(changes)))
        found.append(copy._replace(fingerprint=fingerprint(copy)))
    return found


@st.composite
def instants(draw: st.DrawFn, monday: date, events: list[ReceivedEvent]) -> datetime:
    """A moment to build at: about any day of the story, or exactly when something happened."""
    if draw(st.booleans()):
        return draw(st.sampled_from(events)).occurred_at
    day = monday + timedelta(days=draw(st.integers(7, 35)))
    return datetime.combine(day, draw(st.sampled_from((time(0), LAST, time(12)))), UTC)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A whole story; every choice shrinks to one event that arrives at once."""
    monday = draw(st.sampled_from(MONDAYS))
    world = draw(worlds(monday))
    homes = {student: draw(st.sampled_from(ZONES)) for student in STUDENTS}
    sketches = [s for episode in draw(st.lists(episodes, min_size=3, max_size=10)) for s in episode]
    events = [draw(told(s, monday, n, homes[s.student])) for n, s in enumerate(sketches)]
    events += draw(copies(events))
    # Waves: what comes in one wave is received at one instant, in any order of happening.
    waves = [draw(st.integers(0, 5)) for _ in events]
    first = datetime(2025, 3, 1, tzinfo=UTC)
    arrivals = sorted(
        (
            event._replace(received_at=first + timedelta(minutes=wave))
            for event, wave in zip(events, waves, strict=True)
        ),
        key=lambda event: event.received_at,
    )
    as_ofs = sorted(draw(st.lists(instants(monday, events), min_size=2, max_size=4)))
    cuts = sorted(draw(st.integers(0, len(arrivals))) for _ in as_ofs[1:])
    builds = tuple(Build(cut, as_of) for cut, as_of in zip(cuts, as_ofs[:-1], strict=True))
    return Story(world, tuple(arrivals), builds, as_ofs[-1])
