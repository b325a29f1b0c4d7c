"""Who will fail or withdraw: the risk machinery on OULAD, against the base rate and a rule.

One classifier learns from all days of the earlier presentations, its probabilities calibrated on
students it did not see; the later presentation is judged day by day, on students still registered
then. "Fails or withdraws" is the outcome whose figures have the shape of the published ones.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from sklearn.metrics import roc_auc_score

from benchmarks.oulad import PERSON, RECORD, known_on
from benchmarks.oulad_history import Courses
from models.classifier import Classifier
from models.evaluation import judged, useful_threshold

DAYS = (28, 56, 84, 112)
LEARNING_DAYS = (14, 28, 42, 56, 70, 84, 98, 112, 126)
SHRINK = 50  # a course's share of failures counts like fifty more students at everybody's share
SETS = {
    "record": [*RECORD, "course_failed_ratio"],
    "record and person": [*RECORD, *PERSON, "course_failed_ratio"],
}
HEADER = [
    "day",
    "students",
    "fail or withdraw",
    "AUC no submission",
    "figures",
    "AUC",
    "log loss",
    "log loss base rate",
    "ECE",
    "threshold",
    "precision",
    "recall",
]


def rows(train: Courses, test: Courses, history: Courses) -> list[list[str]]:
    """Lines of the table."""
    learned = pl.concat(known_on(train, day, history) for day in LEARNING_DAYS)
    rates, everywhere = _failed_before(learned)
    learned = _with(learned, rates, everywhere)
    judges = {day: _with(known_on(test, day, history), rates, everywhere) for day in DAYS}
    lines = []
    for name, features in SETS.items():
        model = Classifier(features)
        crossed = model.fit(learned, learned["failed"].to_numpy())
        for day, students in judges.items():
            here = (learned["day"] == day).to_numpy()
            threshold = useful_threshold(learned["failed"].to_numpy()[here], crossed[here])
            report = judged(students["failed"].to_numpy(), model.predict(students), threshold)
            lines.append(_line(day, name, students, report, learned.filter(pl.Series(here))))
    return sorted(lines, key=lambda line: int(line[0]))


def _failed_before(learned: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    everywhere = float(learned["failed"].to_numpy().mean())
    ratio = (pl.col("failed").sum() + SHRINK * everywhere) / (pl.len() + SHRINK)
    return learned.group_by(_module()).agg(course_failed_ratio=ratio), everywhere


def _with(students: pl.DataFrame, rates: pl.DataFrame, everywhere: float) -> pl.DataFrame:
    known = students.with_columns(_module()).join(rates, on="module", how="left")
    return known.with_columns(pl.col("course_failed_ratio").fill_null(everywhere))


def _module() -> pl.Expr:
    return pl.col("course").str.split("_").list.first().alias("module")


def _line(
    day: int, name: str, students: pl.DataFrame, report: dict[str, Any], learned: pl.DataFrame
) -> list[str]:
    failed = students["failed"].to_numpy()
    base = learned["failed"].to_numpy().mean()
    rule = roc_auc_score(failed, (students["submitted_count"] == 0).to_numpy())
    guess = judged(failed, 0 * failed + base, 1.0)
    return [
        str(day),
        f"{len(students):,}",
        f"{100 * report['base_ratio']:.1f} %",
        f"{rule:.3f}",
        name,
        f"{report['auc']:.4f}",
        f"{report['log_loss']:.4f}",
        f"{guess['log_loss']:.4f}",
        f"{report['calibration_error']:.3f}",
        f"{report['threshold']:.2f}",
        f"{report['precision'] or 0:.3f}",
        f"{report['recall']:.3f}",
    ]
