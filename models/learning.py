"""What a mastery model learns from: tries, copies of them as pages ask, and pairs for its doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import expit

from models.crossfit import PARTS
from models.errors import NotEnoughExamples
from models.features import Features
from models.intervals import spreads
from models.kinds import CONCEPT, KNOWN, STRANGE, Examples, Kind, learned
from models.tries import SUFFICIENT_SCORE, in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_TRIES = 1_000_000
"""A model learns no better from more, and would need more memory than a build has."""

MOST_PAIRS = 60_000
"""Pairs of tries from which the spread of students is measured."""

HIDDEN_SHARE = 0.4
"""Examples that are learned once more as if only the concept were known, as pages ask it."""

NEW_SHARE = 0.03
"""And as if nothing were known of the concept."""


@dataclass(frozen=True)
class Learned:
    """What answers each kind of question, and the spread of students."""

    kinds: list[Kind]
    spread: Floats

    def log_odds(self, columns: dict[str, Floats], asks: Ints) -> Floats:
        """The calibrated log-odds of each row; `asks` tells what it is on."""
        answer = np.empty(len(asks))
        for number, kind in enumerate(self.kinds):
            rows = np.flatnonzero(asks == number)
            answer[rows] = kind.log_odds(columns, rows)
        return answer

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        return {"kinds": [kind.to_state() for kind in self.kinds], "spread": self.spread}

    @staticmethod
    def from_state(state: dict[str, Any]) -> Learned:
        """What `to_state` wrote down."""
        return Learned([Kind.from_state(kind) for kind in state["kinds"]], state["spread"])


def learn(scored: pl.DataFrame, seed: int) -> tuple[Features, Learned]:
    """Features and what answers each kind of question, with the doubt that is due."""
    scored = _at_most(scored, seed)
    copies = _hidden(scored, seed)
    following = _following(scored, seed)
    shown = pl.concat([scored, copies, following.drop("of")])
    tries = in_order(_asked_below(shown, scored.height))
    features, columns, fold = Features.learn(tries, seed)
    right = _answers(shown)[tries.row]
    taught = tries.row < scored.height + copies.height
    if len(np.unique(right[taught])) == 1:
        raise NotEnoughExamples("All tries have the same result: there is nothing to learn.")
    asks = asked_of(tries.item, columns)
    kinds, unseen = learned(Examples(columns, right, fold % PARTS, asks, taught), seed)
    share = expit(unseen)
    facts = np.column_stack([right - share, share * (1 - share)])
    at = np.argsort(tries.row)
    first = at[following["of"].to_numpy()]
    second = at[scored.height + copies.height :]
    spread = spreads(facts[first], facts[second], evidence_count(columns)[first])
    return features, Learned(kinds, spread)


def _following(scored: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The next try on the same concept, asked at the moment of the row `of`: some of all."""
    ordered = scored.with_row_index("of").sort("student_id", "place", maintain_order=True)
    later = pl.col("item_id", "score").shift(-1).over("student_id", "concept_id")
    pairs = ordered.with_columns(later).filter(pl.col("score").is_not_null())
    drawn = pairs.sample(n=min(pairs.height, MOST_PAIRS), seed=seed)
    return drawn.select(*scored.columns, pl.col("of").cast(pl.Int64))


def _at_most(scored: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The tries of as many students, drawn by lot, as `MOST_TRIES` allows."""
    if scored.height <= MOST_TRIES:
        return scored
    lengths = scored.group_by("student_id").len().sort("student_id")
    drawn = lengths.sample(fraction=1.0, shuffle=True, seed=seed)
    kept = drawn.filter(pl.col("len").cum_sum() <= MOST_TRIES)
    return scored.join(kept, on="student_id", how="semi")


def _hidden(scored: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Copies of some tries that say only the concept, and of a few that say a new concept."""
    nameless = scored.with_columns(item_id=pl.lit(None, pl.String))
    with_item = nameless.filter(scored["item_id"].is_not_null())
    return pl.concat(
        [
            with_item.sample(fraction=HIDDEN_SHARE, seed=seed),
            nameless.sample(fraction=NEW_SHARE, seed=seed).with_columns(concept_id=pl.lit("")),
        ]
    )


def _answers(shown: pl.DataFrame) -> Floats:
    return np.asarray(shown.select(pl.col("score") >= SUFFICIENT_SCORE).to_series(), dtype=float)


def _asked_below(shown: pl.DataFrame, height: int) -> pl.DataFrame:
    """From row `height` on, tries become questions: asked, no evidence."""
    asked = pl.when(pl.int_range(pl.len()) < height).then("score")
    return shown.with_columns(score=asked)


def asked_of(item: Ints, columns: dict[str, Floats]) -> Ints:
    """What each row is on: `CONCEPT`, `STRANGE` or `KNOWN`."""
    return np.where(item < 0, CONCEPT, np.where(columns["thing_known"] > 0, KNOWN, STRANGE))


def evidence_count(columns: dict[str, Floats]) -> Floats:
    """Earlier tries of the student on the concept, from the features."""
    tries = np.expm1(columns["concept_wins"]) + np.expm1(columns["concept_losses"])
    return np.asarray(np.rint(tries))
