"""How far the probability of one student on one concept may lie from the one that is told.

Two answers of a student that are asked for at one moment miss their prediction in the same
direction as far as the student differs from all others with the same features. The mean product
of the two misses is therefore the variance of what we do not know of him (Bernoulli noise is
independent and falls out). It is measured on students that the model has not seen, by amount of
evidence, in log-odds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INTERVAL_SHARE = 0.9
"""The interval holds the student's probability in this share of cases."""

Z = 1.6448536269514722
EVIDENCE_STEPS = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
SPREAD_FLOOR = 0.1
PRIOR_PAIRS = 200.0


def spreads(first: Floats, second: Floats, evidence: Floats) -> Floats:
    """The spread in log-odds for each step of evidence, from pairs of (answer - probability, …).

    `first` and `second` hold, per pair, the miss and the Bernoulli variance of each answer.
    """
    product = first[:, 0] * second[:, 0]
    scale = first[:, 1] * second[:, 1]
    overall = product.sum() / max(scale.sum(), 1e-9)
    step = np.searchsorted(EVIDENCE_STEPS, evidence, side="right")
    size = len(EVIDENCE_STEPS) + 1
    sums = np.bincount(step, product, minlength=size)
    scales = np.bincount(step, scale, minlength=size)
    doubt = PRIOR_PAIRS * float(scale.mean()) if len(scale) else 1.0
    variance = (sums + doubt * overall) / (scales + doubt)
    return np.asarray(np.sqrt(np.maximum(variance, SPREAD_FLOOR**2)))


def interval(log_odds: Floats, evidence: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Lower and upper probability of each row."""
    reach = Z * spread[np.searchsorted(EVIDENCE_STEPS, evidence, side="right")]
    return np.asarray(expit(log_odds - reach)), np.asarray(expit(log_odds + reach))
