"""How hard the asked thing is, by the answers of other students, and for a student like this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.past import Past, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.encodings import Book, Counts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CONCEPT_WEIGHT = 20.0
ITEM_WEIGHT = 6.0
KIND_WEIGHT = 12.0
ABILITY_WEIGHT = 6.0
ABILITY_STEPS = np.array([-0.2, -0.1, -0.03, 0.03, 0.1, 0.2])
NO_ANSWER, WRONG, RIGHT = 0, 1, 2


def logit(share: Floats) -> Floats:
    """The log-odds of a share, kept finite."""
    kept = np.clip(share, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(kept / (1 - kept)))


@dataclass(frozen=True)
class Expected:
    """The share of right answers to expect of anybody, and what the student's answers differ."""

    overall: Floats
    concept: Floats
    thing: Floats
    surprise: Floats
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
        surprise = np.where(past.tries.scored, past.right - thing, 0.0)
        return Expected(overall, concept, thing, surprise, concepts, things)


def difficulty(past: Past, expected: Expected, book: Book) -> dict[str, Floats]:
    """How often others were right on the thing, and others in the same situation."""
    columns = {
        "thing_logit": logit(expected.thing),
        "concept_logit": logit(expected.concept),
        "thing_known": np.log1p(expected.thing_counts.all),
        "concept_known": np.log1p(expected.concept_counts.all),
    }
    for name, (key, prior) in _kinds(past, expected).items():
        counts = book.counts(name, key)
        columns[f"{name}_logit"] = logit(counts.rate(prior, KIND_WEIGHT)) - logit(prior)
        columns[f"{name}_known"] = np.log1p(counts.all)
    return columns


def _kinds(past: Past, expected: Expected) -> dict[str, tuple[Ints, Floats]]:
    """The situations that are counted, each with the share it is drawn towards."""
    concepts = len(past.vocabulary.concepts)
    things = concepts + len(past.vocabulary.items)
    before = _before(past)
    ability = _ability(past, expected)
    again = _last(past.of_item.recent(past.right)) * 4 + _capped(past.of_item.count(), 3)
    wins = _capped(past.of_concept.total(past.right), 5)
    losses = _capped(past.of_concept.count() - past.of_concept.total(past.right), 5)
    concept, thing = (past.concept, concepts), (past.thing, things)
    return {
        "thing_again": (packed(thing, (again, 12)), expected.thing),
        "thing_ability": (packed(thing, (ability, 7)), expected.thing),
        "concept_ability": (packed(concept, (ability, 7)), expected.concept),
        "concept_curve": (packed(concept, (wins, 6), (losses, 6)), expected.concept),
        "concept_recent": (packed(concept, (_recent(past), 27)), expected.concept),
        "thing_after": (packed(thing, (before, 2 * things + 1)), expected.thing),
    }


def _capped(count: Floats, most: int) -> Ints:
    return np.minimum(count, most).astype(np.int64)


def _last(answer: Floats) -> Ints:
    """0 for no answer, 1 for a wrong one, 2 for a right one."""
    return np.where(np.isnan(answer), NO_ANSWER, np.where(answer > 0, RIGHT, WRONG))


def _recent(past: Past) -> Ints:
    """The last three answers on the concept."""
    last = [_last(past.of_concept.recent(past.right, back)) for back in range(3)]
    return last[0] * 9 + last[1] * 3 + last[2]


def _before(past: Past) -> Ints:
    """The thing that the student answered before, and how; 0 for an unknown one."""
    thing = past.of_student.recent(past.thing.astype(float))
    answer = past.of_student.recent(past.right)
    return np.where(thing >= 0, np.nan_to_num(2 * thing + answer + 1), 0).astype(np.int64)


def _ability(past: Past, expected: Expected) -> Ints:
    total = past.of_student.total(expected.surprise)
    return np.searchsorted(ABILITY_STEPS, total / (past.tried + ABILITY_WEIGHT)).astype(np.int64)
