"""How the student did before: on all, on the concept, on the item, lately and ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.difficulty import Expected
    from models.past import Past
    from models.timeline import Timeline

    Floats = NDArray[np.float64]

HALF_LIVES = {"student": (2.0, 8.0, 40.0), "concept": (1.5, 5.0, 20.0), "item": (2.0,)}
RESIDUE_HALF_LIVES = {"student": (8.0, 40.0), "concept": (2.0, 5.0, 20.0)}
LAST = {"student": 3, "concept": 3, "item": 2}
DOUBT = 3.0
"""Tries that a mean is drawn towards zero by."""


def history(past: Past, expected: Expected) -> dict[str, Floats]:
    """Wins, losses, surprises (right or wrong against what was to expect) and streaks."""
    lines = {"student": past.of_student, "concept": past.of_concept, "item": past.of_item}
    columns: dict[str, Floats] = {}
    for name, line in lines.items():
        columns |= _of_line(name, line, past, expected)
    columns |= _residues(past, expected)
    columns["concepts_seen"] = np.log1p(_concepts_seen(past))
    return columns


def _of_line(name: str, line: Timeline, past: Past, expected: Expected) -> dict[str, Floats]:
    count, wins = line.count(), line.total(past.every_right)
    surprise = line.total(expected.surprise)
    columns = {
        f"{name}_wins": np.log1p(wins),
        f"{name}_losses": np.log1p(count - wins),
        f"{name}_surprise": surprise / (count + DOUBT),
        f"{name}_streak": _signed_log(line.streak(past.every_right)),
    }
    for half_life in HALF_LIVES[name]:
        columns[f"{name}_surprise_{half_life:g}"] = _mean(line, expected.surprise, half_life)
    for back in range(LAST[name]):
        columns[f"{name}_last_{back}"] = line.recent(expected.surprise, back, 0.0)
    return columns


def _residues(past: Past, expected: Expected) -> dict[str, Floats]:
    """As surprises, against what was to expect after so many answers on the item."""
    columns: dict[str, Floats] = {}
    for name, line in (("student", past.of_student), ("concept", past.of_concept)):
        columns[f"{name}_residue"] = line.total(expected.residue) / (line.count() + DOUBT)
        for half_life in RESIDUE_HALF_LIVES[name]:
            columns[f"{name}_residue_{half_life:g}"] = _mean(line, expected.residue, half_life)
        columns[f"{name}_residue_last"] = line.recent(expected.residue, 0, 0.0)
    return columns


def _mean(line: Timeline, values: Floats, half_life: float) -> Floats:
    """A fading mean, drawn towards zero as if by one try."""
    keep = 0.5 ** (1 / half_life)
    weight = (1 - keep ** line.count()) / (1 - keep)
    return np.asarray(line.faded(values, half_life) / (weight + 1))


def _signed_log(value: Floats) -> Floats:
    return np.sign(value) * np.log1p(np.abs(value))


def _concepts_seen(past: Past) -> Floats:
    """How many different concepts the student has tried."""
    line = past.of_concept
    new = np.zeros(len(past.tries))
    new[line.rows[line.rank == 0]] = 1.0
    return past.of_student.total(new)
