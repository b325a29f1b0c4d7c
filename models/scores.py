"""How good probabilities were, once the outcome is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

Floats = NDArray[np.float64]
TEN = 10


def judged(outcome: NDArray[np.bool_], chance: Floats, threshold: float) -> dict[str, Any]:
    """Precision and recall at the threshold, and the scores that need none."""
    flagged = chance >= threshold
    hits = int((flagged & outcome).sum())
    both = 0 < outcome.sum() < len(outcome)
    return {
        "example_count": len(outcome),
        "base_ratio": float(outcome.mean()) if len(outcome) else None,
        "threshold": threshold,
        "flagged_count": int(flagged.sum()),
        "precision": hits / int(flagged.sum()) if flagged.any() else None,
        "recall": hits / int(outcome.sum()) if outcome.any() else None,
        "auc": float(roc_auc_score(outcome, chance)) if both else None,
        "log_loss": float(log_loss(outcome, chance)) if both else None,
        "brier": float(brier_score_loss(outcome, chance)) if both else None,
        "calibration_error": calibration_error(outcome, chance),
    }


def calibration_error(outcome: NDArray[np.bool_], chance: Floats) -> float | None:
    """Mean distance of said and seen in ten equal parts of the scale, weighted by their rows."""
    if not len(outcome):
        return None
    bins = np.minimum((chance * TEN).astype(int), TEN - 1)
    gaps = np.bincount(bins, weights=chance - outcome, minlength=TEN)
    return float(np.abs(gaps).sum() / len(outcome))


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
