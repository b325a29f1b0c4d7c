"""How the members of a mastery model are fitted, weighed against each other and calibrated."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import expit

from models.blending import Blend
from models.errors import NotEnoughExamples
from models.features import Features
from models.intervals import spreads
from models.members import NAMES, fitted, said
from models.threads import two_threads
from models.tries import SUFFICIENT_SCORE, in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.tries import Tries

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Matrix = NDArray[np.float32]

PARTS = 4
"""Students are split in so many parts to hear what members say about students they never saw."""

NO_PART = -1

MOST_TRIES = 1_000_000
"""A model learns no better from more, and would need more memory than a build has."""

MOST_PAIRS = 60_000
"""Pairs of tries from which the spread of students is measured."""

HIDDEN_SHARE = 0.15
"""Examples that are learned once more as if only the concept were known, as pages ask it."""

NEW_SHARE = 0.03
"""And as if nothing were known of the concept."""


@dataclass(frozen=True)
class Learned:
    """Fitted members, the blend of what they say, and the spread of students by evidence."""

    names: list[str]
    members: dict[str, Any]
    blend: Blend
    spread: Floats

    def log_odds(self, matrix: Matrix, named: Flags) -> Floats:
        """The calibrated blend, of questions that name an item and that do not."""
        return self.blend.log_odds(said(self.members, matrix), named)

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**kept, "blend": asdict(self.blend)}

    @staticmethod
    def from_state(state: dict[str, Any]) -> Learned:
        """What `to_state` wrote down."""
        return Learned(**{**state, "blend": Blend(**state["blend"])})


@dataclass(frozen=True)
class Examples:
    """Features with answers; `part` is the part of students a row belongs to."""

    names: list[str]
    matrix: Matrix
    right: Floats
    part: Ints
    evidence: Floats
    row: Ints
    named: Flags

    def only(self, chosen: NDArray[np.bool_]) -> Examples:
        """The chosen rows."""
        return Examples(
            self.names,
            self.matrix[chosen],
            self.right[chosen],
            self.part[chosen],
            self.evidence[chosen],
            self.row[chosen],
            self.named[chosen],
        )


def learn(scored: pl.DataFrame, seed: int) -> tuple[Features, Learned]:
    """Features and members, the latter fitted on all students after they were weighed."""
    scored = _at_most(scored, seed)
    copies = _hidden(scored, seed)
    following = _following(scored, seed)
    shown = pl.concat([scored, copies, following.drop("of")])
    tries = in_order(_asked_below(shown, scored.height))
    features, columns, fold = Features.learn(tries, seed)
    examples = _examples(tries, columns, fold, _answers(shown))
    if len(np.unique(examples.right)) == 1:
        raise NotEnoughExamples("All tries have the same result: there is nothing to learn.")
    taught = examples.row < scored.height + copies.height
    *parts, whole = _fitted(examples.only(taught), seed)
    unseen = _said_unseen(examples, parts)
    blend = Blend.of(unseen[taught], examples.right[taught], examples.named[taught])
    share = expit(blend.log_odds(unseen, examples.named))
    pairs = following["of"].to_numpy(), np.arange(len(following)) + taught.sum()
    spread = _spread(examples, share, *pairs)
    return features, Learned(examples.names, whole, blend, spread)


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


def _examples(tries: Tries, columns: dict[str, Floats], fold: Ints, answers: Floats) -> Examples:
    names = [name for name, column in columns.items() if not np.isnan(column).all()]
    matrix = np.column_stack([columns[name].astype(np.float32) for name in names])
    evidence = evidence_count(columns)
    known = tries.row, tries.item >= 0
    return Examples(names, matrix, answers[tries.row], fold % PARTS, evidence, *known)


def _fitted(examples: Examples, seed: int) -> list[dict[str, Any]]:
    """Members fitted without each part of the students, and last on all of them."""

    def without(part: int) -> dict[str, Any]:
        chosen = examples.part != part
        return fitted(examples.matrix[chosen], examples.right[chosen], seed)

    with two_threads() as threads:
        return list(threads.map(without, [*range(PARTS), NO_PART]))


def _said_unseen(examples: Examples, parts: list[dict[str, Any]]) -> Floats:
    """What each member says of every row, fitted without the row's part of the students."""
    unseen = np.empty((len(examples.right), len(NAMES)))

    def say(part: int) -> None:
        chosen = examples.part == part
        unseen[chosen] = said(parts[part], examples.matrix[chosen])

    with two_threads() as threads:
        list(threads.map(say, range(len(parts))))
    return unseen


def _spread(examples: Examples, share: Floats, first_row: Ints, second_row: Ints) -> Floats:
    """The spread of students, from pairs of tries that were predicted from the same past."""
    at = np.argsort(examples.row)
    facts = np.column_stack([examples.right - share, share * (1 - share)])
    first, second = at[first_row], at[second_row]
    return spreads(facts[first], facts[second], examples.evidence[first])


def evidence_count(columns: dict[str, Floats]) -> Floats:
    """Earlier tries of the student on the concept, from the features."""
    tries = np.expm1(columns["concept_wins"]) + np.expm1(columns["concept_losses"])
    return np.asarray(np.rint(tries))
