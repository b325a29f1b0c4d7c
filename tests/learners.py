"""Simulated learners whose true probabilities are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Simulation:
    """`tries` in the shape the models take; `truth` is the probability of each being right."""

    tries: pl.DataFrame
    truth: np.ndarray


def simulated(
    *, students: int = 120, tries: int = 30, concepts: int = 6, items: int = 5, seed: int = 7
) -> Simulation:
    """Ability per student and concept, difficulty per item, a little learning."""
    draw = np.random.default_rng(seed)
    student = np.repeat(np.arange(students), tries)
    concept = draw.integers(concepts, size=len(student))
    item = draw.integers(items, size=len(student))
    ability = draw.normal(0, 0.8, students)[:, None] + draw.normal(0, 0.8, (students, concepts))
    difficulty = draw.normal(0, 0.8, (concepts, items))
    truth = 1 / (1 + np.exp(difficulty[concept, item] - ability[student, concept] - 0.3))
    place = np.tile(np.arange(tries, dtype=np.int64), students)
    frame = pl.DataFrame(
        {
            "student_id": [f"s{each:04}" for each in student],
            "concept_id": [f"c{each}" for each in concept],
            "item_id": [f"c{a}-{b}" for a, b in zip(concept, item, strict=True)],
            "place": place,
            "started_at": [MONDAY + timedelta(minutes=5 * int(each)) for each in place],
            "time_spent": draw.lognormal(3, 0.5, len(student)),
            "score": (draw.random(len(student)) < truth).astype(float),
        }
    )
    return Simulation(frame, truth)


def asked(tries: pl.DataFrame) -> pl.DataFrame:
    """The same rows as questions, to which the answers are not known yet."""
    return tries.with_columns(score=pl.lit(None, pl.Float64))
