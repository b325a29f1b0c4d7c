"""How the members of a mastery model are fitted, weighed against each other and calibrated."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from models.errors import NotEnoughData
from models.features import Features
from models.intervals import spreads
from models.members import fitted, log_odds, two_threads
from models.tries import SUFFICIENT_SCORE, in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.tries import Tries

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Matrix = NDArray[np.float32]

PARTS = 4
"""Students are split in so many parts to hear what members say about students they never saw."""

NO_PART = -1

MOST_TRIES = 1_000_000
"""A model learns no better from more, and would need more memory than a build has."""

HIDDEN_SHARE = 0.15
"""Examples that are learned once more as if only the concept were known, as pages ask it."""

NEW_SHARE = 0.03
"""And as if nothing were known of the concept."""


@dataclass(frozen=True)
class Learned:
    """Fitted members by name, their weights, and the spread of students by evidence."""

    names: list[str]
    members: dict[str, Any]
    weights: dict[str, float]
    offset: float
    spread: Floats

    def log_odds(self, matrix: Matrix) -> Floats:
        """The calibrated blend."""
        said = np.full(len(matrix), self.offset)
        for name, member in self.members.items():
            said += self.weights[name] * log_odds(member, matrix)
        return said

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Examples:
    """Features with answers; `part` is the part of students a row belongs to."""

    names: list[str]
    matrix: Matrix
    right: Floats
    part: Ints
    evidence: Floats
    row: Ints


def learn(scored: pl.DataFrame, seed: int) -> tuple[Features, Learned]:
    """Features and members, the latter fitted on all students after they were weighed."""
    scored = _at_most(scored, seed)
    shown = pl.concat([scored, _hidden(scored, seed)])
    answers = _answers(shown)
    tries = in_order(_asked_below(shown, scored.height))
    features, columns, fold = Features.learn(tries, seed)
    examples = _examples(tries, columns, fold, answers)
    if len(np.unique(examples.right)) == 1:
        raise NotEnoughData("All tries have the same result: there is nothing to learn.")
    *parts, whole = _fitted(examples, seed)
    weights, offset = _weighed(examples, parts)
    learned = Learned(examples.names, whole, weights, offset, np.empty(0))
    return features, replace(learned, spread=_spread(scored, seed, learned, parts))


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
    return Examples(names, matrix, answers[tries.row], fold % PARTS, evidence, tries.row)


def _fitted(examples: Examples, seed: int) -> list[dict[str, Any]]:
    """Members fitted without each part of the students, and last on all of them."""

    def without(part: int) -> dict[str, Any]:
        chosen = examples.part != part
        return fitted(examples.matrix[chosen], examples.right[chosen], seed)

    with two_threads() as threads:
        return list(threads.map(without, [*range(PARTS), NO_PART]))


def _said_unseen(examples: Examples, parts: list[dict[str, Any]]) -> dict[str, Floats]:
    """What each member says of every row, fitted without the row's part of the students."""
    said = {name: np.empty(len(examples.right)) for name in parts[0]}

    def say(part: int) -> None:
        chosen = examples.part == part
        for name, member in parts[part].items():
            said[name][chosen] = log_odds(member, examples.matrix[chosen])

    with two_threads() as threads:
        list(threads.map(say, range(len(parts))))
    return said


def _weighed(examples: Examples, parts: list[dict[str, Any]]) -> tuple[dict[str, float], float]:
    """Weights and offset with which members' log-odds fit students that they never saw."""
    said = _said_unseen(examples, parts)
    weigher = LogisticRegression(C=1.0).fit(np.column_stack(list(said.values())), examples.right)
    return dict(zip(said, weigher.coef_[0].tolist(), strict=True)), float(weigher.intercept_[0])


def _spread(
    scored: pl.DataFrame, seed: int, learned: Learned, parts: list[dict[str, Any]]
) -> Floats:
    """The spread of students, from tries in a row on one concept as if asked at one moment."""
    paired = _paired(scored)
    tries = in_order(paired)
    _, columns, fold = Features.learn(tries, seed)
    matrix = np.column_stack([columns[name].astype(np.float32) for name in learned.names])
    examples = Examples(
        learned.names, matrix, tries.right, fold % PARTS, evidence_count(columns), tries.row
    )
    said = _said_unseen(examples, parts)
    blend = learned.offset + sum(learned.weights[name] * said[name] for name in said)
    share = expit(blend)
    facts = np.column_stack([examples.right - share, share * (1 - share)])
    same = (tries.question[1:] == tries.question[:-1]) & (tries.concept[1:] == tries.concept[:-1])
    first = np.flatnonzero(same)
    return spreads(facts[first], facts[first + 1], examples.evidence[first])


def _paired(scored: pl.DataFrame) -> pl.DataFrame:
    """Neighbours of one student on one concept share their place, two by two."""
    ordered = scored.sort("student_id", "place", maintain_order=True)
    run = pl.struct("student_id", "concept_id").rle_id()
    pair = pl.int_range(pl.len()).over("run") // 2
    return (
        ordered.with_columns(run=run)
        .with_columns(pair=pair)
        .select(
            pl.exclude("run", "pair", "place"), place=pl.col("place").first().over("run", "pair")
        )
    )


def evidence_count(columns: dict[str, Floats]) -> Floats:
    """Earlier tries of the student on the concept, from the features."""
    tries = np.expm1(columns["concept_wins"]) + np.expm1(columns["concept_losses"])
    return np.asarray(np.rint(tries))
