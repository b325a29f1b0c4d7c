"""Predictions of the next try: calibrated, repeatable, defined for strangers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.contests.examples import evidence_words
from models.errors import InvalidFrame, NotEnoughExamples
from models.evaluation import by_group, calibration, scores
from models.intervals import INTERVAL_SHARE
from models.mastery import MINIMUM_EVIDENCE, MasteryModel
from tests.learners import asked, simulated

SIMULATION = simulated(students=200)
ALL = SIMULATION.tries
LEARNED_FROM = ALL.filter(pl.col("student_id") < "s0080")
UNSEEN = ALL.filter(pl.col("student_id") >= "s0080")


@pytest.fixture(scope="module")
def model() -> MasteryModel:
    return MasteryModel.fit(LEARNED_FROM, seed=1)


def halves(tries: pl.DataFrame) -> pl.DataFrame:
    """Half of the tries of each student are the past, all are asked for at once after them."""
    past = tries.filter(pl.col("place") < 20)
    later = asked(tries.filter(pl.col("place") >= 20))
    return pl.concat([past, later.with_columns(place=pl.lit(99, pl.Int64))])


def test_predictions_come_in_the_order_of_the_asked_rows(model):
    rows = halves(UNSEEN)
    said = model.predict(rows)
    want = rows.filter(pl.col("score").is_null())
    keys = ["student_id", "concept_id", "item_id", "place"]
    assert said.select(keys).equals(want.select(keys))
    assert (said["lower"] <= said["probability"]).all()
    assert (said["probability"] <= said["upper"]).all()


def test_evidence_is_counted_per_concept_and_little_of_it_is_marked(model):
    rows = halves(UNSEEN)
    said = model.predict(rows)
    count = rows.filter(pl.col("score").is_not_null()).group_by("student_id", "concept_id").len()
    joined = said.join(count, on=["student_id", "concept_id"], how="left")
    assert (joined["evidence_count"] == joined["len"].fill_null(0)).all()
    assert (said["enough_evidence"] == (said["evidence_count"] >= MINIMUM_EVIDENCE)).all()


def test_probabilities_of_unseen_students_are_calibrated_and_better_than_the_mean(model):
    said = model.predict(pl.concat([UNSEEN, asked(UNSEEN)]))["probability"].to_numpy()
    right = UNSEEN["score"].to_numpy()
    got, guess = scores(right, said), scores(right, np.full(len(right), right.mean()))
    assert got.auc > 0.6
    assert got.log_loss < guess.log_loss - 0.02
    assert got.calibration_error < 0.04


def test_the_interval_holds_the_true_probability_about_as_often_as_it_says(model):
    truth = SIMULATION.truth[(ALL["student_id"] >= "s0080").to_numpy()]
    said = model.predict(pl.concat([UNSEEN, asked(UNSEEN)]))
    held = (said["lower"].to_numpy() <= truth) & (truth <= said["upper"].to_numpy())
    assert INTERVAL_SHARE - 0.08 < held.mean() < INTERVAL_SHARE + 0.08
    assert (said["upper"] - said["lower"]).mean() < 0.8


def test_strangers_are_predicted(model):
    stranger = asked(UNSEEN.head(1)).with_columns(
        student_id=pl.lit("x"), concept_id=pl.lit("y"), item_id=pl.lit(None, pl.String)
    )
    said = model.predict(stranger)
    assert 0.2 < said["probability"][0] < 0.9
    assert not said["enough_evidence"][0]


def test_of_an_item_that_nobody_else_answered_the_students_own_tries_count(model):
    named = pl.col("concept_id") + " new " + pl.col("item_id")
    rows = halves(UNSEEN.with_columns(item_id=named))
    said = model.predict(rows)["probability"].to_numpy()
    want = UNSEEN.filter(pl.col("place") >= 20)["score"].to_numpy()
    asked_without = model.predict(rows.with_columns(item_id=pl.lit(None, pl.String)))
    assert scores(want, said).calibration_error < 0.05
    assert (
        scores(want, said).log_loss < scores(want, asked_without["probability"].to_numpy()).log_loss
    )


def test_the_same_seed_gives_the_same_model(model):
    again = MasteryModel.fit(LEARNED_FROM, seed=1)
    rows = halves(UNSEEN)
    assert again.predict(rows).equals(model.predict(rows))


def test_a_model_survives_its_state(model):
    rows = halves(UNSEEN)
    assert MasteryModel.from_state(model.to_state()).predict(rows).equals(model.predict(rows))
    with pytest.raises(InvalidFrame, match="version"):
        MasteryModel.from_state({"version": 0})


def test_a_student_is_told_the_same_whatever_chunk_he_falls_into(model, monkeypatch):
    tries = simulated(students=30, tries=10, seed=4).tries
    frame = pl.concat([tries, asked(tries)])
    together = model.predict(frame)
    monkeypatch.setattr("models.mastery.FEWEST_ROWS", 1)
    monkeypatch.setattr("models.mastery.MOST_ROWS", 45)
    apart = model.predict(frame)
    said = ("probability", "lower", "upper")
    assert apart.drop(said).equals(together.drop(said))
    np.testing.assert_allclose(apart.select(said), together.select(said), atol=1e-5)


def test_nothing_asked_is_answered_by_an_empty_frame(model):
    assert model.predict(UNSEEN).height == 0


def test_too_little_is_refused():
    with pytest.raises(NotEnoughExamples, match="needs"):
        MasteryModel.fit(LEARNED_FROM.head(100))
    with pytest.raises(NotEnoughExamples, match="same result"):
        MasteryModel.fit(LEARNED_FROM.with_columns(score=pl.lit(1.0)))


def test_scores_of_a_case_that_is_known_by_heart():
    right, said = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.1, 0.6, 0.5, 0.9])
    got = scores(right, said)
    assert got.auc == 0.75
    assert got.brier == pytest.approx((0.01 + 0.36 + 0.25 + 0.01) / 4)
    assert got.calibration_error == pytest.approx((0.1 + 0.6 + 0.5 + 0.1) / 4)
    assert calibration(right, said)["count"].to_list() == [1, 1, 1, 1]
    assert by_group(right, said, [0, 0, 4, 4])["count"].to_list() == [2, 2]


def test_groups_stand_in_their_own_order_amounts_of_evidence_too():
    counts = pl.Series([100, 0, 19, 4, 5, 1, 99, 20])
    right, said = np.array([0.0, 1.0] * 4), np.full(8, 0.5)
    found = by_group(right, said, evidence_words(counts), "part")
    assert found["part"].to_list() == ["none", "1 to 4", "5 to 19", "20 to 99", "from 100 on"]
    assert found["count"].to_list() == [1, 2, 2, 2, 1]
