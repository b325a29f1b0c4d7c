"""What answers on other things say of the asked one: items of a page, of a set, of one idea.

Of the student's last tries each says something: others who answered that thing so, and the asked
one within as many tries, were right on it more often than others, or less. A matrix holds the
difference in log-odds for each pair that somebody met; while learning it is made without the fold
of the student who is asked about, as all that is counted over others (`encodings.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix

from models.encodings import FOLDS, logit
from models.past import answers_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.past import Past

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]
    Told = NDArray[np.float32]

NEAR = (3, 8, 32)
"""So many of the last tries are summed. Sixteen do as well on most files; where there are many
items and few others answered each, AUC rose by 0.003 from 16 to 32 and by 0.007 from there to 60,
at as much more time and memory."""

REACH = NEAR[-1]
PAIR_WEIGHT, THING_WEIGHT = 8.0, 6.0

FEWEST_STUDENTS = 3
"""Others who met a pair before it is heard. Where people sign up twice, one other student is often
the asked one himself; and nine of ten pairs, each of which says little, need not be kept."""

MOST_PAIRS = 20_000_000
"""Learned from; more would need more memory than a build has, and tell no more."""


class Neighbours:
    """The shifts of all pairs: a row for each thing, a column for each answer before it."""

    def __init__(self, shift: csr_matrix) -> None:
        """A matrix that was learned."""
        self._shift = shift

    def shifts(self, past: Past, earlier: Codes) -> Told:
        """What each of the earlier answers says of the row's thing; 0 where nothing is known."""
        return _read(self._shift, past.thing, earlier)

    def to_state(self) -> dict[str, Any]:
        """Plain arrays, from which `from_state` makes the same matrix."""
        kept = self._shift
        parts = {"data": kept.data, "indices": kept.indices, "indptr": kept.indptr}
        return {**parts, "shape": list(kept.shape)}

    @staticmethod
    def from_state(state: dict[str, Any]) -> Neighbours:
        """The neighbours that `to_state` wrote down."""
        parts = state["data"], state["indices"], state["indptr"]
        return Neighbours(csr_matrix(parts, shape=tuple(state["shape"])))


class LearningNeighbours(Neighbours):
    """Neighbours that are learned when they are first asked; a row's own fold is left out."""

    def __init__(self, fold: Ints) -> None:
        """The fold of each row's student; nothing is known yet."""
        super().__init__(csr_matrix((0, 0)))
        self._fold = fold

    def shifts(self, past: Past, earlier: Codes) -> Told:
        """Learn the matrix, and answer each row without its own fold."""
        counted = _Pairs(past, earlier, self._fold)
        self._shift = counted.shift(without=None)
        said = np.zeros(earlier.shape, dtype=np.float32)
        for fold in range(FOLDS):
            rows = np.flatnonzero(self._fold == fold)
            others = counted.shift(without=fold)
            said[:, rows] = _read(others, past.thing[rows], earlier[:, rows])
        return said


class _Pairs:
    """Right answers and answers of things, and of things after an answer, by fold."""

    def __init__(self, past: Past, earlier: Codes, fold: Ints) -> None:
        self.things = past.vocabulary.things
        self.width = 2 * self.things + 1
        evidence = np.flatnonzero(past.tries.scored & (past.thing >= 0))
        evidence = evidence[: MOST_PAIRS // len(earlier)]
        row = np.tile(evidence, len(earlier))
        answer = earlier[:, evidence].ravel()
        row, answer = row[answer > 0], answer[answer > 0]
        keys, pair = np.unique(past.thing[row] * self.width + answer, return_inverse=True)
        met, fold_met = _met(pair, row, past.tries.student, fold)
        # What too few met is never heard, whichever fold is left out: nine of ten pairs.
        heard = np.bincount(met, minlength=len(keys)) >= FEWEST_STUDENTS
        place = np.cumsum(heard) - 1
        kept, kept_met = heard[pair], heard[met]
        self.keys, self.pair, self.row = keys[heard], place[pair[kept]], row[kept]
        self.met, self.met_fold = place[met[kept_met]], fold_met[kept_met]
        self.thing, self.evidence = past.thing[evidence], evidence
        self.right, self.fold = past.every_right, fold

    def shift(self, without: int | None) -> csr_matrix:
        """Log-odds of each pair against those of its thing, towards which they are drawn."""
        of_thing = self._counts(self.thing, self.evidence, self.things, without)
        of_pair = self._counts(self.pair, self.row, len(self.keys), without)
        overall = (of_thing[0].sum() + 1) / (of_thing[1].sum() + 2)
        usual = (of_thing[0] + THING_WEIGHT * overall) / (of_thing[1] + THING_WEIGHT)
        met = self.met if without is None else self.met[self.met_fold != without]
        met_by = np.bincount(met, minlength=len(self.keys))
        kept = np.flatnonzero(met_by >= FEWEST_STUDENTS)
        keys = self.keys[kept]
        prior = usual[keys // self.width]
        share = (of_pair[0][kept] + PAIR_WEIGHT * prior) / (of_pair[1][kept] + PAIR_WEIGHT)
        data = (logit(share) - logit(prior)).astype(np.float32)
        ends = np.searchsorted(keys, np.arange(self.things + 1) * self.width)
        return csr_matrix((data, keys % self.width, ends), shape=(self.things, self.width))

    def _counts(
        self, code: Ints, row: Ints, size: int, without: int | None
    ) -> tuple[Floats, Floats]:
        if without is not None:
            kept = self.fold[row] != without
            code, row = code[kept], row[kept]
        right = np.bincount(code, self.right[row], minlength=size).astype(np.float64)
        return right, np.bincount(code, minlength=size).astype(np.float64)


def _met(pair: Ints, row: Ints, student: Ints, fold: Ints) -> tuple[Ints, Ints]:
    """A pair and a fold for each student who met the pair, however often."""
    students = int(student.max(initial=0)) + 1
    fold_of = np.zeros(students, dtype=np.int64)
    fold_of[student] = fold
    met = np.unique(pair * students + student[row])
    return met // students, fold_of[met % students]


def _read(shift: csr_matrix, thing: Ints, earlier: Codes) -> Told:
    known = (thing >= 0) & (earlier > 0)
    said = np.zeros(earlier.shape, dtype=np.float32)
    pair = np.broadcast_to(thing, earlier.shape)[known], earlier[known]
    said[known] = np.asarray(shift[pair]).ravel()
    return said


def neighbours(past: Past, known: Neighbours) -> dict[str, Floats]:
    """The sums of what the last answers say, and the most extreme of them."""
    shifts = known.shifts(past, answers_before(past, REACH))
    return {
        **{f"neighbours_{near}": shifts[:near].sum(axis=0, dtype=np.float64) for near in NEAR},
        "neighbours_best": np.max(shifts, axis=0),
        "neighbours_worst": np.min(shifts, axis=0),
    }
