"""What a model was worth on held-out students and days, and whether that is enough to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

Floats = NDArray[np.float64]

LEAST_EXAMPLES = 200
TEN = 10
CERTAIN = 1e-6
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
    groups: Mapping[str, Sequence[str]],
) -> Judgement:
    """Judge probabilities, all together and by each of the groups (name -> a label a row)."""
    curve = _curve(happened, chance)
    gap = sum(abs(point["said"] - point["seen"]) * point["count"] for point in curve)
    count = len(happened)
    return Judgement(
        measure="log_loss",
        example_count=count,
        loss=log_loss(happened, chance),
        baseline=baseline,
        baseline_loss=log_loss(happened, simple),
        calibration=gap / count if count else 1.0,
        # few examples look badly calibrated by chance alone
        calibration_bound=CALIBRATED + count**-0.5 if count else 0.0,
        scores={
            "auc": _auc(happened, chance),
            "brier": float(np.mean((chance - happened) ** 2)) if count else None,
            "base_ratio": float(happened.mean()) if count else None,
        },
        parts=_parts(happened, chance, groups),
        curve=curve,
    )


def log_loss(happened: NDArray[np.bool_], chance: Floats) -> float:
    """The mean surprise; infinite of nothing, so that nothing is never good."""
    if not len(happened):
        return float("inf")
    said = np.clip(chance, CERTAIN, 1 - CERTAIN)
    return float(-np.mean(np.where(happened, np.log(said), np.log(1 - said))))


def _auc(happened: NDArray[np.bool_], chance: Floats) -> float | None:
    both = 0 < happened.sum() < len(happened)
    return float(roc_auc_score(happened, chance)) if both else None


def _curve(happened: NDArray[np.bool_], chance: Floats) -> list[dict[str, Any]]:
    """Said and seen in ten equal parts of the scale, the empty ones left out."""
    tenth = np.minimum((chance * TEN).astype(int), TEN - 1)
    return [
        {
            "said": float(chance[tenth == number].mean()),
            "seen": float(happened[tenth == number].mean()),
            "count": int((tenth == number).sum()),
        }
        for number in np.unique(tenth)
    ]


def _parts(
    happened: NDArray[np.bool_], chance: Floats, groups: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    found = []
    for name, labels in groups.items():
        label = np.asarray(labels, dtype=object)
        for value in sorted(set(labels)):
            here = label == value
            found.append(
                {
                    "by": name,
                    "part": value,
                    "example_count": int(here.sum()),
                    "log_loss": log_loss(happened[here], chance[here]),
                    "auc": _auc(happened[here], chance[here]),
                    "said": float(chance[here].mean()),
                    "seen": float(happened[here].mean()),
                }
            )
    return found
