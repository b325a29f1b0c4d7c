"""Three kinds of question, learned apart: on a concept, on a new item, on an item of known answers.

Pages ask for concepts, tries were answers to items. One set of members for all gives way on all:
what others did on the item says most where they have answered it, and nothing elsewhere. Of an
item that nobody else has answered, still the student's own tries count, or that there are none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.blending import Blend
from models.crossfit import PARTS, crossfitted
from models.members import Members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Matrix = NDArray[np.float32]
    Columns = Mapping[str, NDArray[Any]]

CONCEPT, STRANGE, KNOWN = range(3)
"""A question on a concept alone, on an item that no other has answered, on one that some have."""

OF_OTHERS = ("thing_", "neighbours_", "item_surprise", "item_last")
"""How names of columns begin that tell what others did on the item. Without these, every row with
an item teaches what to say of a strange one. (A surprise is measured against others.)"""

FEWEST = 500
"""Questions of a kind below which it is learned from all."""


@dataclass(frozen=True)
class Kind:
    """What answers a kind of question: the columns to read, fitted members, and their blend."""

    names: list[str]
    members: Members
    blend: Blend

    def log_odds(self, columns: Columns, rows: Ints) -> Floats:
        """The calibrated blend for the chosen rows."""
        return self.blend.log_odds(self.members.said(_matrix(columns, self.names, rows)))

    def to_state(self) -> dict[str, Any]:
        """The fields by name."""
        members = self.members.to_state()
        return {"names": self.names, "members": members, "blend": asdict(self.blend)}

    @staticmethod
    def from_state(state: dict[str, Any]) -> Kind:
        """What `to_state` wrote down."""
        return Kind(state["names"], Members(**state["members"]), Blend(**state["blend"]))


@dataclass(frozen=True)
class Examples:
    """Features with answers.

    `part` is the part of students a row belongs to, `asks` what it is on (`CONCEPT`, …), `taught`
    whether members learn from it; the others are only predicted.
    """

    columns: Columns
    right: Floats
    part: Ints
    asks: Ints
    taught: Flags


def learned(examples: Examples, seed: int) -> tuple[list[Kind], Floats]:
    """Each kind in the order of their numbers; and log-odds of each row by who never saw it."""
    kinds, unseen = [], np.empty(len(examples.right))
    for asks in (CONCEPT, STRANGE, KNOWN):
        kind, said_of_asked = _learned(examples, asks, seed)
        kinds.append(kind)
        unseen[examples.asks == asks] = said_of_asked
    return kinds, unseen


def _learned(examples: Examples, asks: int, seed: int) -> tuple[Kind, Floats]:
    """What answers such questions, and what they are told by members who never saw them."""
    asked = examples.asks == asks
    lesson = examples.taught & (examples.asks != CONCEPT if asks == STRANGE else asked)
    if not _teaches(examples.right[lesson], examples.part[lesson]):
        lesson = examples.taught
    heard = np.flatnonzero(lesson | asked)
    names = _telling(examples.columns, lesson, examples.part)
    if asks == STRANGE:
        names = [name for name in names if not name.startswith(OF_OTHERS)]
    matrix = _matrix(examples.columns, names, heard)
    right, taught = examples.right[heard], lesson[heard]
    # Builds ask of concepts by the million, and of new items three forests told less than one.
    quick, part = asks != KNOWN, examples.part[heard]
    members, unseen = crossfitted(matrix, right, taught, part, quick=quick, seed=seed)
    blend = Blend.of(unseen[taught], right[taught])
    return Kind(names, members, blend), blend.log_odds(unseen[asked[heard]])


def _teaches(right: Floats, part: Ints) -> bool:
    """Whether there is enough to learn from, right and wrong, whichever part is left out."""
    both = all(len(np.unique(right[part != left_out])) > 1 for left_out in range(PARTS))
    return len(right) >= FEWEST and both


def _telling(columns: Columns, lesson: Flags, part: Ints) -> list[str]:
    """Columns that differ among the rows, and are known whichever part is left out.

    A histogram boosting cannot read a column of nothing; and what stood still while learning (the
    past of an item that was not named) must not speak when it moves.
    """

    def tells(column: NDArray[Any]) -> bool:
        known = lesson & ~np.isnan(column)
        return len(np.unique(part[known])) > 1 and np.ptp(column[known]) > 0

    return [name for name, column in columns.items() if tells(column)]


def _matrix(columns: Columns, names: list[str], rows: Ints) -> Matrix:
    # Column after column, as it is filled and as trees read it: a tenth of the time less.
    matrix = np.empty((len(rows), len(names)), dtype=np.float32, order="F")
    for place, name in enumerate(names):
        matrix[:, place] = columns[name][rows]
    return matrix
