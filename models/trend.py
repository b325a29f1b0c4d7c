"""The next four weeks of each student, with an interval that holds as often as it says.

Boosted trees say what to expect from the weeks before; how far real weeks fell from that is
measured on students whom the trees did not see, in groups of equal expectation and horizon
(split conformal intervals, one set a group). So a quiet student gets a narrow interval and a busy
one a wide interval, and counts never go below zero. Beside each stand the simple answers: the last
week again, the mean of the last four, and the mean of the same season a year before.

A mean score is foreseen for a week *if* the student does scored work in it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor

from models.bands import Bands
from models.change import changes, inflations
from models.errors import NotEnoughExamples
from models.threads import one_thread
from models.weeks import Weeks, spread

Floats = NDArray[np.float64]

HORIZONS = 4
MEASURES = ("mastered", "completed", "minutes", "average_score")
COVERAGE = 0.8
ORIGINS = 12  # past weeks from which the next four are foreseen, to learn
MOST_ROWS = 200_000
LEAST_ROWS = 200
LONG_AGO = 26
YEAR = 52
LIVE_WEEKS = 8  # whoever was away for longer has nothing to go on: no row
CALIBRATION_SHARE = 0.4
FORECAST: dict[str, type[pl.DataType]] = {
    "student_id": pl.String,
    "week_start": pl.Date,
    "horizon": pl.Int32,
    "measure": pl.String,
    "expected": pl.Float64,
    "middle": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "last_value": pl.Float64,
    "mean_of_four": pl.Float64,
    "mean_of_season": pl.Float64,
}


class TrendModel:
    """`expected` is a mean (weeks may be added up), `middle` the value as often passed as not."""

    def __init__(self, *, coverage: float = COVERAGE, seed: int = 0) -> None:
        self.coverage = coverage
        self.seed = seed
        self.trees: dict[str, Any] = {}
        self.bands: dict[str, Bands] = {}
        self.untrained: dict[str, str] = {}
        self.inflation: dict[str, float] = {}

    def fit(self, weekly: pl.DataFrame, *, last_week: date) -> Self:
        """Learn from the weeks up to `last_week`, the last complete one."""
        weeks = spread(weekly, last_week)
        judge = np.random.default_rng(self.seed).random(len(weeks.since)) < CALIBRATION_SHARE
        for measure in MEASURES:
            try:
                self._learn(measure, weeks.of(~judge), weeks.of(judge))
            except NotEnoughExamples as problem:
                self.untrained[measure] = str(problem)
        if not self.trees:
            raise NotEnoughExamples(next(iter(self.untrained.values())))
        self.inflation = inflations(weekly, last_week=last_week)
        return self

    def predict(self, weekly: pl.DataFrame, *, last_week: date) -> pl.DataFrame:
        """One row per student who learned in the last eight weeks, measure and horizon.

        There is no row of the score of a student who has none.
        """
        weeks = spread(weekly, last_week)
        weeks = weeks.of(_is_live(weeks, weeks.count))
        parts = [pl.DataFrame(schema=FORECAST)]
        figures = known_figures(weeks, weeks.count)
        parts += [
            self._foreseen(measure, weeks, figures, horizon)
            for measure in self.trees
            for horizon in range(1, HORIZONS + 1)
        ]
        return pl.concat(parts).sort("student_id", "measure", "horizon")

    def changes(self, weekly: pl.DataFrame, *, last_week: date) -> pl.DataFrame:
        """Since when students' weeks are others, beside the usual ups and downs of the school."""
        return changes(weekly, last_week=last_week, inflation=self.inflation)

    def to_state(self) -> dict[str, Any]:
        """Plain values, arrays and estimators, for the artefact."""
        return {
            "coverage": self.coverage,
            "seed": self.seed,
            "trees": self.trees,
            "bands": {name: bands.to_state() for name, bands in self.bands.items()},
            "untrained": self.untrained,
            "inflation": self.inflation,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The model that `to_state` described."""
        model = cls(coverage=state["coverage"], seed=state["seed"])
        model.trees = state["trees"]
        model.bands = {name: Bands.from_state(each) for name, each in state["bands"].items()}
        model.untrained = state["untrained"]
        model.inflation = state["inflation"]
        return model

    def _learn(self, measure: str, learn: Weeks, judge: Weeks) -> None:
        x, y = _examples(measure, learn, self.seed)
        held_x, held_y = _examples(measure, judge, self.seed)
        if min(len(y), len(held_y)) < LEAST_ROWS:
            raise NotEnoughExamples(
                f"{len(y)} and {len(held_y)} past weeks of {measure} to learn from and to measure "
                f"intervals on: {LEAST_ROWS} each are needed. Wait for more weeks."
            )
        # a Poisson mean is positive; a mean score may be anything between 0 and 1
        loss = "squared_error" if measure == "average_score" else "poisson"
        # counts of nothing at all have no Poisson mean
        offset = 0.0 if measure == "average_score" else 1e-3
        trees = HistGradientBoostingRegressor(
            loss=loss,
            max_iter=120,
            learning_rate=0.06,
            max_leaf_nodes=15,
            min_samples_leaf=40,
            l2_regularization=1.0,
            random_state=self.seed,
        )
        with one_thread():
            expected = trees.fit(x, y + offset).predict(held_x)
        self.bands[measure] = Bands(self.coverage, is_count=measure != "average_score").fit(
            held_x[:, -1], expected, held_y
        )
        self.trees[measure] = trees

    def _foreseen(self, measure: str, weeks: Weeks, figures: Floats, horizon: int) -> pl.DataFrame:
        x = np.column_stack([figures, np.full(len(figures), float(horizon))])
        with one_thread():
            expected = self.trees[measure].predict(x) if len(x) else np.empty(0)
        lower, middle, upper = self.bands[measure].around(x[:, -1], expected)
        whole = measure in {"mastered", "completed"}
        if whole:
            # the whole numbers between two bounds are those between the rounded ones
            lower, middle, upper = np.ceil(lower - 1e-9), np.round(middle), np.floor(upper + 1e-9)
        past = weeks.values[measure]
        rows = pl.DataFrame(
            {
                "student_id": weeks.student_ids,
                "expected": expected,
                "middle": middle,
                "lower": np.minimum(lower, upper),
                "upper": upper,
                "last_value": _last_known(past),
                "mean_of_four": _mean(past[:, -4:]),
                "mean_of_season": _mean(_same_season(past, horizon)),
            }
        )
        rows = rows.with_columns(
            week_start=pl.lit(weeks.last_week + timedelta(weeks=horizon)),
            horizon=pl.lit(horizon, dtype=pl.Int32),
            measure=pl.lit(measure),
        )
        # without one score there is nothing to foresee a score from
        known = (
            rows.filter(~pl.col("last_value").is_nan())
            .select(FORECAST.keys())
            .cast(pl.Schema(FORECAST))
        )
        return known.fill_nan(None)


def known_figures(weeks: Weeks, until: int) -> Floats:
    """What is known of each student from the columns before `until`: one row each, nan unknown."""
    tenure = np.minimum(until - weeks.since, float(LONG_AGO))
    active = _active(weeks, until)
    columns = [tenure, _weeks_since(active), active[:, -LIVE_WEEKS:].mean(axis=1)]
    for matrix in weeks.values.values():
        past = matrix[:, :until]
        lags = [past[:, -back] if past.shape[1] >= back else _nothing(past) for back in (1, 2, 3)]
        before = past[:, -8:-4]
        columns += [
            *lags,
            _mean(past[:, -4:]),
            _mean(before) if before.shape[1] else _nothing(past),
            _mean(past[:, -LONG_AGO:]),
        ]
    return np.column_stack(columns)


def _examples(measure: str, weeks: Weeks, seed: int) -> tuple[Floats, Floats]:
    """Past weeks as origins: what was known, the horizon as the last column, and what came."""
    rows, targets = [], []
    last = weeks.count
    for origin in range(max(1, last - ORIGINS - HORIZONS + 1), last):
        figures = known_figures(weeks, origin)
        live = _is_live(weeks, origin)
        for horizon in range(1, min(HORIZONS, last - origin) + 1):
            target = weeks.values[measure][:, origin + horizon - 1]
            known = live & ~np.isnan(target)
            rows.append(np.column_stack([figures, np.full(len(figures), float(horizon))])[known])
            targets.append(target[known])
    if not rows:
        return np.empty((0, 1)), np.empty(0)
    x, y = np.concatenate(rows), np.concatenate(targets)
    if len(y) > MOST_ROWS:
        chosen = np.random.default_rng(seed).choice(len(y), MOST_ROWS, replace=False)
        x, y = x[chosen], y[chosen]
    return x, y


def _active(weeks: Weeks, until: int) -> NDArray[np.bool_]:
    """Which of the first weeks saw learning."""
    done = (
        weeks.values[measure][:, :until] > 0 for measure in ("minutes", "completed", "mastered")
    )
    scored = ~np.isnan(weeks.values["average_score"][:, :until])
    return np.asarray(np.logical_or.reduce([*done, scored]), dtype=bool)


def _is_live(weeks: Weeks, until: int) -> NDArray[np.bool_]:
    return np.asarray(_active(weeks, until)[:, -LIVE_WEEKS:].any(axis=1), dtype=bool)


def _weeks_since(active: NDArray[np.bool_]) -> Floats:
    width = active.shape[1]
    since = np.where(active.any(axis=1), np.argmax(active[:, ::-1], axis=1), width)
    weeks: Floats = np.minimum(since, float(LONG_AGO))
    return weeks


def _mean(matrix: Floats) -> Floats:
    known = ~np.isnan(matrix)
    count = known.sum(axis=1)
    total: Floats = np.where(known, matrix, 0).sum(axis=1)
    mean: Floats = np.divide(total, count, out=np.full(len(matrix), np.nan), where=count > 0)
    return mean


def _same_season(past: Floats, horizon: int) -> Floats:
    """A year before the week so far ahead, with the weeks beside it; nan: not here yet."""
    place = past.shape[1] - 1 + horizon - YEAR
    return past[:, max(0, place - 1) : place + 2]


def _last_known(matrix: Floats) -> Floats:
    known = ~np.isnan(matrix)
    place = matrix.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    value: Floats = matrix[np.arange(len(matrix)), place]
    return value


def _nothing(matrix: Floats) -> Floats:
    return np.full(len(matrix), np.nan)
