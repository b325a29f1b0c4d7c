"""Drift: students who try otherwise than those whom a model has learned from are noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models.drift import MUCH, Spread, usual, usual_figures
from pipelines.learning.drift import CALIBRATION, FEATURES, LOADED, Drift, drifts

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
IN_USE = [{"model": "mastery", "model_id": "m-1", "problem": None}]


def tries(
    seed: int, *, right: float = 0.6, seconds: float = 40, students: int = 120
) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        {
            "student_id": f"s{number:03}",
            "concept_id": f"c{rng.integers(8)}",
            "item_id": None,
            "place": place,
            "started_at": START + timedelta(hours=float(rng.random() * 24 * 30)),
            "time_spent": int(rng.exponential(seconds)),
            "score": float(rng.random() < rng.beta(6 * right, 6 * (1 - right))),
        }
        for number in range(students)
        for place in range(1, 31)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, list[float]]]:
    return usual(usual_figures(tries(1)))


def spread_of(known: dict[str, dict[str, list[float]]], *parts: pl.DataFrame) -> Spread:
    spread = Spread(known)
    for part in parts:
        spread.add(usual_figures(part))
    return spread


def found(
    spread: Spread | None, came: list[tuple[str, float, bool]] | None = None
) -> dict[str, Drift]:
    return {each.name: each for each in drifts(spread, came or [], IN_USE, full=True)}


def test_students_like_those_before_pass_and_slower_ones_do_not(known):
    same = spread_of(known, tries(2))
    assert found(same)[FEATURES].passed
    slower = spread_of(known, tries(3, seconds=120))
    check = found(slower)[FEATURES]
    assert not check.passed
    assert check.told["psi_seconds_per_try"] > MUCH > check.told["psi_concept_count"]


def test_chunks_add_up(known):
    whole = tries(4)
    halves = [
        whole.filter(pl.col("student_id") < "s060"),
        whole.filter(pl.col("student_id") >= "s060"),
    ]
    assert spread_of(known, whole).told() == spread_of(known, *halves).told()


def test_what_is_asked_is_no_try(known):
    asked = tries(5).with_columns(score=pl.lit(None, dtype=pl.Float64))
    assert usual_figures(asked).is_empty()


def test_an_incremental_build_tells_its_figures_and_judges_nobody(known):
    slower = spread_of(known, tries(3, seconds=120))
    (check, *_) = drifts(slower, [], IN_USE, full=False)
    assert check.passed
    assert "next full build" in check.told["note"]


def test_few_students_say_nothing(known):
    check = found(spread_of(known, tries(3, seconds=120, students=20)))[FEATURES]
    assert check.passed
    assert check.told["students"] == 20


def outcomes(right: float, count: int, model_id: str = "m-1") -> list[tuple[str, float, bool]]:
    rng = np.random.default_rng(6)
    return [(model_id, 0.8, bool(rng.random() < right)) for _ in range(count)]


def test_tries_that_come_out_otherwise_than_told_are_noticed():
    assert found(None, outcomes(0.8, 1000))[CALIBRATION].passed
    aged = found(None, outcomes(0.6, 1000))[CALIBRATION]
    assert not aged.passed
    assert aged.told["calibration_error"] == pytest.approx(0.2, abs=0.05)


def test_outcomes_of_a_former_model_and_few_outcomes_judge_nobody():
    assert found(None, outcomes(0.2, 1000, "m-0"))[CALIBRATION].told["tries"] == 0
    assert found(None, outcomes(0.2, 199))[CALIBRATION].passed


def test_a_model_that_cannot_be_used_is_named():
    refused = [{"model": "risk", "model_id": None, "problem": "It is not the file that was saved."}]
    none = [{"model": "trend", "model_id": None, "problem": "no model yet"}]
    (*_, check) = drifts(None, [], [*IN_USE, *refused, *none], full=True)
    assert (check.name, check.passed) == (LOADED, False)
    assert check.told == {"risk": "It is not the file that was saved."}
