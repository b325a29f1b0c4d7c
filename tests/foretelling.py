"""Suppliers that are easy to check by hand: each counts what it is given, student by student."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from warehouse.supplied import MODELS, SUPPLIED, week_of
from warehouse.suppliers import Maker, Suppliers

Given = Mapping[str, pa.Table]
OFTEN = 3  # tries from which on a count is told
RISK_REPORT = {
    "outcome": "inactive",
    "threshold": 0.5,
    "precision": 0.6,
    "recall": 0.7,
    "flagged_count": 10,
    "example_count": 300,
    "base_ratio": 0.1,
    "first_morning": "2026-01-12",
    "last_morning": "2026-02-02",
}


def mastery(given: Given, _: datetime) -> pa.Table:
    """Laplace's rule: of the tries at the concept, the share that was right."""
    tries: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    rows = given["predictions.questions"].to_pylist()
    for row in rows:
        if row["score"] is not None:
            tries[row["student_id"], row["concept_id"]].append(row["score"] >= 0.6)
    return made(
        "source.predicted_mastery",
        [
            {
                "student_id": row["student_id"],
                "concept_id": row["concept_id"],
                "probability": (sum(past) + 1) / (len(past) + 2),
                "lower": sum(past) / (len(past) + 2),
                "upper": (sum(past) + 2) / (len(past) + 2),
                "evidence_count": len(past),
                "enough_evidence": len(past) >= OFTEN,
            }
            for row in rows
            if row["score"] is None
            for past in [tries[row["student_id"], row["concept_id"]]]
        ],
    )


def soon(given: Given, _: datetime) -> pa.Table:
    """The more days with a concept, the sooner; nothing where it is mastered."""
    days: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row in given["predictions.concept_days"].to_pylist():
        days[row["student_id"], row["concept_id"]].append(row["mastered"])
    return made(
        "source.predicted_soon",
        [
            {"student_id": s, "concept_id": c, "probability": len(of) / (len(of) + 1)}
            for (s, c), of in days.items()
            if not any(of)
        ],
    )


def mastered_before(given: Given, week: date) -> Mapping[str, float]:
    """How many concepts each student mastered in all the weeks before this one."""
    total: defaultdict[str, float] = defaultdict(float)
    for row in given["analytics.weekly_progress"].to_pylist():
        total[row["student_id"]] += row["mastered"] if row["week_start"] < week else 0
    return total


def weeks(given: Given, as_of: datetime) -> pa.Table:
    """What was mastered in all the weeks before, again."""
    before = week_of(as_of)
    return made(
        "source.predicted_weeks",
        [
            {
                "student_id": student,
                "week_start": before,
                "horizon": 1,
                "measure": "mastered",
                **dict.fromkeys(("expected", "middle", "last_value", "mean_of_four"), value),
                "mean_of_season": None,
                "lower": 0.0,
                "upper": value + 1,
            }
            for student, value in mastered_before(given, before).items()
        ],
    )


def changes(given: Given, as_of: datetime) -> pa.Table:
    """Everybody is told what they mastered in all the weeks before, as if it were a change."""
    before = week_of(as_of)
    return made(
        "source.found_changes",
        [
            {
                "student_id": student,
                "measure": "mastered",
                "week_start": before,
                **dict.fromkeys(("weeks_before", "weeks_after"), 6),
                **dict.fromkeys(("mean_before", "mean_after", "ratio"), value),
                "p_value": 0.001,
                "statement": f"{value:.0f} concepts.",
            }
            for student, value in mastered_before(given, before).items()
        ],
    )


def risk(given: Given, as_of: datetime) -> pa.Table:
    """One day in ten without learning is a tenth of a risk; goals of one's own halve it."""
    today = as_of.astimezone(UTC).date()
    last: dict[str, date] = {}
    for row in given["analytics.daily_progress"].to_pylist():
        if row["event_count"] and row["local_date"] < today:
            student = row["student_id"]
            last[student] = max(row["local_date"], last.get(student, row["local_date"]))
    bound = {row["student_id"] for row in given["source.goals"].to_pylist()}
    chances = {s: min(1.0, (today - day) / timedelta(days=10)) for s, day in last.items()}
    halved = {s: chance / 2 if s in bound else chance for s, chance in chances.items()}
    return made(
        "source.predicted_risk",
        [
            {
                "student_id": student,
                "outcome": "inactive",
                "probability": chance,
                "threshold": 0.3,
                "is_flagged": chance >= 0.3,
                "reasons": [f"Was last active on {last[student]}."],
            }
            for student, chance in halved.items()
        ],
    )


def made(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, SUPPLIED[name].schema)


MAKERS: Mapping[str, Maker] = {
    "source.predicted_mastery": mastery,
    "source.predicted_soon": soon,
    "source.predicted_weeks": weeks,
    "source.found_changes": changes,
    "source.predicted_risk": risk,
}


def counting(version: str = "1", **others: Maker) -> Suppliers:
    """All of these suppliers, under models of a version; `others` take the place of some."""
    models = [
        {
            "model": name,
            "model_id": f"{name}-{version}",
            "trained_at": datetime(2024, 1, 1, tzinfo=UTC),
            "problem": None,
            "card": json.dumps({"own_report": [RISK_REPORT]} if name == "risk" else {}),
        }
        for name in ("mastery", "risk", "soon", "trend")
    ]
    makers = {f"source.predicted_{name}": maker for name, maker in others.items()}
    return Suppliers({**MAKERS, **makers}, pa.Table.from_pylist(models, MODELS))
