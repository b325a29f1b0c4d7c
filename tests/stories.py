"""Hypothesis stories: what a few students did, how it arrived, and when it was built.

A story is made of episodes (a streak, a finished week, a day of mastery, …) and stray events, so
that every badge and level is reached often; then copies, delays and odd clocks are laid over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.factories import fingerprint, received
from tests.oracle.world import Break, Goal, Guardianship, Membership, Profile, World
from tests.school import (
    AWARDS,
    CONCEPTS,
    CURRICULUM,
    LAST,
    MONDAYS,
    SCORES,
    SECONDS,
    STORY_RULES,
    STUDENTS,
    TIMES,
    ZONES,
)
from warehouse.events import ReceivedEvent


class Landing(NamedTuple):
    """Events that come together, by the inbox or as an imported file, and the build after them."""

    events: tuple[ReceivedEvent, ...]
    as_of: datetime
    imported: bool


class Story(NamedTuple):
    """What lands and is built, what then waits in the inbox, and the instant of the question.

    The store knows `early` at first, and `world` from the last landing on.
    """

    early: World
    world: World
    landings: tuple[Landing, ...]
    pending: tuple[ReceivedEvent, ...]
    as_of: datetime


class Sketch(NamedTuple):
    """One thing that happened, before it has an id."""

    student: str
    kind: str
    concept: str | None
    day: int
    at: time


students = st.sampled_from(STUDENTS[:3])  # the others come in crowds only
concepts = st.sampled_from(CONCEPTS)
days = st.integers(0, 20)
CLASSES = ("7a", "7b")
ALIASES = st.sampled_from(("owl", "fox", "Owl", "zebra"))
times = st.sampled_from(TIMES) | st.times()
kinds = st.sampled_from(
    ("started", "attempted", "completed", "mastered", "mastered", "helped", "points_awarded")
)


# Finer ones could tell two subjects apart by less than the tables do.
millionths = st.integers(0, 1_000_000).map(lambda n: n / 1_000_000)


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
    kind = draw(st.sampled_from(("mastered", "mastered", "attempted", "started", "helped")))
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


@st.composite
def crowds(draw: st.DrawFn) -> list[Sketch]:
    """Five or six students on one concept, as the figures of a whole cohort need them."""
    concept, day, kind = draw(concepts), draw(days), draw(kinds)
    present = STUDENTS[draw(st.integers(0, 1)) :]
    return [Sketch(s, kind, concept, day, draw(st.sampled_from(TIMES))) for s in present]


episodes = st.one_of(strays(), strays(), streaks(), sprees(), finished_weeks(), crowds())


@st.composite
def peopled(draw: st.DrawFn, monday: date) -> World:
    """Classes, families, ranked students and breaks; relations may begin or end in the story."""
    around = st.none() | st.integers(-7, 35).map(
        lambda day: datetime.combine(monday + timedelta(days=day), time(6), UTC)
    )
    classes = draw(st.dictionaries(st.sampled_from(CLASSES), st.booleans(), max_size=2))
    members = st.builds(
        Membership, st.sampled_from(sorted(classes) or ["7a"]), students, st.just("student"),
        around, around,
    )  # fmt: skip
    teachers = [Membership(class_id, "tess", "educator") for class_id in classes]
    guards = st.builds(
        Guardianship, students, st.sampled_from(("pat", "quinn")), st.booleans(), around, around
    )
    starts = st.integers(0, 21).map(lambda day: monday + timedelta(days=day))
    breaks = []
    for number in range(draw(st.integers(0, 3))):
        first, length = draw(starts), draw(st.integers(1, 8))
        owner = draw(st.sampled_from((*STUDENTS, *classes)))
        breaks.append(
            Break(
                f"break-{number}",
                first,
                first + timedelta(days=length - 1),
                student_id=owner if owner in STUDENTS else None,
                class_id=owner if owner in classes else None,
            )
        )
    enrolled = st.lists(
        members, max_size=4 if classes else 0, unique_by=lambda m: (m.class_id, m.person_id)
    )
    whole = [Membership(c, s) for c in classes for s in STUDENTS if draw(st.booleans())]
    opted_in = st.sampled_from((True, True, True, True, False))
    return World(
        {},
        profiles={
            student: Profile(draw(ALIASES), draw(opted_in))
            for student in (STUDENTS if draw(st.booleans()) else STUDENTS[:3])
        },
        classes=classes,
        memberships=(whole or draw(enrolled)) + teachers,
        guardianships=draw(st.lists(guards, max_size=4, unique_by=lambda g: g[:2])),
        breaks=breaks,
        left=draw(st.lists(st.sampled_from(STUDENTS), max_size=1)),
    )


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
    people = draw(peopled(monday)) if draw(st.booleans()) else World({})
    return replace(
        people,
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
            "score": draw(st.sampled_from(SCORES) | millionths),
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
def earlier(draw: st.DrawFn, world: World) -> World:
    """The same world before some of it was known."""
    if draw(st.booleans()):
        return world
    kept = draw(st.integers(0, len(world.curriculum)))
    return replace(
        world,
        curriculum=dict(list(world.curriculum.items())[:kept]),
        goals=world.goals[: draw(st.integers(0, len(world.goals)))],
        zones=dict(list(world.zones.items())[: draw(st.integers(0, len(world.zones)))]),
        memberships=world.memberships[: draw(st.integers(0, len(world.memberships)))],
        guardianships=world.guardianships[: draw(st.integers(0, len(world.guardianships)))],
        breaks=world.breaks[: draw(st.integers(0, len(world.breaks)))],
    )


def received_in(wave: int, events: Iterable[ReceivedEvent]) -> tuple[ReceivedEvent, ...]:
    """The events with the instant of their wave."""
    at = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(minutes=wave)
    return tuple(event._replace(received_at=at) for event in events)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A whole story; every choice shrinks towards few events that arrive at once."""
    monday = draw(st.sampled_from(MONDAYS))
    world = draw(worlds(monday))
    homes = {student: draw(st.sampled_from(ZONES)) for student in STUDENTS}
    chosen = draw(st.lists(episodes, min_size=3, max_size=10))
    sketches = [sketch for episode in chosen for sketch in episode]
    events = [draw(told(s, monday, n, homes[s.student])) for n, s in enumerate(sketches)]
    events += draw(copies(events))
    as_ofs = sorted(draw(st.lists(instants(monday, events), min_size=1, max_size=4)))
    last = len(as_ofs) - 1
    # Which landing an event comes with; those of the last number wait in the inbox.
    groups: list[list[ReceivedEvent]] = [[] for _ in as_ofs]
    for event in events:
        groups[draw(st.integers(0, last))].append(event)
    # Landings may come in another order than they were received in: an import overtakes an inbox.
    waves = draw(st.sampled_from((range(last), range(last), [0] * last, range(last, 0, -1))))
    landings = [
        Landing(received_in(wave, group), as_of, draw(st.booleans()))
        for wave, group, as_of in zip(waves, groups, as_ofs[:-1], strict=False)
    ]
    pending = received_in(60, groups[last])
    early = draw(earlier(world)) if landings else world
    return Story(early, world, tuple(landings), pending, as_ofs[-1])
