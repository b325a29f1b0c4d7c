"""The probability that a student's next try on a concept is right, and how sure that is.

Members learn on features of the past; a small logistic model weighs what they say about students
that they have not seen, and so calibrates it. `SUFFICIENT_SCORE` says what right means.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl
from scipy.special import expit

from models.errors import InvalidFrame, NotEnoughExamples
from models.features import Features
from models.intervals import interval
from models.learning import Learned, asked_of, evidence_count, learn
from models.threads import THREADS, two_threads
from models.tries import checked, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MINIMUM_EVIDENCE = 3
"""Earlier tries on the concept below which a prediction must not be said of a student."""

MINIMUM_STUDENTS = 20
MINIMUM_TRIES = 500
MOST_ROWS, FEWEST_ROWS = 100_000, 20_000
"""Of a chunk that one thread answers; small chunks cost more of their own than a thread wins."""
STATE_VERSION = 6

PREDICTIONS: dict[str, pl.DataType] = {
    "student_id": pl.String(),
    "concept_id": pl.String(),
    "item_id": pl.String(),
    "place": pl.Int64(),
    "probability": pl.Float64(),
    "lower": pl.Float64(),
    "upper": pl.Float64(),
    "evidence_count": pl.Int64(),
    "enough_evidence": pl.Boolean(),
}


class MasteryModel:
    """Fit it on tries with scores; ask it with rows without a score."""

    def __init__(self, features: Features, learned: Learned) -> None:
        """What `fit` or `from_state` made."""
        self.features = features
        self.learned = learned

    @classmethod
    def fit(cls, tries: pl.DataFrame, seed: int = 0) -> Self:
        """Learn from every scored row; the same tries and seed give the same model."""
        scored = checked(tries).filter(pl.col("score").is_not_null())
        students = scored["student_id"].n_unique()
        if scored.height < MINIMUM_TRIES or students < MINIMUM_STUDENTS:
            raise NotEnoughExamples(
                f"{scored.height} scored tries of {students} students; a mastery model needs "
                f"{MINIMUM_TRIES} of {MINIMUM_STUDENTS}."
            )
        return cls(*learn(scored, seed))

    def predict(self, tries: pl.DataFrame) -> pl.DataFrame:
        """One row per row without a score, in the order they came in; the others are the past."""
        tries = checked(tries).with_row_index("row")
        with two_threads() as threads:
            parts = list(threads.map(self._predict, _chunks(tries)))
        answers = pl.concat([pl.DataFrame(schema={"row": pl.UInt32(), **PREDICTIONS}), *parts])
        return answers.sort("row").select(list(PREDICTIONS))

    def _predict(self, frame: pl.DataFrame) -> pl.DataFrame:
        tries = ordered(frame)
        asked = np.flatnonzero(~tries.scored)
        columns = self.features.of(tries, asked)
        said = self.learned.log_odds(columns, asked_of(tries.item[asked], columns))
        count = evidence_count(columns)
        probability = expit(said)
        lower, upper = interval(probability, count, self.learned.spread)
        return frame[tries.row[asked]].select(
            "row",
            "student_id",
            "concept_id",
            "item_id",
            "place",
            probability=pl.lit(pl.Series(probability)),
            lower=pl.lit(pl.Series(lower)),
            upper=pl.lit(pl.Series(upper)),
            evidence_count=pl.lit(pl.Series(count)).cast(pl.Int64),
            enough_evidence=pl.lit(pl.Series(count >= MINIMUM_EVIDENCE)),
        )

    def to_state(self) -> dict[str, Any]:
        """Plain values, arrays and scikit-learn estimators, which skops can hold."""
        return {
            "version": STATE_VERSION,
            "features": self.features.to_state(),
            "learned": self.learned.to_state(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The model that `to_state` wrote down."""
        if state.get("version") != STATE_VERSION:
            raise InvalidFrame(
                f"The state of this mastery model has version {state.get('version')}, not "
                f"{STATE_VERSION}; fit the model again."
            )
        return cls(Features.from_state(state["features"]), Learned.from_state(state["learned"]))


def _chunks(tries: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Students that are asked about, whole, in chunks of about as many rows for each thread."""
    rows = tries.group_by("student_id").agg(count=pl.len(), asked=pl.col("score").null_count())
    rows = rows.filter(pl.col("asked") > 0).sort("student_id")
    size = int(np.clip(math.ceil(rows["count"].sum() / THREADS), FEWEST_ROWS, MOST_ROWS))
    before = pl.col("count").cum_sum() - pl.col("count")
    chunk = rows.select("student_id", chunk=before // size)
    if chunk.height and chunk["chunk"].max() == 0:
        yield tries.join(chunk, on="student_id", how="semi")
        return
    yield from tries.join(chunk, on="student_id").partition_by("chunk", include_key=False)
