"""Questions with and without an item are learned apart, where there is enough of each."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from models.kinds import FEWEST, PARTS, Examples, learned


def lessons(named: np.ndarray, seed: int = 0) -> Examples:
    """The item tells where one is named, the concept where none is; the item then stands still."""
    draw = np.random.default_rng(seed)
    count = len(named)
    item, concept = draw.normal(0, 1.5, (2, count))
    columns = {
        "item": np.where(named, item, 0.0),
        "concept": concept,
        "item_seconds": np.where(named, draw.random(count), np.nan),
        "never": np.full(count, np.nan),
    }
    right = draw.random(count) < expit(np.where(named, item, -concept))
    part = np.arange(count) % PARTS
    return Examples(columns, right.astype(float), part, named, np.ones(count, dtype=bool))


def test_each_kind_reads_what_tells_in_it():
    (nameless, with_item), _ = learned(lessons(np.arange(4000) % 2 > 0), seed=0)
    assert nameless.names == ["concept"]
    assert with_item.names == ["item", "concept", "item_seconds"]


def test_what_stood_still_while_learning_does_not_speak_when_it_moves():
    examples = lessons(np.arange(4000) % 2 > 0)
    (nameless, _), _ = learned(examples, seed=0)
    rows = np.arange(10)
    moved = {**examples.columns, "item": np.full(4000, 9.0)}
    assert (nameless.log_odds(moved, rows) == nameless.log_odds(examples.columns, rows)).all()


def test_rows_are_told_apart_by_who_never_saw_them():
    examples = lessons(np.arange(4000) % 2 > 0)
    _, unseen = learned(examples, seed=0)
    truth = np.where(examples.named, examples.columns["item"], -examples.columns["concept"])
    assert np.corrcoef(unseen, truth)[0, 1] > 0.9


def test_a_kind_that_hardly_occurs_is_learned_from_all():
    (nameless, with_item), unseen = learned(lessons(np.arange(4000) >= FEWEST - 1), seed=0)
    assert nameless.names == with_item.names
    assert np.isfinite(unseen).all()


def test_a_column_that_only_one_part_knows_is_not_read():
    examples = lessons(np.ones(2000, dtype=bool))
    known = np.where(examples.part == 0, np.arange(2000.0), np.nan)
    (_, kind), _ = learned(
        Examples(
            {**examples.columns, "of_one_part": known},
            examples.right,
            examples.part,
            examples.named,
            examples.taught,
        ),
        seed=0,
    )
    assert "of_one_part" not in kind.names
