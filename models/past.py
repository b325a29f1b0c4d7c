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

    def __init__(self, tries: Tries, vocabulary: Vocabulary, readers: Ints | None = None) -> None:
        """Groups are of this frame; concepts, items and things are codes of the vocabulary.

        `readers` are the rows whose past is read, all if none are named. What is called
        `every_…` has a value for every row, to be a past; all else has one for every reader.
        """
        self.tries = tries
        self.vocabulary = vocabulary
        self.readers = np.arange(len(tries)) if readers is None else readers
        self.every_right = np.nan_to_num(tries.right)
        concept = np.r_[_places(tries.concept_ids, vocabulary.concepts), -1][tries.concept]
        item = np.r_[_places(tries.item_ids, vocabulary.items), -1][tries.item]
        of_concept = np.where(concept >= 0, concept + len(vocabulary.items), -1)
        self.every_concept, self.every_thing = concept, np.where(item >= 0, item, of_concept)
        self.concept, self.thing = concept[self.readers], self.every_thing[self.readers]
        self.started = tries.started[self.readers]

    @cached_property
    def of_evidence(self) -> Past:
        """The same, read at the evidence (and no other row, unless all rows are read anyway)."""
        if len(self.readers) == len(self.tries):
            return self
        return Past(self.tries, self.vocabulary, np.flatnonzero(self.tries.scored))

    def every(self, values: Floats) -> Floats:
        """A value for every row from those for the readers; zero for who is none."""
        spread = np.zeros(len(self.tries))
        spread[self.readers] = values
        return spread

    def _line(self, group: Ints) -> Timeline:
        return Timeline(group, self.tries.question, self.tries.scored, self.readers)

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

    @cached_property
    def every_tried(self) -> Floats:
        """The same for all evidence."""
        return self.of_evidence.every(self.of_evidence.tried)


def packed(*parts: tuple[Ints, int]) -> Ints:
    """One key of several codes, each with the number of its values; -1 where a code is below 0."""
    key = np.zeros(len(parts[0][0]), dtype=np.int64)
    known = np.ones(len(key), dtype=bool)
    for code, size in parts:
        key = key * size + code
        known &= code >= 0
    return np.where(known, key, -1)


def answers_before(past: Past, reach: int = 1) -> NDArray[np.int32]:
    """Which things the student answered last, and how; the latest first, 0 for none.

    A line for each of the last `reach` tries, a column for each reader.
    """
    thing, right = past.every_thing, past.every_right.astype(np.int64)
    return past.of_student.last_few(np.where(thing >= 0, 2 * thing + right + 1, 0), reach, 0)
