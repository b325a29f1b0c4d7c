"""What every family of features reads: a row's student, concept and item, and their past."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.timeline import Timeline

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from models.tries import Tries

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The concepts and items that a model has learned about, in alphabetical order."""

    concepts: NDArray[np.str_]
    items: NDArray[np.str_]

    @property
    def things(self) -> int:
        """How many things can be asked: an item, or a concept without one."""
        return len(self.concepts) + len(self.items)

    @staticmethod
    def of(tries: Tries) -> Vocabulary:
        """Every concept and item that was answered."""
        concepts = tries.concept_ids.gather(np.unique(tries.concept[tries.scored]))
        items = np.unique(tries.item[tries.scored & (tries.item >= 0)])
        return Vocabulary(_sorted(concepts), _sorted(tries.item_ids.gather(items)))


def _sorted(names: pl.Series) -> NDArray[np.str_]:
    return np.sort(np.asarray(names.to_list(), dtype=np.str_))


def _places(names: pl.Series, known: NDArray[np.str_]) -> Ints:
    """Where each name stands among the known ones; -1 where it is new."""
    asked = np.asarray(names.to_list(), dtype=np.str_)
    if not len(known):
        return np.full(len(asked), -1)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[at] == asked, at, -1)


class Past:
    """The tries with their groups told apart, and the codes that the books are kept under."""

    def __init__(self, tries: Tries, vocabulary: Vocabulary) -> None:
        """Groups are of this frame; `concept`, `item` and `thing` are codes of the vocabulary."""
        self.tries = tries
        self.vocabulary = vocabulary
        self.right = np.nan_to_num(tries.right)
        self.concept = np.r_[_places(tries.concept_ids, vocabulary.concepts), -1][tries.concept]
        self.item = np.r_[_places(tries.item_ids, vocabulary.items), -1][tries.item]
        self.thing = np.where(
            self.item >= 0,
            self.item,
            np.where(self.concept >= 0, self.concept + len(vocabulary.items), -1),
        )

    def _line(self, group: Ints) -> Timeline:
        return Timeline(group, self.tries.question, self.tries.scored)

    @cached_property
    def of_student(self) -> Timeline:
        """All that the student did."""
        return self._line(self.tries.student)

    @cached_property
    def of_concept(self) -> Timeline:
        """What the student did on the row's concept."""
        return self._line(self.tries.student * len(self.tries.concept_ids) + self.tries.concept)

    @cached_property
    def of_item(self) -> Timeline:
        """What the student did on the row's item."""
        tries = self.tries
        group = tries.student * max(1, len(tries.item_ids)) + tries.item
        return self._line(np.where(tries.item >= 0, group, -1))

    @cached_property
    def tried(self) -> Floats:
        """How many tries of the student are past."""
        return self.of_student.count()


def packed(*parts: tuple[Ints, int]) -> Ints:
    """One key of several codes, each with the number of its values; -1 where a code is below 0."""
    key = np.zeros(len(parts[0][0]), dtype=np.int64)
    known = np.ones(len(key), dtype=bool)
    for code, size in parts:
        key = key * size + code
        known &= code >= 0
    return np.where(known, key, -1)


def before(past: Past, back: int = 0) -> Ints:
    """Which thing the student answered `back` tries before the last, and how; 0 for none."""
    thing = past.of_student.recent(past.thing.astype(float), back)
    answer = past.of_student.recent(past.right, back)
    return np.where(thing >= 0, np.nan_to_num(2 * thing + answer + 1), 0).astype(np.int64)
