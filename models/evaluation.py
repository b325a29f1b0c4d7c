"""How good probabilities are: sharpness, calibration, and for whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from models.errors import InvalidFrame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS = 10
EVIDENCE_STEPS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Scores:
    """`auc` is not a number where all answers are alike."""

    count: int
    auc: float
    log_loss: float
    brier: float
    calibration_error: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


def scores(right: Floats, probability: Floats) -> Scores:
    """AUC, log loss, Brier score and expected calibration error (10 bins of equal width)."""
    right, probability = _checked(right, probability)
    kept = np.clip(probability, 1e-15, 1 - 1e-15)
    losses = -(right * np.log(kept) + (1 - right) * np.log(1 - kept))
    table = calibration(right, probability)
    gap = (table["probability"] - table["right"]).abs()
    mixed = 0 < right.mean() < 1
    return Scores(
        count=len(right),
        auc=float(roc_auc_score(right, probability)) if mixed else float("nan"),
        log_loss=float(losses.mean()),
        brier=float(np.mean((probability - right) ** 2)),
        calibration_error=float((gap * table["count"]).sum() / len(right)),
    )


def _checked(right: Floats, probability: Floats) -> tuple[Floats, Floats]:
    right, probability = np.asarray(right, float), np.asarray(probability, float)
    if not len(right) or len(right) != len(probability):
        raise InvalidFrame(
            f"{len(right)} answers and {len(probability)} probabilities; give one for each, "
            "and at least one."
        )
    if not np.isin(right, (0.0, 1.0)).all() or not ((probability >= 0) & (probability <= 1)).all():
        raise InvalidFrame("An answer is 0 or 1 and a probability from 0 to 1; one is not.")
    return right, probability


def calibration(right: Floats, probability: Floats, bins: int = BINS) -> pl.DataFrame:
    """One row per bin that holds anything: mean probability, share of right answers, count."""
    place = np.minimum((np.asarray(probability) * bins).astype(np.int64), bins - 1)
    frame = pl.DataFrame({"bin": place, "probability": probability, "right": right})
    return (
        frame.group_by("bin")
        .agg(pl.col("probability").mean(), pl.col("right").mean(), count=pl.len())
        .sort("bin")
        .with_columns(from_probability=pl.col("bin") / bins)
    )


def by_evidence(right: Floats, probability: Floats, evidence: Floats) -> pl.DataFrame:
    """Scores for each amount of evidence: none, 1, 2-3, 4-7, 8-15, 16 and more."""
    step = np.searchsorted(EVIDENCE_STEPS, evidence, side="right")
    starts = np.array([0, *EVIDENCE_STEPS])
    return by_group(right, probability, starts[step].tolist(), "evidence_from")


def by_group(
    right: Floats, probability: Floats, group: Sequence[Any], name: str = "group"
) -> pl.DataFrame:
    """Scores for each value of `group`: a concept, a subject, a school."""
    frame = pl.DataFrame({name: group, "right": right, "probability": probability})
    rows = [
        {
            name: value[0],
            **scores(part["right"].to_numpy(), part["probability"].to_numpy()).as_dict(),
        }
        for value, part in frame.partition_by(name, as_dict=True).items()
    ]
    return pl.DataFrame(rows).sort(name)
