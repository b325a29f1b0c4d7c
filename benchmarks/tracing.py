"""Bayesian knowledge tracing, fitted here: pyBKT 1.4.3 fails beside numpy 2.4.

Per concept four shares: known before, learned per try, guessed, slipped. Expectation maximisation
runs over all concepts at once, one step of time after another.
"""

from __future__ import annotations

import numpy as np
import polars as pl

ROUNDS = 25
START = {"known": 0.4, "learn": 0.1, "guess": 0.25, "slip": 0.1}
MOST = {"known": 0.99, "learn": 0.6, "guess": 0.5, "slip": 0.5}
LONGEST = 200


class Tracing:
    """Fit on tries; `predict` answers for every row from the rows before it."""

    def fit(self, tries: pl.DataFrame) -> Tracing:
        self.concepts = tries["concept_id"].unique().sort()
        concept, right, seen, _ = self._sequences(tries)
        self.share = {name: np.full(len(self.concepts) + 1, value) for name, value in START.items()}
        for _ in range(ROUNDS):
            self._improve(concept, right, seen)
        return self

    def _sequences(self, tries: pl.DataFrame):
        """One line per student and concept: the code, answers and which of them exist."""
        codes = pl.DataFrame({"concept_id": self.concepts}).with_row_index("code")
        rows = (
            tries.with_row_index("row")
            .join(codes, on="concept_id", how="left", maintain_order="left")
            .with_columns(code=pl.col("code").fill_null(len(self.concepts)))
            .with_columns(rank=pl.int_range(pl.len()).over("student_id", "concept_id"))
            .with_columns(line=pl.struct("student_id", "concept_id").rank("dense") - 1)
        )
        rows = rows.with_columns(
            line=pl.struct("line", pl.col("rank") // LONGEST).rank("dense") - 1,
            rank=pl.col("rank") % LONGEST,
        )
        line, rank = rows["line"].to_numpy(), rows["rank"].to_numpy()
        shape = (int(line.max()) + 1, int(rank.max()) + 1)
        right, seen = np.zeros(shape), np.zeros(shape, dtype=bool)
        right[line, rank], seen[line, rank] = rows["score"].to_numpy() >= 0.6, True
        concept = np.zeros(shape[0], dtype=np.int64)
        concept[line] = rows["code"].to_numpy()
        return concept, right, seen, (line, rank)

    def _of(self, name: str, concept: np.ndarray) -> np.ndarray:
        return np.asarray(self.share[name][concept])

    def _forward(self, concept, right, seen):
        """Shares of knowing before each answer, and of the answers that come."""
        known = self._of("known", concept)
        learn, guess, slip = (self._of(name, concept) for name in ("learn", "guess", "slip"))
        before, said = np.zeros(right.shape), np.zeros(right.shape)
        for step in range(right.shape[1]):
            before[:, step] = known
            said[:, step] = known * (1 - slip) + (1 - known) * guess
            hit = right[:, step] > 0
            if_known = np.where(hit, 1 - slip, slip) * known
            if_not = np.where(hit, guess, 1 - guess) * (1 - known)
            after = if_known / (if_known + if_not)
            known = np.where(seen[:, step], after + (1 - after) * learn, known)
        return before, said

    def _improve(self, concept, right, seen) -> None:
        before, _ = self._forward(concept, right, seen)
        after = self._backward(concept, right, seen, before)
        size = len(self.concepts) + 1

        def share(part, whole, name):
            prior = START[name] * 2
            top = np.bincount(concept, part, minlength=size) + prior
            bottom = np.bincount(concept, whole, minlength=size) + 2
            self.share[name] = np.clip(top / bottom, 0.001, MOST[name])

        state, moved, could = after
        not_known = (1 - state) * seen
        share(state[:, 0], np.ones(len(concept)), "known")
        share(moved, could, "learn")
        share((not_known * right).sum(1), not_known.sum(1), "guess")
        share((state * (1 - right) * seen).sum(1), (state * seen).sum(1), "slip")

    def _backward(self, concept, right, seen, before):
        """Shares of knowing given all answers, and how often it was learned and could be."""
        learn, guess, slip = (self._of(name, concept) for name in ("learn", "guess", "slip"))
        ahead = np.ones((2, len(concept)))
        state = np.zeros(right.shape)
        moved, could = np.zeros(len(concept)), np.zeros(len(concept))
        for step in range(right.shape[1] - 1, -1, -1):
            hit = right[:, step] > 0
            known = before[:, step] * np.where(hit, 1 - slip, slip)
            not_known = (1 - before[:, step]) * np.where(hit, guess, 1 - guess)
            stays = not_known * (1 - learn) * ahead[0]
            moves = not_known * learn * ahead[1]
            whole = known * ahead[1] + stays + moves
            state[:, step] = known * ahead[1] / whole
            there = seen[:, step]
            follows = there & (seen[:, step + 1] if step + 1 < right.shape[1] else False)
            moved += np.where(follows, moves / whole, 0)
            could += np.where(follows, (moves + stays) / whole, 0)
            if_known = ahead[1] * np.where(hit, 1 - slip, slip)
            if_not = ((1 - learn) * ahead[0] + learn * ahead[1]) * np.where(hit, guess, 1 - guess)
            total = if_known + if_not
            ahead = np.where(there, np.stack([if_not, if_known]) / total, ahead)
        return state, moved, could

    def predict(self, tries: pl.DataFrame) -> np.ndarray:
        concept, right, seen, (line, rank) = self._sequences(tries)
        return np.asarray(self._forward(concept, right, seen)[1][line, rank])
