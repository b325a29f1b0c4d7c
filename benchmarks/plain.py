"""The best of plain models: counts of answers, recency and difficulty, blended of two estimators.

It reads what everybody would: how often the student, on the concept and on the item, was right and
wrong, when last, and how hard others found concept and item (counted without the student's own
fold of twenty). What is past it is told by the timelines of our models: rivals that are told more
(an answer of the same moment) would look better than they are.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from models.difficulty import Shares
from models.encodings import FOLDS, Book, LearningBook, logit
from models.features import student_folds
from models.past import Past, Vocabulary
from models.threads import one_thread
from models.tries import in_order

SEED = 0
HEARD = FOLDS // 5
"""Folds of students whose answers weigh the two estimators, before both learn from all."""


class Plain:
    """Logistic regression with Best-LR's counts and recency, boosted trees, and their blend."""

    def fit(self, tries: pl.DataFrame) -> Plain:
        """Both on four fifths of the students, their weights on the rest, then both on all."""
        known = in_order(tries)
        fold = student_folds(known, SEED)
        self.vocabulary, book = Vocabulary.of(known), LearningBook(known.right, fold)
        past = Past(known, self.vocabulary)
        numbers, ids, right = _numbers(past, book), _ids(past), known.right
        self.book, self.encoder = Book(book.pages), OneHotEncoder(handle_unknown="ignore").fit(ids)
        codes = self.encoder.transform(ids)
        lesson = fold >= HEARD
        with one_thread():
            self._learn(numbers[lesson], codes[lesson], right[lesson])
            said = self._said(numbers[~lesson], codes[~lesson])
            self.blend = LogisticRegression().fit(said, right[~lesson])
            self._learn(numbers, codes, right)
        return self

    def predict(self, tries: pl.DataFrame) -> np.ndarray:
        """A probability for each row, as of its own time."""
        asked = tries.with_columns(score=pl.lit(None, pl.Float64))
        known = in_order(pl.concat([tries, asked]))
        rows = np.flatnonzero(~known.scored)
        past = Past(known, self.vocabulary, rows)
        with one_thread():
            said = self._said(_numbers(past, self.book), self.encoder.transform(_ids(past)))
        answer = np.empty(tries.height)
        answer[known.row[rows] - tries.height] = self.blend.predict_proba(said)[:, 1]
        return answer

    def _learn(self, numbers: np.ndarray, codes: csr_matrix, right: np.ndarray) -> None:
        self.scaler = StandardScaler().fit(numbers)
        linear = LogisticRegression(max_iter=1000)
        self.linear = linear.fit(self._even(numbers, codes), right)
        trees = HistGradientBoostingClassifier(
            max_iter=200, min_samples_leaf=40, early_stopping=False, random_state=SEED
        )
        self.trees = trees.fit(numbers, right)

    def _even(self, numbers: np.ndarray, codes: csr_matrix) -> csr_matrix:
        return hstack([codes, csr_matrix(self.scaler.transform(numbers))]).tocsr()

    def _said(self, numbers: np.ndarray, codes: csr_matrix) -> np.ndarray:
        linear = self.linear.decision_function(self._even(numbers, codes))
        return np.column_stack([linear, self.trees.decision_function(numbers)])


def _numbers(past: Past, book: Book) -> np.ndarray:
    """Counts and times since as logs, the last two answers, and how hard thing and concept are."""
    shares = Shares.of(past, book)
    columns = [logit(shares.thing), logit(shares.concept), np.log1p(shares.thing_counts.all)]
    for line in (past.of_student, past.of_concept, past.of_item):
        wins = line.total(past.every_right)
        since = past.started - line.recent(past.tries.started)
        tries_since = past.tried - line.recent(past.every_tried, default=-1.0)
        columns += [np.log1p(wins), np.log1p(line.count() - wins), np.log1p(tries_since)]
        columns += [np.nan_to_num(np.log1p(np.maximum(since, 0)), nan=-1.0)]
        columns += [line.recent(past.every_right, back, default=0.5) for back in (0, 1)]
    return np.column_stack(columns)


def _ids(past: Past) -> np.ndarray:
    """Concept and thing of each row, as the vocabulary numbers them."""
    return np.column_stack([past.concept, past.thing])
