"""Relations that models supply: what each is made from, and the columns that it has.

SQL reads them as `source.<name>`, as it reads everything else that it does not make. What fills
them is handed to a build (`warehouse/suppliers.py`); without it they have no rows. A relation with
an `until` holds for that stretch of the calendar and is kept in the snapshot; one without belongs
to the events of the students at hand and to no clock, and is made while their tables are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

TEXT, WHOLE, NUMBER = pa.string(), pa.int64(), pa.float64()
INSTANT, DAY = pa.timestamp("us", tz="UTC"), pa.date32()


@dataclass(frozen=True)
class Supplied:
    """What a relation is made from (tables, source relations), its columns, how long it holds."""

    reads: tuple[str, ...]
    columns: Mapping[str, pa.DataType]
    since: Callable[[datetime], date] | None = None

    @property
    def schema(self) -> pa.Schema:
        """The columns as Arrow has them."""
        return pa.schema(list(self.columns.items()))

    @property
    def whole(self) -> bool:
        """Whether the calendar changes it for everybody."""
        return self.since is not None


def day_of(as_of: datetime) -> date:
    """The day in UTC on whose morning something is foreseen."""
    return as_of.astimezone(UTC).date()


def week_of(as_of: datetime) -> date:
    """The Monday of the ISO week that the day lies in."""
    day = day_of(as_of)
    return day - timedelta(days=day.weekday())


SUPPLIED: Mapping[str, Supplied] = {
    "source.predicted_mastery": Supplied(
        reads=("predictions.questions",),
        columns={
            "student_id": TEXT,
            "concept_id": TEXT,
            "probability": NUMBER,
            "lower": NUMBER,
            "upper": NUMBER,
            "evidence_count": WHOLE,
            "enough_evidence": pa.bool_(),
        },
    ),
    "source.predicted_soon": Supplied(
        reads=("predictions.concept_days",),
        columns={"student_id": TEXT, "concept_id": TEXT, "probability": NUMBER},
    ),
    "source.predicted_weeks": Supplied(
        reads=("analytics.weekly_progress",),
        columns={
            "student_id": TEXT,
            "week_start": DAY,
            "horizon": WHOLE,
            "measure": TEXT,
            "expected": NUMBER,
            "middle": NUMBER,
            "lower": NUMBER,
            "upper": NUMBER,
            "last_value": NUMBER,
            "mean_of_four": NUMBER,
            "mean_of_season": NUMBER,
        },
        since=week_of,
    ),
    "source.found_changes": Supplied(
        reads=("analytics.weekly_progress",),
        columns={
            "student_id": TEXT,
            "measure": TEXT,
            "week_start": DAY,
            "weeks_before": WHOLE,
            "weeks_after": WHOLE,
            "mean_before": NUMBER,
            "mean_after": NUMBER,
            "ratio": NUMBER,
            "p_value": NUMBER,
            "statement": TEXT,
        },
        since=week_of,
    ),
    "source.predicted_risk": Supplied(
        reads=("analytics.daily_progress", "source.goals"),
        columns={
            "student_id": TEXT,
            "outcome": TEXT,
            "probability": NUMBER,
            "threshold": NUMBER,
            "is_flagged": pa.bool_(),
            "reasons": pa.list_(TEXT),
        },
        since=day_of,
    ),
}

# Which models stand behind the predictions of a snapshot, and how good they were when judged.
MODELS = pa.schema(
    {
        "model": TEXT,
        "model_id": TEXT,
        "trained_at": INSTANT,
        "problem": TEXT,
        "card": TEXT,
    }
)
