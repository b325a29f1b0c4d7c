"""A finding, the test behind it, and the correction for having looked many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

LEVEL = 0.05  # of 100 students of whom nothing is true, at most 5 are told anything
NORMAL_95 = 1.96

Figure = float | int | str


@dataclass(frozen=True)
class Effect:
    """How large it is, in a unit that can be said, with a 95 % interval where there is one."""

    size: float
    unit: str
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Events:
    """The events behind a look, and the group that each was counted in (-1: in none)."""

    event_id: pl.Series
    group: NDArray[np.int64]
    names: tuple[str, ...]

    def groups(self) -> dict[str, str]:
        """The name of the group by event_id, of those that counted."""
        counted = np.flatnonzero(self.group >= 0)
        names = (self.names[place] for place in self.group[counted])
        return dict(zip(self.event_id[counted].to_list(), names, strict=True))


@dataclass(frozen=True)
class Look:
    """One look at the data, whatever came of it; `worth` says if the effect is large enough."""

    kind: str
    p_value: float
    effect: Effect
    worth: bool
    n: int
    figures: Mapping[str, Figure]
    events: Events
    subject_id: str | None = None


@dataclass(frozen=True)
class Finding:
    """A look that passed; `confidence` is 1 minus its p-value, corrected for all looks."""

    look: Look
    confidence: float

    @property
    def figure(self) -> str:
        """What names it among the findings of a student."""
        look = self.look
        return look.kind if look.subject_id is None else f"{look.kind}:{look.subject_id}"


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's corrected p-values: whatever the looks have in common, one level holds for all."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def findings(looks: Sequence[Look], level: float = LEVEL) -> list[Finding]:
    """The looks that pass together, the surest first."""
    corrected = holm([look.p_value for look in looks])
    passed = [
        Finding(look, 1 - p)
        for look, p in zip(looks, corrected, strict=True)
        if p <= level and look.worth
    ]
    return sorted(passed, key=lambda found: (-found.confidence, found.figure))
