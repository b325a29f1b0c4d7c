"""Simulated students of whom it is known what is true: nothing, or one planted effect.

Even where nothing is true, concepts differ, evenings bring the harder ones, moods last a session,
and ability goes up and down from week to week: whatever could fool a test is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

TODAY = date(2026, 3, 2)  # a Monday
CONCEPTS, SUBJECTS, IN_HAND = 180, 5, 6
HOURS = (8, 15, 19)
MOODS = 0.3  # from session to session, in logits
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """What is true of a student; effects in points of the probability of a right try."""

    evening: float = 0.0
    late: float = 0.0  # after half an hour in one sitting
    recent: float = 0.0  # in one subject, in the last four weeks
    after_break: float = 0.0
    spaced: float = 0.0  # tries on a concept on a later day than its first
    learning: float = 0.0  # a try on a concept after the first, in logits per log try
    wobble: float = 0.2  # from week to week, in logits
    despair: int = 0  # wrong tries in a row after which a session ends; 0: it never does
    enough: int = 0  # right tries after which a concept is left alone; 0: it never is
    keen: float = 0.0  # how much longer sessions of good moods are, in logs per usual mood
    steady: bool = False  # the same number of days each week
    weeks: int = 26
    tries_a_session: int = 14


def student(truth: Truth, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Learning events as `models.insights` takes them, and what concepts usually score."""
    rng = np.random.default_rng(seed)
    days = _days(truth, rng)
    difficulty = rng.normal(0.0, 0.8, CONCEPTS)
    rows: list[dict[str, object]] = []
    wobble = dict(enumerate(rng.normal(0.0, truth.wobble, truth.weeks + 1)))
    tried: dict[int, list[date]] = {}
    rights = np.zeros(CONCEPTS)
    for number, day in enumerate(days, start=1):
        ability = wobble[(TODAY - day).days // 7]
        hour = int(rng.choice(HOURS))
        # the evening brings the harder of the concepts that are in hand
        front = number * (CONCEPTS - IN_HAND) // len(days)
        order = np.argsort(difficulty[front : front + IN_HAND])
        hand = front + (order[2:] if hour == HOURS[-1] else order[:4])
        mood, left_off = rng.normal(0.0, MOODS), _left_off(days, number)
        misses, minute, long = 0, 0.0, truth.tries_a_session * np.exp(truth.keen * mood / MOODS)
        for _ in range(1 + rng.poisson(long)):
            minute += rng.exponential(2.5)
            left = [each for each in hand if not truth.enough or rights[each] < truth.enough]
            if not left or (truth.despair and misses >= truth.despair):
                break
            concept = int(rng.choice(left))
            seen = tried.setdefault(concept, [])
            logit = 0.4 + ability + mood - difficulty[concept]
            chance = (
                1 / (1 + np.exp(-(logit + truth.learning * np.log1p(len(seen)))))
                + truth.evening * (hour == HOURS[-1])
                - truth.late * (minute > 30)
                - truth.after_break * left_off
                + truth.recent * (_subject(concept) == "s0" and (TODAY - day).days < 28)
                + truth.spaced * bool(set(seen) - {day})
            )
            seen.append(day)
            score = float(rng.random() < chance)
            rights[concept] += score
            misses = 0 if score else misses + 1
            rows.append(_event((number, len(rows)), concept, score, (day, hour, minute)))
    usual = 1 / (1 + np.exp(difficulty - 0.4))
    concepts = [f"c{place:02}" for place in range(CONCEPTS)]
    return pl.DataFrame(rows), pl.DataFrame({"concept_id": concepts, "usual_score": usual})


def _event(
    place: tuple[int, int], concept: int, score: float, when: tuple[date, int, float]
) -> dict[str, object]:
    """A try, by its session and row, and its day, hour and minute of the session."""
    (number, row), (day, hour, minute) = place, when
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return {
        "event_id": f"{number}.{row}",
        "concept_id": f"c{concept:02}",
        "subject_id": _subject(concept),
        "score": score,
        "occurred_at": at + timedelta(minutes=minute),
        "local_date": day,
        "local_hour": hour,
        "session_number": number,
        "session_start": at,
    }


def _subject(concept: int) -> str:
    return f"s{concept % SUBJECTS}"


def _days(truth: Truth, rng: np.random.Generator) -> list[date]:
    """Active days up to yesterday, with three weeks off in between."""
    start = TODAY - timedelta(weeks=truth.weeks)
    off = {truth.weeks // 4, truth.weeks // 2, 3 * truth.weeks // 4} if not truth.steady else set()
    found = []
    for week in range(truth.weeks):
        if week in off:
            continue
        if truth.steady:
            chosen = rng.choice(7, 4, replace=False)
        else:
            chosen = np.flatnonzero(rng.random(7) < 0.6)
        found += [start + timedelta(days=7 * week + int(day)) for day in sorted(chosen)]
    return found


def _left_off(days: list[date], number: int) -> bool:
    """Whether a day (counted from 1) is one of the first three after a week without learning."""
    return any(
        (days[place] - days[place - 1]).days >= 7 for place in range(max(1, number - 3), number)
    )
