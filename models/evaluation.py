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


def by_group(
    right: Floats, probability: Floats, group: Sequence[Any] | pl.Series, name: str = "group"
) -> pl.DataFrame:
    """Scores for each value of `group` (a concept, a subject), and what was said and seen there.

    One row for each value, in their order.
    """
    frame = pl.DataFrame({name: group, "right": right, "probability": probability}).sort(name)
    rows = [
        {
            name: value[0],
            "said": part["probability"].mean(),
            "seen": part["right"].cast(pl.Float64).mean(),
            **scores(part["right"].to_numpy(), part["probability"].to_numpy()).as_dict(),
        }
        for value, part in frame.partition_by(name, as_dict=True).items()
    ]
    return pl.DataFrame(rows)


def judged(outcome: NDArray[np.bool_], chance: Floats, threshold: float) -> dict[str, Any]:
    """Precision and recall at the threshold, and the scores that need none; null where unknown."""
    flagged = chance >= threshold
    hits = int((flagged & outcome).sum())
    found = scores(outcome.astype(np.float64), chance) if len(outcome) else None
    mixed = found is not None and 0 < outcome.sum() < len(outcome)
    return {
        "example_count": len(outcome),
        "base_ratio": float(outcome.mean()) if len(outcome) else None,
        "threshold": threshold,
        "flagged_count": int(flagged.sum()),
        "precision": hits / int(flagged.sum()) if flagged.any() else None,
        "recall": hits / int(outcome.sum()) if outcome.any() else None,
        "auc": found.auc if found and mixed else None,
        "log_loss": found.log_loss if found and mixed else None,
        "brier": found.brier if found and mixed else None,
        "calibration_error": found.calibration_error if found else None,
    }


def useful_threshold(outcome: NDArray[np.bool_], chance: Floats) -> float:
    """Where to draw the line: best F1 of those with half the flags right, half the rows flagged.

    A list that is wrong more often than right is not read twice, and one that names more than
    half of a class helps nobody to choose. 1 where no line does both.
    """
    order = np.argsort(-chance, kind="stable")
    ranked, hits = chance[order], np.cumsum(outcome[order])
    flagged = np.arange(1, len(order) + 1)
    last_of_ties = np.append(np.diff(ranked) != 0, [True])
    allowed = last_of_ties & (2 * hits >= flagged) & (2 * flagged <= len(order))
    if not allowed.any():
        return 1.0
    f1 = np.where(allowed, 2 * hits / (flagged + outcome.sum()), -1.0)
    return float(ranked[np.argmax(f1)])
