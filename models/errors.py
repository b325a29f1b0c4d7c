"""What a model says when it is given a frame that it cannot use: the thing, and the cure."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


class InvalidFrame(ValueError):
    """A frame lacks a column, or one holds what it must not."""


class NotEnoughExamples(ValueError):
    """There is too little to learn from: the caller keeps the model that it has, or has none."""


def require(frame: pl.DataFrame, name: str, columns: Mapping[str, str]) -> None:
    """Refuse a frame without these columns of these kinds, or with nulls in its ids and dates."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise InvalidFrame(
            f"The frame {name} has no column {', '.join(missing)}. Select it under that name; "
            f"there are: {', '.join(frame.columns) or 'none'}."
        )
    for column, kind in columns.items():
        if not _is(kind, frame.schema[column]):
            raise InvalidFrame(
                f"Column {column} of {name} is {frame.schema[column]}: cast it to a {kind}."
            )
        if kind != "number" and frame[column].null_count():
            raise InvalidFrame(f"Column {column} of {name} has nulls: leave those rows out.")


def _is(kind: str, dtype: pl.DataType) -> bool:
    if kind == "number":
        return dtype.is_numeric() or dtype in (pl.Boolean, pl.Null)
    return dtype == (pl.Date if kind == "date" else pl.String)


def require_one_row_each(frame: pl.DataFrame, name: str, key: list[str]) -> None:
    """Refuse a frame in which a row stands twice: it would be counted twice."""
    twice = frame.select(key).is_duplicated()
    if twice.any():
        first = frame.filter(twice).row(0, named=True)
        raise InvalidFrame(
            f"The frame {name} has two rows for {', '.join(f'{k}={first[k]}' for k in key)}: "
            f"add them up first, one row per {' and '.join(key)}."
        )
