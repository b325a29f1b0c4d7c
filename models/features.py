"""The one definition of the features of the next try, for learning and for scoring alike.

A row's features are made of evidence from earlier questions of its student, and of what the book
has counted over other students. Scoring is: append rows without a score, run the same function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.difficulty import Expected, difficulty
from models.encodings import FOLDS, Book, LearningBook
from models.history import history
from models.moments import moments
from models.neighbours import LearningNeighbours, Neighbours, neighbours
from models.past import Past, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.tries import Tries

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Features:
    """Columns of numbers for tries; learned from tries, since difficulty is."""

    def __init__(self, vocabulary: Vocabulary, book: Book, known: Neighbours) -> None:
        """A vocabulary, and a book and neighbours that belong to it."""
        self.vocabulary = vocabulary
        self.book = book
        self.neighbours = known

    @staticmethod
    def learn(tries: Tries, seed: int) -> tuple[Features, dict[str, Floats], Ints]:
        """What to score with, the features to learn from, and the fold of each row's student."""
        fold = student_folds(tries, seed)
        book, known = LearningBook(tries.right, fold), LearningNeighbours(fold)
        learning = Features(Vocabulary.of(tries), book, known)
        columns = learning.of(tries)
        return Features.from_state(learning.to_state()), columns, fold

    def of(self, tries: Tries, rows: Ints | None = None) -> dict[str, Floats]:
        """The features of the rows that are named, or of every row, scored or asked."""
        past = Past(tries, self.vocabulary, rows)
        expected = Expected.of(past, self.book)
        return {
            **history(past, expected),
            **difficulty(past, expected, self.book),
            **neighbours(past, self.neighbours),
            **moments(past),
        }

    def to_state(self) -> dict[str, Any]:
        """Plain values and arrays, from which `from_state` makes the same features."""
        words = {"concepts": self.vocabulary.concepts, "items": self.vocabulary.items}
        return {
            "vocabulary": words,
            "book": self.book.pages,
            "neighbours": self.neighbours.to_state(),
        }

    @staticmethod
    def from_state(state: dict[str, Any]) -> Features:
        """The features that `to_state` wrote down."""
        known = Neighbours.from_state(state["neighbours"])
        return Features(Vocabulary(**state["vocabulary"]), Book(state["book"]), known)


def student_folds(tries: Tries, seed: int) -> Ints:
    """A fold for each student, the same for all rows of a student."""
    students = len(tries.student_ids)
    folds = np.random.default_rng(seed).permutation(students) % FOLDS
    return np.asarray(folds[tries.student])
