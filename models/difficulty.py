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
class Expected:
    """The share of right answers to expect of anybody, and what the student's answers differ.

    `surprise` is measured against the item, `residue` against the item after as many right and
    wrong answers on it: where a wrong answer is followed by the same item again, only the latter
    tells ability from habit.
    """

    overall: Floats
    concept: Floats
    thing: Floats
    surprise: Floats
    residue: Floats
    concept_counts: Counts
    thing_counts: Counts

    @staticmethod
    def of(past: Past, book: Book) -> Expected:
        """Items drawn towards their concept, concepts towards all."""
        everything = book.counts("all", np.zeros(len(past.concept), dtype=np.int64))
        overall = everything.rate(0.5, 2.0)
        concepts = book.counts("concept", past.concept)
        concept = concepts.rate(overall, CONCEPT_WEIGHT)
        things = book.counts("thing", past.thing)
        thing = things.rate(concept, ITEM_WEIGHT)
        tried = book.counts("thing_tried", answers_on_item(past)).rate(thing, KIND_WEIGHT)
        surprise, residue = (
            np.where(past.tries.scored, past.right - share, 0.0) for share in (thing, tried)
        )
        return Expected(overall, concept, thing, surprise, residue, concepts, things)


def difficulty(past: Past, expected: Expected, book: Book) -> dict[str, Floats]:
    """How often others were right on the thing, and others in the same situation."""
    columns = {
        "thing_logit": logit(expected.thing),
        "concept_logit": logit(expected.concept),
        "thing_known": np.log1p(expected.thing_counts.all),
        "concept_known": np.log1p(expected.concept_counts.all),
    }
    ability = past.of_student.total(expected.surprise) / (past.tried + ABILITY_WEIGHT)
    for name, key in situations(past, ability).items():
        counts = book.counts(name, key)
        prior = expected.thing if name.startswith("thing") else expected.concept
        columns[f"{name}_logit"] = logit(counts.rate(prior, KIND_WEIGHT)) - logit(prior)
        columns[f"{name}_known"] = np.log1p(counts.all)
    return columns
