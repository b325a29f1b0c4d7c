"""The benchmark of predictions: it knows files by their columns, and its rivals play fair."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.baselines import baselines
from benchmarks.models import WrongFile, attempt_files, read, splits
from benchmarks.tracing import Tracing
from tests.learners import simulated

TRIES = simulated(students=40, tries=20).tries


@pytest.fixture
def folder(tmp_path):
    shaped = TRIES.rename({"place": "seq", "time_spent": "time_spent_s"})
    shaped.write_parquet(tmp_path / "any name.parquet")
    shaped.drop("score").write_parquet(tmp_path / "tries.parquet")
    return tmp_path


def test_files_of_tries_are_known_by_their_columns(folder):
    assert [path.name for path in attempt_files(folder)] == ["any name.parquet"]
    assert read(folder / "any name.parquet").height == TRIES.height


def test_a_wrong_file_is_named_with_what_it_lacks(folder):
    with pytest.raises(WrongFile, match="lacks score"):
        read(folder / "tries.parquet")
    with pytest.raises(WrongFile, match="is no file"):
        read(folder / "none.parquet")
    with pytest.raises(WrongFile, match="is no folder"):
        attempt_files(folder / "none")


def test_each_student_is_tested_once_and_never_learned_from_then():
    tested = []
    for train, test in splits(TRIES, seed=0):
        assert not set(train["student_id"]) & set(test["student_id"])
        tested += test["student_id"].unique().to_list()
    assert sorted(tested) == sorted(TRIES["student_id"].unique())


@pytest.mark.parametrize("name", baselines())
def test_a_simpler_way_predicts_from_the_past_alone(name):
    model = baselines()[name]
    model.fit(TRIES)
    late = pl.col("place") >= 10
    turned = TRIES.with_columns(score=pl.when(late).then(1 - pl.col("score")).otherwise("score"))
    early = (TRIES["place"] <= 10).to_numpy()
    np.testing.assert_array_equal(model.predict(TRIES)[early], model.predict(turned)[early])


def test_tracing_finds_the_shares_that_made_the_answers():
    draw = np.random.default_rng(0)
    known = np.cumsum(draw.random((600, 12)) < 0.15, axis=1) > 0
    right = np.where(known, draw.random(known.shape) < 0.92, draw.random(known.shape) < 0.2)
    tries = pl.DataFrame(
        {
            "student_id": np.repeat([f"s{each:03}" for each in range(600)], 12),
            "concept_id": "c",
            "score": right.ravel().astype(float),
        }
    )
    found = {name: share[0] for name, share in Tracing().fit(tries).share.items()}
    assert found["learn"] == pytest.approx(0.15, abs=0.03)
    assert found["guess"] == pytest.approx(0.2, abs=0.03)
    assert found["slip"] == pytest.approx(0.08, abs=0.03)
