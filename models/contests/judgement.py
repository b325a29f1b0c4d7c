"""What a model was worth on held-out students and days, and whether that is enough to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isnan
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation import by_group, calibration, scores

Floats = NDArray[np.float64]

LEAST_EXAMPLES = 200
CALIBRATED = 0.02


@dataclass(frozen=True)
class Judgement:
    """`loss` beside the loss of the simplest answer; `calibration` is a distance, 0 is perfect."""

    measure: str
    example_count: int
    loss: float
    baseline: str
    baseline_loss: float
    calibration: float
    calibration_bound: float
    scores: Mapping[str, float | None] = field(default_factory=dict)
    parts: Sequence[Mapping[str, Any]] = ()
    curve: Sequence[Mapping[str, Any]] = ()

    def told(self) -> dict[str, Any]:
        """Plain values, for a card."""
        return asdict(self)


class Verdict(NamedTuple):
    """Whether a challenger takes the champion's place, and why."""

    accepted: bool
    reason: str


def verdict(challenger: Judgement, champion: Judgement | None) -> Verdict:
    """The gate: better than the simplest answer, calibrated, and not worse than the champion."""
    name = challenger.measure.replace("_", " ")
    faults = {
        f"only {challenger.example_count} held-out examples, {LEAST_EXAMPLES} are needed": (
            challenger.example_count < LEAST_EXAMPLES
        ),
        f"{name} {challenger.loss:.4f} does not beat {challenger.baseline} "
        f"({challenger.baseline_loss:.4f})": not challenger.loss < challenger.baseline_loss,
        f"calibration is off by {challenger.calibration:.3f}, more than "
        f"{challenger.calibration_bound:.3f}": not (
            challenger.calibration <= challenger.calibration_bound
        ),
    }
    if champion is not None:
        worse = f"{name} {challenger.loss:.4f} is worse than the champion's {champion.loss:.4f}"
        faults[worse] = not challenger.loss <= champion.loss
    found = [fault for fault, holds in faults.items() if holds]
    if found:
        return Verdict(accepted=False, reason="; ".join(found))
    beside = f", the champion {champion.loss:.4f}" if champion else ", there was no champion"
    return Verdict(
        accepted=True,
        reason=f"{name} {challenger.loss:.4f}, {challenger.baseline} "
        f"{challenger.baseline_loss:.4f}{beside}",
    )


def of_chances(
    happened: NDArray[np.bool_],
    chance: Floats,
    simple: Floats,
    baseline: str,
    groups: Mapping[str, Sequence[str] | pl.Series],
) -> Judgement:
    """Judge probabilities, all together and by each of the groups (name -> a label a row)."""
    count = len(happened)
    if not count:
        # of nothing nothing is good
        endless = float("inf")
        return Judgement("log_loss", 0, endless, baseline, endless, 1.0, 0.0)
    right = happened.astype(np.float64)
    found = scores(right, chance)
    return Judgement(
        measure="log_loss",
        example_count=count,
        loss=found.log_loss,
        baseline=baseline,
        baseline_loss=scores(right, simple).log_loss,
        calibration=found.calibration_error,
        # few examples look badly calibrated by chance alone
        calibration_bound=CALIBRATED + count**-0.5,
        scores={
            "auc": _known(found.auc),
            "brier": found.brier,
            "base_ratio": float(happened.mean()),
        },
        parts=[
            _part(name, row)
            for name, labels in groups.items()
            for row in by_group(right, chance, labels, "part").iter_rows(named=True)
        ],
        curve=calibration(right, chance)
        .select(said="probability", seen="right", count="count")
        .to_dicts(),
    )


def _part(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "by": name,
        "part": row["part"],
        "example_count": row["count"],
        "log_loss": row["log_loss"],
        "auc": _known(row["auc"]),
        "said": row["said"],
        "seen": row["seen"],
    }


def _known(number: float) -> float | None:
    """Cards are JSON, which has no word for what is not a number."""
    return None if isnan(number) else number
