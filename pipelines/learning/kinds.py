"""The kinds of models that there are: how each learns and is judged, and what defines it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from models import (
    activity,
    bands,
    blending,
    change,
    classifier,
    difficulty,
    encodings,
    features,
    history,
    intervals,
    kinds,
    learning,
    mastery,
    members,
    moments,
    neighbours,
    past,
    periods,
    reasons,
    risk,
    situations,
    soon,
    timeline,
    trend,
    tries,
    weeks,
)
from models.artifact import definition_of
from models.contests import mastery as of_mastery
from models.contests import risk as of_risk
from models.contests import soon as of_soon
from models.contests import trend as of_trend
from models.contests.examples import Examples
from models.contests.judgement import Judgement
from models.mastery import MasteryModel
from models.risk import RiskModel
from models.soon import SoonModel
from models.trend import TrendModel

Model = Any  # a model of this kind: each has to_state and from_state, and its own predict


@dataclass(frozen=True)
class Kind:
    """`foretells` names the supplied relations that its champion fills."""

    name: str
    title: str
    foretells: tuple[str, ...]
    needs: str
    fit: Callable[[Examples, int], Model]
    judge: Callable[[Any, Examples], Judgement]
    from_state: Callable[[dict[str, Any]], Model]
    modules: tuple[ModuleType, ...]

    @cached_property
    def definition(self) -> str:
        """A hash of the code that makes its features."""
        return definition_of(*self.modules)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "mastery",
            "The next try at a concept is right",
            ("source.predicted_mastery",),
            of_mastery.NEEDS,
            of_mastery.fit,
            of_mastery.judge,
            MasteryModel.from_state,
            (
                features,
                blending,
                difficulty,
                encodings,
                history,
                intervals,
                kinds,
                learning,
                mastery,
                members,
                moments,
                neighbours,
                past,
                situations,
                timeline,
                tries,
            ),
        ),
        Kind(
            "soon",
            "A concept is mastered within 14 days",
            ("source.predicted_soon",),
            of_soon.NEEDS,
            of_soon.fit,
            of_soon.judge,
            SoonModel.from_state,
            (soon, classifier, periods),
        ),
        Kind(
            "trend",
            "The next four weeks",
            ("source.predicted_weeks", "source.found_changes"),
            of_trend.NEEDS,
            of_trend.fit,
            of_trend.judge,
            TrendModel.from_state,
            (trend, bands, change, weeks),
        ),
        Kind(
            "risk",
            "No learning for 14 days, a goal missed",
            ("source.predicted_risk",),
            of_risk.NEEDS,
            of_risk.fit,
            of_risk.judge,
            RiskModel.from_state,
            (risk, activity, classifier, periods, reasons),
        ),
    )
}
