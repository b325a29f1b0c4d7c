"""Risk: learned from the teachers' mornings, judged on the judges' last, all outcomes at once."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from models.activity import checked_daily, checked_goals
from models.contests.examples import Examples
from models.contests.judgement import Judgement, of_chances
from models.risk import HORIZON_DAYS, OUTCOMES, RiskModel
from models.risk import examples as rows_of

NEEDS = "seven weeks of events, 100 mornings of students with 20 of the rarer outcome, 200 to judge"
EVERY_DAYS = 5


def fit(examples: Examples, seed: int) -> RiskModel:
    """A challenger, which knows no outcome that its judges are asked about."""
    return RiskModel(seed=seed).fit(
        examples.of("daily", judges=False),
        examples.of("goals", judges=False),
        as_of=_mornings(examples)[0],
    )


def judge(model: RiskModel, examples: Examples) -> Judgement:
    """Every student who judges on the last mornings whose outcome is known, for each outcome."""
    frames = (
        checked_daily(examples.of("daily", judges=True)),
        checked_goals(examples.of("goals", judges=True)),
    )
    base = dict(model.report.select("outcome", "base_ratio").iter_rows())
    happened, chance, simple, named = [], [], [], []
    for name, classifier in model.classifiers.items():
        rows, truth = rows_of(OUTCOMES[name], frames, _mornings(examples), model.seed)
        happened.append(truth)
        chance.append(classifier.predict(rows))
        simple.append(np.full(len(truth), base[name] or 0.5))
        named += [name] * len(truth)
    return of_chances(
        np.concatenate(happened).astype(bool),
        np.concatenate(chance),
        np.concatenate(simple),
        "the share of all students",
        {"outcome": named},
    )


def _mornings(examples: Examples) -> list[date]:
    last = examples.today - timedelta(days=HORIZON_DAYS)
    return [last - timedelta(days=EVERY_DAYS * back) for back in (3, 2, 1, 0)]
