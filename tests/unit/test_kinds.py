"""Kinds of question are learned apart, where there is enough of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import expit

from models.crossfit import PARTS
from models.kinds import CONCEPT, FEWEST, KNOWN, STRANGE, Examples, learned


def lessons(asks: np.ndarray, seed: int = 0) -> Examples:
    """The item tells where one is named, the concept where none is; the item then stands still."""
    draw = np.random.default_rng(seed)
    count, named = len(asks), asks != CONCEPT
    item, concept = draw.normal(0, 1.5, (2, count))
    columns = {
        "thing_logit": np.where(named, item, 0.0),
        "concept": concept,
        "item_seconds": np.where(named, draw.random(count), np.nan),
        "never": np.full(count, np.nan),
    }
    right = draw.random(count) < expit(np.where(named, item, -concept))
    part = np.arange(count) % PARTS
    return Examples(columns, right.astype(float), part, asks, np.ones(count, dtype=bool))


HALVES = np.where(np.arange(4000) % 2 > 0, KNOWN, CONCEPT)


def test_each_kind_reads_what_tells_in_it():
    (on_concept, strange, known), _ = learned(lessons(HALVES), seed=0)
    assert on_concept.names == ["concept"]
    assert strange.names == ["concept", "item_seconds"]
    assert known.names == ["thing_logit", "concept", "item_seconds"]


def test_what_stood_still_while_learning_does_not_speak_when_it_moves():
    examples = lessons(HALVES)
    (on_concept, *_), _ = learned(examples, seed=0)
    rows = np.arange(10)
    moved = {**examples.columns, "thing_logit": np.full(4000, 9.0)}
    assert (on_concept.log_odds(moved, rows) == on_concept.log_odds(examples.columns, rows)).all()


def test_rows_are_told_apart_by_who_never_saw_them():
    examples = lessons(HALVES)
    _, unseen = learned(examples, seed=0)
    item, concept = examples.columns["thing_logit"], examples.columns["concept"]
    truth = np.where(examples.asks == KNOWN, item, -concept)
    assert np.corrcoef(unseen, truth)[0, 1] > 0.9


def test_strange_items_are_learned_from_all_items_however_few_are_strange():
    asks = np.where(np.arange(4000) == 7, STRANGE, KNOWN)
    (_, strange, _), unseen = learned(lessons(asks), seed=0)
    assert strange.names == ["concept", "item_seconds"]
    assert np.isfinite(unseen).all()


def test_a_kind_that_hardly_occurs_is_learned_from_all():
    asks = np.where(np.arange(4000) >= FEWEST - 1, KNOWN, CONCEPT)
    (on_concept, _, known), unseen = learned(lessons(asks), seed=0)
    assert on_concept.names == known.names
    assert np.isfinite(unseen).all()


def test_a_column_that_only_one_part_knows_is_not_read():
    examples = lessons(np.full(2000, KNOWN))
    known = np.where(examples.part == 0, np.arange(2000.0), np.nan)
    columns = {**examples.columns, "of_one_part": known}
    (*_, kind), _ = learned(replace(examples, columns=columns), seed=0)
    assert "of_one_part" not in kind.names
