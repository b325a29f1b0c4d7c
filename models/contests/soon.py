"""Mastered within 14 days: learned from the teachers' mornings, judged on the judges' last ones."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from models.contests.examples import Examples, evidence_words
from models.contests.judgement import Judgement, of_chances
from models.soon import HORIZON_DAYS, SoonModel, checked_work
from models.soon import examples as rows_of

NEEDS = "seven weeks of events with concepts mastered, and 200 open concepts of judges on a morning"
EVERY_DAYS = 7


def fit(examples: Examples, seed: int) -> SoonModel:
    """A challenger, which knows no outcome that its judges are asked about."""
    work = examples.of("work", judges=False)
    return SoonModel(seed=seed).fit(work, as_of=_mornings(examples)[0])


def judge(model: SoonModel, examples: Examples) -> Judgement:
    """Every open concept of the judges on the last mornings whose outcome is known."""
    work = checked_work(examples.of("work", judges=True))
    rows, happened = rows_of(work, _mornings(examples), seed=model.seed, shares=model.shares)
    subjects = examples.subjects()
    return of_chances(
        happened,
        model.classifier.predict(rows),
        np.full(len(happened), _base_ratio(model, examples)),
        "the share of all open concepts",
        {
            "subject": [subjects.get(c, "outside the curriculum") for c in rows["concept_id"]],
            "evidence": evidence_words(rows["scored"]),
        },
    )


def _base_ratio(model: SoonModel, examples: Examples) -> float:
    work = checked_work(examples.of("work", judges=False))
    _, happened = rows_of(work, _before(examples), seed=model.seed)
    return float(happened.mean()) if len(happened) else 0.5


def _mornings(examples: Examples) -> list[date]:
    last = examples.today - timedelta(days=HORIZON_DAYS)
    return [last - timedelta(days=EVERY_DAYS), last]


def _before(examples: Examples) -> list[date]:
    first = _mornings(examples)[0]
    return [first - timedelta(days=HORIZON_DAYS)]
