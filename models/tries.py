"""Tries in the order of time, as arrays: the one entrance of frames into the mastery models.

A row with a score is evidence; a row without is a question that is asked. Rows of one student
that were begun at one moment, or that share a place, or that are the same item answered once for
several concepts, are one *question*: none of them is the past of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from models.errors import InvalidFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFICIENT_SCORE = 0.6
"""The score (0 to 1) from which a try counts as right."""

COLUMNS: dict[str, pl.DataType] = {
    "student_id": pl.String(),
    "concept_id": pl.String(),
    "item_id": pl.String(),
    "place": pl.Int64(),
    "started_at": pl.Datetime("us", "UTC"),
    "time_spent": pl.Float64(),
    "score": pl.Float64(),
}
NEVER_NULL = ("student_id", "concept_id", "place")


@dataclass(frozen=True)
class Tries:
    """Rows ordered by student and time; `row` is the place of each in the frame it came from."""

    row: NDArray[np.int64]
    student: NDArray[np.int64]
    concept: NDArray[np.int64]
    item: NDArray[np.int64]
    question: NDArray[np.int64]
    started: NDArray[np.float64]
    spent: NDArray[np.float64]
    right: NDArray[np.float64]
    student_ids: pl.Series
    concept_ids: pl.Series
    item_ids: pl.Series

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which rows are evidence."""
        return ~np.isnan(self.right)

    def __len__(self) -> int:
        return len(self.row)


def checked(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of `COLUMNS` in their types, or an error that names the column and the cure."""
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InvalidFrame(
            f"The tries lack {', '.join(missing)}; they need the columns {', '.join(COLUMNS)}."
        )
    try:
        tries = frame.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    except pl.exceptions.PolarsError as error:
        raise InvalidFrame(f"A column of the tries has the wrong type: {error}") from error
    for name in NEVER_NULL:
        if tries[name].null_count():
            raise InvalidFrame(f"{name} is null in {tries[name].null_count()} tries; fill it in.")
    outside = tries.filter(~pl.col("score").is_between(0, 1) | pl.col("score").is_nan()).height
    if outside:
        raise InvalidFrame(
            f"score is outside 0 to 1 in {outside} tries; divide it by the best possible score."
        )
    return tries


def _coded(values: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """Whole numbers for texts (-1 for null), and the texts that they stand for."""
    names = values.drop_nulls().unique(maintain_order=True)
    codes = values.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), names


def _begins() -> pl.Expr:
    """Where a question begins, in rows that stand in the order of time."""

    def same(name: str) -> pl.Expr:
        return pl.col(name).eq(pl.col(name).shift(1)).fill_null(value=False)

    untimed = pl.col("started_at").is_null() & pl.col("started_at").shift(1).is_null()
    several_concepts = untimed & same("item_id") & ~same("concept_id")
    together = same("place") | same("started_at") | several_concepts
    return ~(same("student_id") & together)


def in_order(frame: pl.DataFrame) -> Tries:
    """The tries of a frame, whatever its order, with the questions told apart."""
    return ordered(checked(frame))


def ordered(frame: pl.DataFrame) -> Tries:
    """The same, of a frame that is `checked` (which costs a tenth of scoring it)."""
    tries = (
        frame.drop("row", strict=False)
        .with_row_index("row")
        .sort("student_id", "place", "row")
        .with_columns(question=_begins().cast(pl.Int64).cum_sum())
    )
    student, student_ids = _coded(tries["student_id"])
    concept, concept_ids = _coded(tries["concept_id"])
    item, item_ids = _coded(tries["item_id"])
    right = (tries["score"] >= SUFFICIENT_SCORE).cast(pl.Float64)
    started = tries["started_at"].to_physical().cast(pl.Float64) / 1e6
    return Tries(
        row=tries["row"].cast(pl.Int64).to_numpy(),
        student=student,
        concept=concept,
        item=item,
        question=tries["question"].to_numpy(),
        started=started.fill_null(np.nan).to_numpy(),
        spent=tries["time_spent"].fill_null(np.nan).to_numpy(),
        right=right.fill_null(np.nan).to_numpy(),
        student_ids=student_ids,
        concept_ids=concept_ids,
        item_ids=item_ids,
    )
