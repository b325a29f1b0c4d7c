"""How hard the asked thing is, by the answers of other students, and for a student like this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.encodings import logit
from models.situations import answers_on_item, situations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.encodings import Book, Counts
    from models.past import Past

    Floats = NDArray[np.float64]

CONCEPT_WEIGHT = 20.0
ITEM_WEIGHT = 6.0
KIND_WEIGHT = 12.0
ABILITY_WEIGHT = 6.0


@dataclass(frozen=True)
class Shares:
    """The share of right answers to expect of anybody, for each reader of a past."""

    concept: Floats
    thing: Floats
    concept_counts: Counts
    thing_counts: Counts

    @staticmethod
    def of(past: Past, book: Book) -> Shares:
        """Items drawn towards their concept, concepts towards all."""
        everything = book.counts("all", np.zeros(len(past.concept), dtype=np.int64))
        concepts = book.counts("concept", past.concept)
        concept = concepts.rate(everything.rate(0.5, 2.0), CONCEPT_WEIGHT)
        things = book.counts("thing", past.thing)
        return Shares(concept, things.rate(concept, ITEM_WEIGHT), concepts, things)


@dataclass(frozen=True)
class Expected:
    """What is to expect of anybody, and what every answer of the past differs from it.

    `surprise` is measured against the item, `residue` against the item after as many right and
    wrong answers on it: where a wrong answer is followed by the same item again, only the latter
    tells ability from habit.
    """

    shares: Shares
    surprise: Floats
    residue: Floats

    @staticmethod
    def of(past: Past, book: Book) -> Expected:
        """Shares for the readers; surprise and residue for every row, zero where it is no past."""
        told = past.of_evidence
        to_told = Shares.of(told, book)
        shares = to_told if told is past else Shares.of(past, book)
        tried = book.counts("thing_tried", answers_on_item(told)).rate(to_told.thing, KIND_WEIGHT)
        surprise, residue = (
            np.where(past.tries.scored, past.every_right - told.every(share), 0.0)
            for share in (to_told.thing, tried)
        )
        return Expected(shares, surprise, residue)


def difficulty(past: Past, expected: Expected, book: Book) -> dict[str, Floats]:
    """How often others were right on the thing, and others in the same situation."""
    shares = expected.shares
    columns = {
        "thing_logit": logit(shares.thing),
        "concept_logit": logit(shares.concept),
        "thing_known": np.log1p(shares.thing_counts.all),
        "concept_known": np.log1p(shares.concept_counts.all),
    }
    ability = past.of_student.total(expected.surprise) / (past.tried + ABILITY_WEIGHT)
    for name, key in situations(past, ability).items():
        counts = book.counts(name, key)
        prior = shares.thing if name.startswith("thing") else shares.concept
        columns[f"{name}_logit"] = logit(counts.rate(prior, KIND_WEIGHT)) - logit(prior)
        columns[f"{name}_known"] = np.log1p(counts.all)
    return columns
