"""Situations in which others' answers are counted: the thing or concept, and what came before.

How often were others right on this item after two wrong answers on its concept, after that other
item, at this ability? Each situation is a key of whole numbers for `encodings.Book`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.past import answers_before, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.past import Past
    from models.timeline import Timeline

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ABILITY_STEPS = np.array([-0.2, -0.1, -0.03, 0.03, 0.1, 0.2])
NO_ANSWER, WRONG, RIGHT = 0, 1, 2


def situations(past: Past, ability: Floats) -> dict[str, Ints]:
    """Keys by name; a name begins with what the situation is one of: a thing or a concept."""
    return {**_of_thing(past, ability), **_of_concept(past, ability)}


def _of_thing(past: Past, ability: Floats) -> dict[str, Ints]:
    things = past.vocabulary.things
    thing, follows = (past.thing, things), (answers_before(past)[0], 2 * things + 1)
    item, concept, student = (
        (_answer(past, line), 3) for line in (past.of_item, past.of_concept, past.of_student)
    )
    again = (_capped(past.of_item.count(), 3), 4)
    return {
        "thing_again": packed(thing, item, again),
        "thing_tried": answers_on_item(past),
        "thing_ability": packed(thing, (_step(ability), 7)),
        "thing_last": packed(thing, item, concept, student),
        "thing_recent": packed(thing, (_recent(past), 27)),
        "thing_after": packed(thing, follows),
        "thing_after_two": packed(thing, follows, (_answer(past, past.of_student, 1), 3)),
    }


def _of_concept(past: Past, ability: Floats) -> dict[str, Ints]:
    concepts = len(past.vocabulary.concepts)
    right = past.of_concept.total(past.every_right)
    wrong = past.of_concept.count() - right
    before = past.of_student.recent(past.every_concept.astype(float))
    follows = np.where(before >= 0, np.nan_to_num(before) + 1, 0).astype(np.int64)
    answers = [(_answer(past, past.of_student, back), 3) for back in (0, 1)]
    concept = (past.concept, concepts)
    return {
        "concept_ability": packed(concept, (_step(ability), 7)),
        "concept_curve": packed(concept, (_capped(right, 5), 6), (_capped(wrong, 5), 6)),
        "concept_recent": packed(concept, (_recent(past), 27)),
        "concept_after": packed(concept, (follows, concepts + 1), *answers),
    }


def answers_on_item(past: Past) -> Ints:
    """The thing, with how many right and wrong answers it had, and the last of them."""
    things = past.vocabulary.things
    right = past.of_item.total(past.every_right)
    wrong = past.of_item.count() - right
    tried = (_capped(right, 3), 4), (_capped(wrong, 5), 6)
    return packed((past.thing, things), *tried, (_answer(past, past.of_item), 3))


def _capped(count: Floats, most: int) -> Ints:
    return np.minimum(np.rint(count), most).astype(np.int64)


def _answer(past: Past, line: Timeline, back: int = 0) -> Ints:
    """Whether the last answer, or the one before it, is none, wrong or right."""
    answer = line.recent(past.every_right, back)
    return np.where(np.isnan(answer), NO_ANSWER, np.where(answer > 0, RIGHT, WRONG))


def _recent(past: Past) -> Ints:
    """The last three answers on the concept."""
    last = [_answer(past, past.of_concept, back) for back in range(3)]
    return last[0] * 9 + last[1] * 3 + last[2]


def _step(ability: Floats) -> Ints:
    return np.searchsorted(ABILITY_STEPS, ability).astype(np.int64)
