"""When: how long ago, after how many other tries, how long earlier tries took.

Time is counted to the start of a try, from the start of another or from its end: to the end it
would contain the time the asked answer took, which tells the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.past import Past
    from models.timeline import Timeline

    Floats = NDArray[np.float64]

NEW_SESSION_AFTER_S = 1800.0
ROUNDING = 1e-6
"""What a fading sum of nothing may come to."""

LONG_AGO = 12.0
"""Stands for never, in logs of seconds or of tries, where never is not simply unknown."""


def moments(past: Past) -> dict[str, Floats]:
    """Distances in tries and in time, and how quick the student is."""
    columns: dict[str, Floats] = {}
    lines = {"student": past.of_student, "concept": past.of_concept, "item": past.of_item}
    for name, line in lines.items():
        columns[f"{name}_seconds_since"] = _seconds_since(past, line)
        if name != "student":
            columns[f"{name}_pause"] = _pause(past, line)
            columns[f"{name}_tries_since"] = _tries_since(past, line)
    columns["session_tries"] = np.log1p(_session_tries(past))
    columns |= _pace(past)
    return columns


def _seconds_since(past: Past, line: Timeline) -> Floats:
    since = past.started - line.recent(past.tries.started)
    return np.asarray(np.log1p(np.maximum(since, 0)))


def _pause(past: Past, line: Timeline) -> Floats:
    """The seconds since the end of the last try, or since its start where its end is not known."""
    ended = past.tries.started + np.nan_to_num(past.tries.spent)
    return np.asarray(np.log1p(np.maximum(past.started - line.recent(ended), 0)))


def _tries_since(past: Past, line: Timeline) -> Floats:
    there = line.recent(past.every_tried)
    return np.where(np.isnan(there), LONG_AGO, np.log1p(np.nan_to_num(past.tried - there - 1)))


def _session_tries(past: Past) -> Floats:
    """Tries of the session so far; not a number where times are unknown."""
    begins, told = _begins_session(past), past.of_evidence
    at_begin = told.every(np.where(_begins_session(told), told.tried, -1.0))
    tries = past.tried - _last_begin(past.of_student, at_begin)
    return np.where(np.isnan(past.started), np.nan, np.where(begins, 0.0, tries))


def _begins_session(past: Past) -> NDArray[np.bool_]:
    gap = past.started - past.of_student.recent(past.tries.started)
    return np.isnan(gap) | (gap > NEW_SESSION_AFTER_S)


def _last_begin(line: Timeline, at_begin: Floats) -> Floats:
    """The number of tries before the session that a row's last evidence belongs to."""
    values = at_begin[line.rows]
    if not len(values):
        return line.read(values)
    places = np.where((values >= 0) | (line.rank == 0), np.arange(len(values)), 0)
    return line.read(values[np.maximum.accumulate(places)])


def _pace(past: Past) -> dict[str, Floats]:
    """Logs of seconds spent: on the last try, on the mean of the last few, on answers of a kind."""
    spent = np.log1p(np.maximum(past.tries.spent, 0))
    known = (~np.isnan(spent)).astype(float)
    filled = np.nan_to_num(spent)
    columns = {"student_last_spent": past.of_student.recent(spent)}
    for name, line in (("student", past.of_student), ("concept", past.of_concept)):
        weight = line.faded(known, 8.0)
        mean = line.faded(filled, 8.0) / np.maximum(weight, ROUNDING)
        columns[f"{name}_spent"] = np.where(weight > ROUNDING, mean, np.nan)
    right = past.every_right
    kinds = ("student_wrong", past.of_student, 1 - right), ("item_right", past.of_item, right)
    for name, line, kind in kinds:
        count = line.total(known * kind)
        mean = line.total(filled * kind) / np.maximum(count, 1)
        columns[f"{name}_spent"] = np.where(count > 0, mean, np.nan)
    return columns
