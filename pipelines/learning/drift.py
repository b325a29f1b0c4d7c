"""Checks of each build on its models: students as they were, chances as often as they were told.

They never stop a publish: an aged model is for people to look at, and for the next training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from models.contests.judgement import of_chances
from models.drift import LEAST_STUDENTS, MUCH, Spread
from pipelines.learning.champions import NONE_YET

LEAST_OUTCOMES = 200
AGED = 0.03  # beside what a new model is allowed


class Drift(NamedTuple):
    """What a check found; `told` are its figures."""

    name: str
    passed: bool
    told: dict[str, Any]


FEATURES = "students_try_as_those_the_model_learned_from"
CALIBRATION = "tries_come_out_as_often_as_was_told"
LOADED = "every_trained_model_can_be_used"
NAMES = (FEATURES, CALIBRATION, LOADED)


def drifts(
    spread: Spread | None,
    known: Sequence[tuple[str, float, bool]],
    models: Sequence[dict[str, Any]],
    *,
    full: bool,
) -> Iterator[Drift]:
    """All of them, for one build."""
    yield _features(spread, full=full)
    yield _calibration(known, models)
    refused = {m["model"]: m["problem"] for m in models if m["problem"] not in {None, NONE_YET}}
    yield Drift(LOADED, not refused, refused or {"models": len(models)})


def _features(spread: Spread | None, *, full: bool) -> Drift:
    if spread is None:
        return Drift(FEATURES, passed=True, told={"note": "There is no model of mastery in use."})
    told = spread.told()
    if not full:
        note = "Touched students only, who are the busy ones: the next full build judges."
        return Drift(FEATURES, passed=True, told={**told, "note": note})
    if spread.student_count < LEAST_STUDENTS:
        note = f"Fewer than {LEAST_STUDENTS} students say nothing."
        return Drift(FEATURES, passed=True, told={**told, "note": note})
    return Drift(FEATURES, max(spread.index().values(), default=0.0) <= MUCH, told)


def _calibration(
    known: Sequence[tuple[str, float, bool]], models: Sequence[dict[str, Any]]
) -> Drift:
    """Of the model in use, over the last four weeks."""
    in_use = {m["model_id"] for m in models if m["model"] == "mastery"}
    mine = [(chance, right) for model_id, chance, right in known if model_id in in_use]
    if len(mine) < LEAST_OUTCOMES:
        note = f"Fewer than {LEAST_OUTCOMES} tries have come since: nothing is judged yet."
        return Drift(CALIBRATION, passed=True, told={"tries": len(mine), "note": note})
    chance = np.array([chance for chance, _ in mine])
    right = np.array([right for _, right in mine])
    judged = of_chances(right, chance, np.full(len(right), right.mean()), "their mean", {})
    told = {
        "tries": len(mine),
        "calibration_error": judged.calibration,
        "bound": judged.calibration_bound + AGED,
        "log_loss": judged.loss,
        "said": float(chance.mean()),
        "seen": float(right.mean()),
    }
    return Drift(CALIBRATION, judged.calibration <= told["bound"], told)
