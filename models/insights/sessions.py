"""What a try is compared with in its session, so that the session's mood falls out.

Two ways, each fooled by one thing. Beside the mean of the session (fixed effects), nothing counts
that holds for the session as a whole, such as a good mood that makes it longer; but the mean hangs
on how the session ended, and some end once all is right, or after too many wrong tries. Beside what
came before in the session (random effects), no end counts, since nothing looks ahead; but whether a
session becomes a long one must not hang on its mood. What both see is neither.
"""

from __future__ import annotations

import numpy as np

from models.insights.chance import Floats, Whole

# As many tries as expected ones are counted in with those before: few where sessions differ much.
DOUBTS = (4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
OTHERS_DOUBT = 2.0


def beside_session(values: Floats, session: Whole) -> Floats:
    """The values less the mean of their session."""
    means = np.bincount(session, values) / np.bincount(session)
    found: Floats = values - means[session]
    return found


def beside_before(values: Floats, session: Whole, doubt: float) -> Floats:
    """The values less the mean of those before in their session, as if `doubt` more had been 0."""
    total, count = before(values, session)
    return values - total / (count + doubt)


def beside_others_before(values: Floats, session: Whole, concept: Whole) -> Floats:
    """The same with those on other concepts only.

    Where it is asked how tries of a concept follow upon each other: a second follows a wrong first.
    """
    total, count = before(values, session)
    own_total, own_count = before(values, session * len(values) + concept)
    return values - (total - own_total) / (count - own_count + OTHERS_DOUBT)


def doubt_of(rest: Floats, session: Whole) -> float:
    """The doubt with which what came before foretells best how tries went."""
    total, count = before(rest, session)
    return min(DOUBTS, key=lambda doubt: float(((rest - total / (count + doubt)) ** 2).sum()))


def before(values: Floats, group: Whole) -> tuple[Floats, Floats]:
    """Sum and number of the values before each one in its group.

    Only what came before: whether another try follows may depend on how this one went.
    """
    order = np.argsort(group, kind="stable")
    place = np.arange(len(order))
    begins = np.maximum.accumulate(np.where(np.diff(group[order], prepend=-1) != 0, place, 0))
    sums = np.concatenate([[0.0], np.cumsum(values[order])])
    total, count = np.empty(len(order)), np.empty(len(order))
    total[order], count[order] = sums[place] - sums[begins], place - begins
    return total, count
