"""P(inactive), P(misses the goal) and P(mastered soon) on events, as their own reports say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from models.errors import NotEnoughExamples
from models.risk import RiskModel
from models.soon import SoonModel

HEADER = [
    "data",
    "outcome",
    "students and mornings",
    "came true",
    "AUC",
    "log loss",
    "ECE",
    "threshold",
    "precision",
    "recall",
]


def rows(name: str, days: pl.DataFrame, worked: pl.DataFrame) -> Iterator[list[str]]:
    """Lines of the table of one set of students."""
    if days.is_empty():
        return
    try:
        risk = RiskModel().fit(days, as_of=_morning_after(days))
        for report in risk.report.iter_rows(named=True):
            yield _line(name, report["outcome"], report)
        for outcome, reason in risk.untrained.items():
            yield [name, outcome, reason]
    except NotEnoughExamples as problem:
        yield [name, "risk", str(problem)]
    try:
        # Made-up work may end long before made-up days do.
        soon = SoonModel().fit(worked, as_of=_morning_after(worked))
        yield _line(name, "mastered within 14 days", soon.report)
    except NotEnoughExamples as problem:
        yield [name, "mastered within 14 days", str(problem)]


def _morning_after(frame: pl.DataFrame) -> date:
    last: date = frame.select(pl.col("local_date").max()).item()
    return last + timedelta(days=1)


def _line(name: str, outcome: str, report: dict[str, Any]) -> list[str]:
    def figure(key: str) -> str:
        return "-" if report[key] is None else f"{report[key]:.3f}"

    keys = ("auc", "log_loss", "calibration_error", "threshold", "precision", "recall")
    share = f"{100 * report['base_ratio']:.1f} %"
    return [name, outcome, f"{report['example_count']:,}", share, *map(figure, keys)]
