"""All looks at one student, and what of them may be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from models.insights.finding import Finding, Look, findings
from models.insights.habits import perseverance, steady_pace
from models.insights.scores import comeback, session_length, spacing, subjects, time_of_day
from models.insights.tries import TRIES_LEAST, WINDOW, tries_of

# The same student at the same state gets the same answer.
SEED = 20_260_301


def find(learning: pl.DataFrame, usual: pl.DataFrame, today: date) -> list[Finding]:
    """What can be told about a student.

    Args:
        learning: their learning events in order: event_id, concept_id, subject_id, score,
            occurred_at, local_date, local_hour, session_number, session_start.
        usual: concept_id and usual_score, the mean first score of all students, where known.
        today: the student's day; four weeks and twelve weeks are counted back from it.
    """
    return findings(looks(learning, usual, today))


def looks(learning: pl.DataFrame, usual: pl.DataFrame, today: date) -> Sequence[Look]:
    """Every look for which there is enough to look at."""
    if learning.is_empty():
        return []
    rng = np.random.default_rng(SEED)
    found = steady_pace(learning, rng, today)
    tries = tries_of(learning, usual, today)
    if tries.frame.height < TRIES_LEAST:
        return found
    days = learning.filter(pl.col("local_date") > today - WINDOW)["local_date"].unique().sort()
    return [
        *found,
        *time_of_day(tries, rng),
        *session_length(tries, rng),
        *subjects(tries, rng, today),
        *comeback(tries, days, rng),
        *perseverance(tries, rng),
        *spacing(tries, rng),
    ]
