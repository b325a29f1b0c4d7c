"""The school before anybody studies: its curriculum, its sites and its students' characters.

Every student is drawn from a random stream of their own (seed and student number), so that a
larger school holds the smaller one unchanged.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from math import ceil
from random import Random

CLASS_SIZE = 12
LIVELY = 1
"""The number of the student shown on the start page: studying up to the last day."""
ABSENT_EVERY = 40
"""Every so many students there is one who never came."""

CHANGED_SCHOOL, DROPPED_OUT, LOOKED_IN = 0.14, 0.10, 0.06
SETS_GOALS = 0.33


@dataclass(frozen=True, slots=True)
class Concept:
    """One topic of the curriculum with how hard it is (0 is the average)."""

    concept_id: str
    subject_id: str
    name: str
    prerequisites: tuple[str, ...]
    difficulty: float
    items: int


@dataclass(frozen=True, slots=True)
class Site:
    """One of the schools: where it is and when its weeks rest (0 is Monday)."""

    name: str
    time_zone: str
    weekend: tuple[int, ...]
    away_zone: str


# Classes go to the sites in this order, so that even a small sample crosses zones.
SITES = (
    Site("Riverside", "Europe/London", (5, 6), "Atlantic/Canary"),
    Site("Lindenhof", "Europe/Berlin", (5, 6), "Europe/Athens"),
    Site("Lakeview", "America/Chicago", (5, 6), "America/Los_Angeles"),
    Site("Riverside", "Europe/London", (5, 6), "Europe/Lisbon"),
    Site("Himal", "Asia/Kathmandu", (5,), "Asia/Dubai"),
)


@dataclass(frozen=True, slots=True)
class Student:
    """One student's character; the days count from the first day of the sample.

    Ratios lie between 0 and 1; `pace` and `appetite` multiply the usual time for a try and the
    usual number of tries in a session; `leaves_day` is the first day without activity; `tires` is
    what a quarter of an hour in one session takes from the log odds of a right try.
    """

    number: int
    student_id: str
    classroom: int
    site: Site
    ability: float
    pace: float
    appetite: float
    diligence: float
    persistence: float
    ambition: float
    kindness: float
    weekend_ratio: float
    favourite_hour: float
    interests: dict[str, float]
    joins_day: int
    leaves_day: int
    streak_day: int | None
    travels: bool
    offline_ratio: float
    tires: float = 0.0


@dataclass(frozen=True, slots=True)
class WeeklyGoal:
    """A student's own weekly targets, holding from the week that begins on `from_week`."""

    student_id: str
    from_week: date
    concepts: int | None
    minutes: int | None


def stream(purpose: str, *, seed: int, number: int) -> Random:
    """A random stream of one student's own, for one purpose."""
    return Random(f"{seed}/{number}/{purpose}")  # noqa: S311  # a game of chance, no secret


def happens(ratio: float, rng: Random) -> bool:
    """Whether something that happens in that share of cases happens now."""
    return rng.random() < ratio


@cache
def curriculum() -> tuple[Concept, ...]:
    """All concepts in teaching order."""
    text = files("pipelines.sample").joinpath("curriculum.csv").read_text(encoding="utf-8")
    return tuple(_concept(row) for row in csv.DictReader(text.splitlines()))


def _concept(row: dict[str, str]) -> Concept:
    nature = stream(row["concept_id"], seed=0, number=0)
    return Concept(
        concept_id=row["concept_id"],
        subject_id=row["subject_id"],
        name=row["name"],
        prerequisites=tuple(filter(None, row["prerequisites"].split(";"))),
        difficulty=nature.gauss(0, 0.4),
        items=nature.randint(12, 30),
    )


def first_day(until: date, days: int) -> date:
    """The Monday on which the sample begins, at least that many days before.

    Counted in whole weeks, so that a second sample later in the same week repeats the events of
    the first one and only adds the days since.
    """
    return until - timedelta(days=until.weekday(), weeks=ceil(days / 7))


def student(number: int, *, days: int, seed: int) -> Student:
    """The student of that number."""
    drawn = _drawn(number, days, stream("character", seed=seed, number=number))
    if number == LIVELY:
        return _lively(drawn, days)
    if number % ABSENT_EVERY == 0:
        return replace(drawn, leaves_day=0)
    return drawn


def _drawn(number: int, days: int, rng: Random) -> Student:
    joins, leaves = _stay(days, rng)
    classroom = (number - 1) // CLASS_SIZE
    return Student(
        number=number,
        student_id=student_id(number),
        classroom=classroom,
        site=SITES[classroom % len(SITES)],
        ability=rng.gauss(-0.15, 1.1),
        pace=rng.lognormvariate(0, 0.25),
        appetite=rng.lognormvariate(-0.1, 0.4),
        diligence=rng.betavariate(0.7, 2.5),
        persistence=rng.betavariate(2.4, 2),
        ambition=rng.betavariate(1.1, 2.4),
        kindness=max(0.0, rng.gauss(0.02, 0.05)),
        weekend_ratio=rng.betavariate(1.5, 2.5),
        favourite_hour=rng.choice((7.0, 16.0, 16.5, 17.0, 18.5, 20.0, 21.5, 23.3)),
        interests={subject: rng.lognormvariate(0, 0.8) for subject in subjects()},
        joins_day=joins,
        leaves_day=leaves,
        streak_day=None,
        travels=happens(0.15, rng),
        offline_ratio=rng.choice((0.0, 0.0, 0.0, 0.02, 0.08)),
    )


def student_id(number: int) -> str:
    """The id of the student of that number."""
    return f"s{number:04d}"


def subjects() -> tuple[str, ...]:
    """The subjects in teaching order."""
    return tuple(dict.fromkeys(concept.subject_id for concept in curriculum()))


def _stay(days: int, rng: Random) -> tuple[int, int]:
    """The days between which the student is there: most from the start to beyond the end."""
    end = days + 14
    middle = int(days * rng.uniform(0.15, 0.85))
    stays = ((middle, end), (0, middle), (middle, middle + rng.randint(1, 8)))
    chances = (CHANGED_SCHOOL, DROPPED_OUT, LOOKED_IN)
    return rng.choices((*stays, (0, end)), (*chances, 1 - sum(chances)))[0]


def _lively(drawn: Student, days: int) -> Student:
    return replace(
        drawn,
        ability=0.4,
        pace=0.95,
        appetite=0.8,
        diligence=0.45,
        persistence=0.6,
        ambition=0.6,
        kindness=0.08,
        weekend_ratio=0.5,
        favourite_hour=16.5,
        joins_day=0,
        leaves_day=days + 14,
        streak_day=days - 10,
        travels=False,
        tires=1.5,
    )


def weekly_goal(who: Student, *, days: int, seed: int, start: date) -> WeeklyGoal | None:
    """The student's own targets, for the third of them who set any."""
    rng = stream("goal", seed=seed, number=who.number)
    if not happens(SETS_GOALS, rng) and who.number != LIVELY:
        return None
    concepts = rng.choice((2, 3, 4, 6))
    minutes = rng.choice((30, 45, 60, 90))
    kind = rng.choice(("concepts", "minutes", "both"))
    return WeeklyGoal(
        student_id=who.student_id,
        from_week=start + timedelta(weeks=rng.randint(0, max(0, days // 14))),
        concepts=None if kind == "minutes" else concepts,
        minutes=None if kind == "concepts" else minutes,
    )
