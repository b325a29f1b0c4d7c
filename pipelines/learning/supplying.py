"""Predictions for a build: each champion fills the relation that it foretells.

Everything here is pure in the students that it is given, so that a build of the touched ones says
what a full build says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa

from models.drift import Spread, usual_figures
from models.mastery import MasteryModel
from models.risk import RiskModel
from models.soon import SoonModel
from models.threads import one_thread
from models.trend import TrendModel
from pipelines.learning.champions import Champion, champions
from warehouse.settings import Settings
from warehouse.supplied import MODELS, week_of
from warehouse.suppliers import Maker, Suppliers

Given = Mapping[str, pa.Table]
DIGITS = 6
# Any day does: a student's days are moved so that the day after the last one is this one.
COMMON_MORNING = date(2024, 1, 1)


@dataclass(frozen=True)
class Foretelling:
    """What a build is given, and what was seen of its students on the way."""

    suppliers: Suppliers
    spread: Spread | None  # None: there is no model of mastery to compare them with


def foretelling(settings: Settings, at: datetime | None = None) -> Foretelling:
    """The champions of now, or of an instant in the past, as a build takes them."""
    found = champions(settings.models_dir, at)
    makers = {
        name: maker_of(c, name) for c in found if c.model is not None for name in c.kind.foretells
    }
    cards = [c.card for c in found if c.kind.name == "mastery" and c.card is not None]
    spread = Spread(cards[0]["usual"]) if cards else None
    if spread is not None:
        name = "source.predicted_mastery"
        makers[name] = _watched(makers[name], spread)
    return Foretelling(Suppliers(makers, _told(found)), spread)


def _watched(maker: Maker, spread: Spread) -> Maker:
    """The same maker; what students do now is counted beside what the model learned from."""

    def watched(given: Given, as_of: datetime) -> pa.Table:
        spread.add(usual_figures(frame(given["predictions.questions"])))
        return maker(given, as_of)

    return watched


def maker_of(champion: Champion, relation: str) -> Maker:
    """How a champion fills one of its relations."""
    make = _MAKERS[relation]

    def maker(given: Given, as_of: datetime) -> pa.Table:
        with one_thread():
            said = make(champion.model, given, as_of)
        return said.to_arrow(compat_level=pl.CompatLevel.oldest())

    return maker


def frame(table: pa.Table) -> pl.DataFrame:
    """A table of the warehouse as models read it."""
    return pl.DataFrame(pl.from_arrow(table))


def _mastery(model: MasteryModel, given: Given, _: datetime) -> pl.DataFrame:
    said = model.predict(frame(given["predictions.questions"]))
    # Running sums over a chunk round a little otherwise than over one student; nobody reads more.
    return said.with_columns(pl.col("probability", "lower", "upper").round(DIGITS))


def _soon(model: SoonModel, given: Given, _: datetime) -> pl.DataFrame:
    """Each student on the morning after their latest day, whichever that is."""
    work = frame(given["predictions.concept_days"])
    last = pl.col("local_date").max().over("student_id")
    moved = pl.lit(COMMON_MORNING) - timedelta(days=1) - (last - pl.col("local_date"))
    said = model.predict(work.with_columns(local_date=moved), as_of=COMMON_MORNING)
    return said.rename({"probability_14_days": "probability"})


def _weeks(model: TrendModel, given: Given, as_of: datetime) -> pl.DataFrame:
    weekly = frame(given["analytics.weekly_progress"])
    return model.predict(weekly, last_week=week_of(as_of) - timedelta(weeks=1))


def _changes(model: TrendModel, given: Given, as_of: datetime) -> pl.DataFrame:
    weekly = frame(given["analytics.weekly_progress"])
    return model.changes(weekly, last_week=week_of(as_of) - timedelta(weeks=1))


def _risk(model: RiskModel, given: Given, as_of: datetime) -> pl.DataFrame:
    daily = frame(given["analytics.daily_progress"])
    goals = frame(given["source.goals"])
    said = model.predict(daily, goals, as_of=as_of.astimezone(UTC).date())
    thresholds = pl.col("outcome").replace_strict(model.thresholds, return_dtype=pl.Float64)
    return said.with_columns(threshold=thresholds)


_MAKERS: Mapping[str, Callable[[Any, Given, datetime], pl.DataFrame]] = {
    "source.predicted_mastery": _mastery,
    "source.predicted_soon": _soon,
    "source.predicted_weeks": _weeks,
    "source.found_changes": _changes,
    "source.predicted_risk": _risk,
}


def _told(found: list[Champion]) -> pa.Table:
    rows = [
        {
            "model": c.kind.name,
            "model_id": c.model_id,
            "trained_at": datetime.fromisoformat(c.card["trained_at"]) if c.card else None,
            "problem": c.problem,
            "card": json.dumps(c.card, sort_keys=True) if c.card else None,
        }
        for c in found
    ]
    return pa.Table.from_pylist(rows, MODELS)
