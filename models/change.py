"""Changes worth telling: "since 3 March 4.1 concepts mastered a week, 2.0 before".

The scan looks for the week that parts a student's weeks best, so it must be judged as a scan: the
best parting of the same weeks in shuffled order is the yardstick (permutation test of the largest
standardised difference). First its strength is lessened by as much as one good week follows another
in the median student, for that happens where nothing has changed too; how much that is is measured
once, by whoever learns of a school (`inflations`), so that what is told of a student depends on
nobody else. Of students whose weeks have no change at most `FALSE_RATE` are told of one, over all
measures together, in one look.

A change is told only when it is large (half as much again, or a third less), and when both sides
have at least four weeks and are not empty: starting and stopping are other statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.weeks import spread

Floats = NDArray[np.float64]

FALSE_RATE = 0.01
LEAST_WEEKS = 12
LEAST_SIDE = 4
MOST_WEEKS = 26
LEAST_RATIO = 1.5
# the measures told, their words, and the least difference a week that is worth a sentence
MEASURES = {"mastered": ("concepts mastered", 1.0), "minutes": ("minutes of learning", 15.0)}
LEVEL = FALSE_RATE / len(MEASURES)
SCREEN_SHUFFLES = 99
SHUFFLES = 1999
CHUNK = 2_000_000  # values shuffled at once: 16 MB
CHANGES = {
    "student_id": pl.String,
    "measure": pl.String,
    "week_start": pl.Date,
    "weeks_before": pl.Int64,
    "weeks_after": pl.Int64,
    "mean_before": pl.Float64,
    "mean_after": pl.Float64,
    "ratio": pl.Float64,
    "p_value": pl.Float64,
    "statement": pl.String,
}


def inflations(weekly: pl.DataFrame, *, last_week: date) -> dict[str, float]:
    """By measure: how much further apart the means of runs of weeks fall than of shuffled ones."""
    weeks = spread(weekly, last_week, most_weeks=MOST_WEEKS)
    since = np.where(weeks.count - weeks.since >= LEAST_WEEKS, weeks.since, weeks.count)
    return {measure: _inflation(weeks.values[measure], since) for measure in MEASURES}


def changes(
    weekly: pl.DataFrame, *, last_week: date, inflation: Mapping[str, float], seed: int = 0
) -> pl.DataFrame:
    """One row per student and measure with a change, in the 26 weeks up to `last_week`.

    `week_start` is the Monday from which on it is otherwise. `inflation`: see `inflations`.
    """
    weeks = spread(weekly, last_week, most_weeks=MOST_WEEKS)
    length = weeks.count - weeks.since
    parts = [pl.DataFrame(schema=CHANGES)]
    for measure, (_, least) in MEASURES.items():
        for count in np.unique(length[length >= LEAST_WEEKS]):
            here = np.flatnonzero(length == count)
            series = weeks.values[measure][here, -count:]
            tame = np.sqrt(series)  # counts vary more where they are larger: the root evens that
            place, strength = _best(tame)
            large = _is_large(series, place, least)
            p_values = _p_values(tame[large], strength[large] / inflation[measure], seed)
            found = [
                (int(row), int(place[row]), float(p))
                for row, p in zip(large, p_values, strict=True)
                if p <= LEVEL
            ]
            parts.append(_rows(weeks.student_ids, here, series, found, measure, last_week))
    return pl.concat(parts).sort("student_id", "measure")


def _is_large(series: Floats, place: NDArray[np.int64], least: float) -> NDArray[np.int64]:
    """The rows that change by enough to be worth a sentence."""
    before = np.array([row[:k].mean() for row, k in zip(series, place, strict=True)])
    after = np.array([row[k:].mean() for row, k in zip(series, place, strict=True)])
    low, high = np.minimum(before, after), np.maximum(before, after)
    return np.flatnonzero((low > 0) & (high >= LEAST_RATIO * low) & (high - low >= least))


def _p_values(tame: Floats, strength: Floats, seed: int) -> Floats:
    """How rare so strong a parting is; 1 where a few shuffles said already that it is not."""
    rng = np.random.default_rng(seed)
    # most are dismissed by a few shuffles: dropping some early tells of fewer, never of more
    rough = _rarity(tame, strength, SCREEN_SHUFFLES, rng)
    p = np.ones(len(tame))
    left = np.flatnonzero(rough <= 5 * LEVEL + 2 / SCREEN_SHUFFLES)
    p[left] = _rarity(tame[left], strength[left], SHUFFLES, rng)
    return p


def _best(series: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Where each row parts best, and how strongly.

    With total and spread given, as they are among shuffles, the between-group sum of squares
    ranks partings as a t value would.
    """
    count = series.shape[-1]
    places = np.arange(LEAST_SIDE, count - LEAST_SIDE + 1)
    centred = series - series.mean(axis=-1, keepdims=True)
    sums = np.cumsum(centred, axis=-1)[..., places - 1]
    between = sums**2 * count / (places * (count - places))
    best = between.argmax(axis=-1)
    return places[best], between.max(axis=-1)


def _rarity(series: Floats, strength: Floats, shuffles: int, rng: np.random.Generator) -> Floats:
    """The share of shuffled orders that part as strongly, the real one counted among them."""
    orders = np.array([rng.permutation(series.shape[1]) for _ in range(shuffles)])
    as_strong = np.ones(len(series))
    step = max(1, CHUNK // orders.size)
    for start in range(0, len(series), step):
        part = slice(start, start + step)
        _, shuffled = _best(series[part][:, orders])
        as_strong[part] += (shuffled >= strength[part, None] - 1e-12).sum(axis=1)
    return as_strong / (shuffles + 1)


def _inflation(values: Floats, since: NDArray[np.int64]) -> float:
    """(1 + r) / (1 - r) for the lag-one correlation r of the median student's weeks from `since`.

    The median, so that those with a change do not hide each other; the mean taken out of a short
    series lowers r by 1 / weeks, which is put back.
    """
    correlations = []
    width = values.shape[1]
    for first in np.unique(since[since < width]):
        series = np.sqrt(values[since == first, first:])
        centred = series - series.mean(axis=1, keepdims=True)
        total = (centred**2).sum(axis=1)
        moving = total > 0
        lagged = (centred[moving, 1:] * centred[moving, :-1]).sum(axis=1)
        correlations.append(lagged / total[moving] + 1 / series.shape[1])
    known = np.concatenate(correlations) if correlations else np.empty(0)
    r = float(np.clip(np.median(known), 0, 0.8)) if len(known) else 0.0
    return (1 + r) / (1 - r)


def _rows(
    student_ids: pl.Series,
    here: NDArray[np.int64],
    series: Floats,
    found: list[tuple[int, int, float]],
    measure: str,
    last_week: date,
) -> pl.DataFrame:
    rows = []
    for row, place, p in found:
        before, after = float(series[row, :place].mean()), float(series[row, place:].mean())
        later = series.shape[1] - place
        monday = last_week - timedelta(weeks=later - 1)
        words = MEASURES[measure][0]
        ratio = after / before
        rows.append(
            {
                "student_id": student_ids[int(here[row])],
                "measure": measure,
                "week_start": monday,
                "weeks_before": place,
                "weeks_after": later,
                "mean_before": before,
                "mean_after": after,
                "ratio": ratio,
                "p_value": p,
                "statement": f"Since {monday.day} {monday:%B} {after:.1f} {words} a week; "
                f"in the {place} weeks before {before:.1f} ({_beside(ratio)}).",
            }
        )
    return pl.DataFrame(rows, schema=CHANGES)


def _beside(ratio: float) -> str:
    return f"{ratio:.1f} times as many" if ratio >= 1 else f"{100 * (1 - ratio):.0f} % fewer"
