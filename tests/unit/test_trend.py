"""Forecasts: intervals that hold, nothing of the future, zeros where a student went away."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks import forecasts
from models.bands import Bands
from models.errors import InvalidFrame, NotEnoughExamples
from models.trend import HORIZONS, MEASURES, TrendModel, known_figures
from models.weeks import spread
from tests.habits import daily, day, weekly

LAST = day(7 * 25)


@pytest.fixture(scope="module")
def school() -> pl.DataFrame:
    return weekly()


@pytest.fixture(scope="module")
def model(school) -> TrendModel:
    return TrendModel().fit(school, last_week=LAST)


def later(school: pl.DataFrame, forecast: pl.DataFrame) -> pl.DataFrame:
    """The forecast beside what came."""
    weeks = spread(school, day(7 * 29))
    columns = {
        (measure, horizon): weeks.values[measure][:, weeks.count - 1 - HORIZONS + horizon]
        for measure in MEASURES
        for horizon in range(1, HORIZONS + 1)
    }
    actual = pl.concat(
        pl.DataFrame({"student_id": weeks.student_ids, "actual": values}).with_columns(
            measure=pl.lit(measure), horizon=pl.lit(horizon, dtype=pl.Int32)
        )
        for (measure, horizon), values in columns.items()
    )
    both = forecast.join(actual, on=["student_id", "measure", "horizon"])
    return both.filter(~pl.col("actual").is_nan())


def test_intervals_hold_as_often_as_they_say_on_weeks_that_came_later(school, model):
    both = later(school, model.predict(school, last_week=LAST))
    held = both.with_columns(held=pl.col("actual").is_between("lower", "upper"))
    shares = held.group_by("measure").agg(pl.col("held").mean(), pl.len())
    assert (shares["len"] > 500).all()
    assert (shares["held"] > 0.75).all()
    # whole numbers hold a little oftener; where any value may come, more would be idle width
    smooth = shares.filter(pl.col("measure").is_in(["minutes", "average_score"]))
    assert (smooth["held"] < 0.9).all()


def test_the_forecast_is_nearer_than_the_last_week_again(school, model):
    both = later(school, model.predict(school, last_week=LAST))
    errors = both.group_by("measure").agg(
        (pl.col("middle") - pl.col("actual")).abs().mean(),
        (pl.col("last_value") - pl.col("actual")).abs().mean(),
    )
    assert (errors["middle"] < errors["last_value"]).all()


def test_bounds_are_in_order_and_counts_are_whole_and_not_negative(school, model):
    rows = model.predict(school, last_week=LAST)
    assert (rows["lower"] <= rows["middle"]).all()
    assert (rows["middle"] <= rows["upper"]).all()
    assert (rows["lower"] >= 0).all()
    counts = rows.filter(pl.col("measure").is_in(["mastered", "completed"]))
    assert (counts["upper"] == counts["upper"].round()).all()
    assert (rows.filter(measure="average_score")["upper"] <= 1).all()


def test_another_future_changes_no_forecast(school, model):
    kept = school.filter(pl.col("week_start") <= LAST)
    there, here = (model.predict(table, last_week=LAST) for table in (school, kept))
    assert here.equals(there)


def test_figures_known_at_an_origin_read_no_later_week(school):
    weeks = spread(school, LAST)
    before = known_figures(weeks, 15)
    for matrix in weeks.values.values():
        matrix[:, 15:] = 999
    assert np.array_equal(before, known_figures(weeks, 15), equal_nan=True)
    assert not np.array_equal(before, known_figures(weeks, 16), equal_nan=True)


def test_weeks_after_the_last_row_of_a_student_are_weeks_of_nothing(school):
    own = school.filter(pl.col("student_id") == "s000003").head(2)
    last = own["week_start"].max()
    weeks = spread(own, last + 3 * (day(7) - day(0)))
    assert weeks.values["minutes"][0, -3:].tolist() == [0, 0, 0]
    assert weeks.values["minutes"][0, -4] > 0


def test_a_student_of_one_week_gets_a_forecast(school, model):
    new = school.head(1).with_columns(student_id=pl.lit("new"), week_start=pl.lit(LAST))
    rows = model.predict(new, last_week=LAST).filter(measure="minutes")
    assert rows["horizon"].to_list() == [1, 2, 3, 4]
    assert rows["week_start"].to_list() == [day(7 * n) for n in (26, 27, 28, 29)]
    assert rows["expected"].is_finite().all()


def test_nobody_gives_an_empty_forecast(school, model):
    rows = model.predict(school.clear(), last_week=LAST)
    assert rows.is_empty()
    assert "upper" in rows.columns


def test_the_same_seed_and_a_stored_state_say_the_same(school, model):
    here = model.predict(school, last_week=LAST)
    assert TrendModel.from_state(model.to_state()).predict(school, last_week=LAST).equals(here)
    few = school.filter(pl.col("student_id") < "s000060")
    shuffled = few.sample(fraction=1, shuffle=True, seed=1)
    first, second = (
        TrendModel().fit(table, last_week=LAST).predict(table, last_week=LAST)
        for table in (few, shuffled)
    )
    assert first.equals(second)


def test_a_bad_frame_is_refused_with_the_column_and_the_cure(school):
    with pytest.raises(InvalidFrame, match="no column mastered"):
        TrendModel().fit(school.drop("mastered"), last_week=LAST)
    with pytest.raises(InvalidFrame, match="named by its Monday"):
        TrendModel().fit(school, last_week=day(3))
    with pytest.raises(InvalidFrame, match="two rows for"):
        TrendModel().fit(pl.concat([school, school.head(1)]), last_week=LAST)
    with pytest.raises(NotEnoughExamples, match="Wait for more weeks"):
        TrendModel().fit(school.head(40), last_week=LAST)


def test_bands_hold_for_quiet_and_for_busy_students():
    rng = np.random.default_rng(0)
    rate = rng.gamma(0.5, 6, 20_000)
    seen, new = rng.poisson(rate).astype(float), rng.poisson(rate).astype(float)
    horizon = np.ones(len(rate))
    lower, _, upper = Bands(0.8, is_count=True).fit(horizon, rate, seen).around(horizon, rate)
    held = (lower <= new) & (new <= upper)
    for part in np.array_split(np.argsort(rate), 5):
        assert held[part].mean() > 0.77
    assert held[np.argsort(rate)[-4000:]].mean() < 0.87


def test_whoever_was_here_a_year_ago_has_a_season_beside_the_forecast():
    school = weekly(60, 70)
    model = TrendModel().fit(school, last_week=day(7 * 69))
    said = model.predict(school, last_week=day(7 * 69)).filter(measure="minutes", horizon=2)
    # 71 weeks after the first is foreseen: 52 before it lies week 19
    then = spread(school, day(7 * 69), most_weeks=70).values["minutes"][:, 18:21]
    ids = spread(school, day(7 * 69)).student_ids.to_list()
    usual = {
        student: None if np.isnan(three).all() else np.nanmean(three)
        for student, three in zip(ids, then, strict=True)
    }
    assert said["mean_of_season"].to_list() == [
        usual[student] and pytest.approx(usual[student]) for student in said["student_id"]
    ]
    young = weekly(60, 30)
    assert (
        TrendModel()
        .fit(young, last_week=LAST)
        .predict(young, last_week=LAST)["mean_of_season"]
        .is_null()
        .all()
    )


def test_the_table_of_the_benchmark_has_a_figure_under_each_heading():
    lines = list(forecasts.rows("made-up", daily(80, 150)))
    assert {line[1] for line in lines} <= set(MEASURES)
    assert {len(line) for line in lines} == {len(forecasts.HEADER)}
    assert {line[forecasts.HEADER.index("same season")] for line in lines} == {"-"}
