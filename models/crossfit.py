"""Members that learn without a part of the students each, and what they say of that part.

What a model says of students it has learned from is too sure; blends, calibration and intervals
need to hear what it says of others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.preprocessing import StandardScaler

from models.members import NAMES, Members, boosting, linear, nets, standardised
from models.threads import two_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Matrix = NDArray[np.float32]

PARTS = 3
"""Students are split in so many parts. Two lose up to 0.0005 of AUC, four win at most 0.0003 and
take two fifths longer."""

NO_PART = -1


def crossfitted(
    matrix: Matrix, right: Floats, taught: Flags, part: Ints, *, quick: bool, seed: int
) -> tuple[Members, Floats]:
    """Members to ask, and what each says of every row, fitted without the row's part of students.

    They learn from the rows that are `taught`. Nobody is fitted once more on all students: the
    mean of those that learned without a part says as much, or more. But three forests take three
    times as long to ask, and trees are the dearest part of an answer: `quick` members have one
    forest instead, which learns from all.
    """
    scaler = StandardScaler().fit(matrix[taught])
    even = standardised(scaler, matrix)

    def smooth(left_out: int) -> tuple[list[LogisticRegression], list[MLPClassifier]]:
        chosen = taught & (part != left_out)
        rows, answers = even[chosen], right[chosen]
        return [linear(rows, answers)], nets(rows, answers, seed)

    def forest(left_out: int) -> list[HistGradientBoostingClassifier]:
        chosen = taught & (part != left_out)
        return [boosting(matrix[chosen], right[chosen], seed)]

    with two_threads() as threads:
        # By turns: all nets first take a fifth longer on ednet (and a tenth less on memphis).
        of_all = threads.submit(forest, NO_PART) if quick else None
        fits = [
            (threads.submit(smooth, each), threads.submit(forest, each)) for each in range(PARTS)
        ]
        parts = [Members(scaler, *fit.result(), grown.result()) for fit, grown in fits]
        unseen = np.empty((len(matrix), len(NAMES)))

        def say(left_out: int) -> None:
            unseen[part == left_out] = parts[left_out].said(matrix[part == left_out])

        list(threads.map(say, range(PARTS)))
    together = Members.together(parts)
    return replace(together, boosting=of_all.result()) if of_all else together, unseen
