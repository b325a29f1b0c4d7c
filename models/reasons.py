"""Why a student's risk is high, in sentences that an educator can check against the records.

A reason is a group of figures that say the same thing. It counts for a student when putting the
typical student's figures in its place would lower the risk: the model itself is asked, so that
the reasons are those of the number shown beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from models.classifier import Classifier

MOST_REASONS = 3
LEAST_PUSH = 0.1  # of the log odds: less than that moves no probability worth a sentence


@dataclass(frozen=True)
class Reason:
    """Figures that belong together, and the sentence that gives them; null says nothing."""

    figures: tuple[str, ...]
    sentence: pl.Expr


def _counted(figure: str, one: str, more: str) -> pl.Expr:
    number = pl.col(figure).cast(pl.Int64)
    return (
        pl.when(number == 1).then(pl.lit(f"1 {one}")).otherwise(pl.format(f"{{}} {more}", number))
    )


def _whole(figure: str, *, times: float = 1) -> pl.Expr:
    return (pl.col(figure) * times).round().cast(pl.Int64)


PRESENCE = Reason(
    ("active_days_7", "active_days_14", "active_days_14_before", "active_days_56", "events_14"),
    pl.format(
        "Was active on {} of the last 14 days, on {} of the 14 before.",
        "active_days_14",
        "active_days_14_before",
    ),
)
PAUSE = Reason(
    ("days_since_active", "usual_gap_days", "longest_gap_days"),
    pl.format(
        "Was last active {} ago{}.",
        _counted("days_since_active", "day", "days"),
        pl.when(pl.col("usual_gap_days").is_null())
        .then(pl.lit(", and only on that day"))
        .otherwise(
            pl.format(
                "; usually the next day of learning comes after {}",
                _counted("usual_gap_days", "day", "days"),
            )
        ),
    ),
)
EFFORT = Reason(
    ("seconds_per_day_14", "seconds_per_day_before"),
    pl.format(
        "Spent {} minutes on an active day of the last 14 days, {} before.",
        _whole("seconds_per_day_14", times=1 / 60),
        _whole("seconds_per_day_before", times=1 / 60),
    ),
)
SCORES = Reason(
    ("mean_score_14", "mean_score_before"),
    pl.format(
        "Mean score {} % in the last 14 days, {} % before.",
        _whole("mean_score_14", times=100),
        _whole("mean_score_before", times=100),
    ),
)
MASTERY = Reason(
    ("mastered_14", "mastered_14_before"),
    pl.format(
        "Mastered {} in the last 14 days, {} in the 14 before.",
        _counted("mastered_14", "concept", "concepts"),
        _whole("mastered_14_before"),
    ),
)
NEWNESS = Reason(
    ("known_days",), pl.format("First learned {} ago.", _counted("known_days", "day", "days"))
)
LEFT = Reason(
    ("concepts_left", "minutes_left", "done_ratio", "days_left", "days_until"),
    pl.format(
        "{} still to do in {}.",
        pl.concat_str(
            _counted("concepts_left", "concept", "concepts"),
            pl.format("{} minutes", _whole("minutes_left")),
            separator=" and ",
            ignore_nulls=True,
        ),
        _counted("days_left", "day", "days"),
    ),
)
RECORD = Reason(
    ("goals_met_4", "weeks_seen_4", "nearest_ratio"),
    pl.format(
        "Met the goal in {} of the last {}.",
        "goals_met_4",
        _counted("weeks_seen_4", "week", "weeks"),
    ),
)
PACE = Reason(
    ("concepts_per_week", "minutes_per_week", "concepts_target", "minutes_target"),
    pl.format(
        "Completed {} concepts and learned {} minutes in a usual week of the last four.",
        pl.col("concepts_per_week").round(1),
        _whole("minutes_per_week"),
    ),
)


def in_words(classifier: Classifier, rows: pl.DataFrame, reasons: list[Reason]) -> pl.Series:
    """For each row at most three sentences, the strongest first."""
    pushes = classifier.drivers(rows, [reason.figures for reason in reasons])
    sentences = rows.select(
        reason.sentence.alias(str(place)) for place, reason in enumerate(reasons)
    )
    order = np.argsort(-pushes, axis=1, kind="stable")
    words = [
        [line[place] for place in ranked if push[place] >= LEAST_PUSH and line[place] is not None][
            :MOST_REASONS
        ]
        for line, ranked, push in zip(sentences.iter_rows(), order, pushes, strict=True)
    ]
    return pl.Series("reasons", words, dtype=pl.List(pl.String))
