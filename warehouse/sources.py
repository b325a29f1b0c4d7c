"""Relations that SQL does not make: clock, rules, and what the store knows of people and concepts.

They enter every snapshot under the schema `source`, so that it can be read, and repeated, on its
own. `source.events` is the one that each runner supplies in its own way (history, build, live).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import duckdb
import pyarrow as pa

from warehouse.rules import Rules
from warehouse.supplied import MODELS
from warehouse.told import DAY, INSTANT, TEXT, WHOLE, as_table

MILESTONE_METRICS = [
    ("started", "concept_started", "concepts_started"),
    ("completed", "concept_completed", "concepts_completed"),
    ("mastered", "concept_mastered", "concepts_mastered"),
    ("perfect", "perfect_score", "perfect_scores"),
]
FIRST_DAY = date(1999, 12, 31)  # in Honolulu, when 2000 begins in UTC
WEEKS = 6_000  # more than lie between the year 2000 and the end of the century


def load_sources(
    con: duckdb.DuckDBPyConnection,
    told: Mapping[str, pa.Table],
    rules: Rules,
    *,
    as_of: datetime,
    zone: str,
) -> None:
    """Put source relations into schema `source`, replacing those that are there.

    `told` is what the store says (`warehouse/told.py`), or said when a build of the past ran.
    """
    con.execute("create schema if not exists source")
    tables = {**_rule_tables(rules), "models": MODELS.empty_table(), **told}
    tables["clock"] = as_table({"as_of": INSTANT, "default_time_zone": TEXT}, [(as_of, zone)])
    tables["days"] = _days(as_of)
    tables["numbers"] = as_table({"n": pa.int32()}, [(n,) for n in range(WEEKS)])
    for name, table in tables.items():
        con.register("incoming_source", table)
        # One person is found by the row groups that can hold them.
        order = " order by person_id" if "person_id" in table.column_names else ""
        con.execute(f"create or replace table source.{name} as from incoming_source{order}")
        con.unregister("incoming_source")


def _days(as_of: datetime) -> pa.Table:
    """Every day on which an event may lie: from 2000 to the latest date on earth at `as_of`."""
    last = as_of.date().toordinal() + 2
    days = [date.fromordinal(n) for n in range(FIRST_DAY.toordinal(), last)]
    return pa.table({"local_date": pa.array(days, DAY)})


def _rule_tables(rules: Rules) -> dict[str, pa.Table]:
    upper = [level.from_points for level in rules.levels[1:]] + [None]
    return {
        "point_rules": as_table(
            {"reason": TEXT, "points": WHOLE}, list(rules.points.model_dump().items())
        ),
        "milestone_metrics": as_table(
            {"milestone": TEXT, "reason": TEXT, "metric": TEXT}, MILESTONE_METRICS
        ),
        "goal_default": as_table(
            {"default_concepts": WHOLE}, [(rules.weekly_goal.default_concepts,)]
        ),
        "streak_milestones": as_table(
            {"day_count": WHOLE}, [(days,) for days in rules.notifications.milestones]
        ),
        "notification_rules": as_table(
            {"streak_reminder_from_days": WHOLE, "streak_reminder_hour": WHOLE},
            [
                (
                    rules.notifications.streak_reminder_from_days,
                    rules.notifications.streak_reminder_hour,
                )
            ],
        ),
        "levels": as_table(
            {"level": WHOLE, "level_name": TEXT, "at_least": WHOLE, "next_from_points": WHOLE},
            [
                (n, level.name, level.from_points if n > 1 else -(2**53), above)
                for n, (level, above) in enumerate(zip(rules.levels, upper, strict=True), 1)
            ],
        ),
        "badge_rules": as_table(
            {
                "badge_id": TEXT,
                "metric": TEXT,
                "window_kind": TEXT,
                "threshold": WHOLE,
                "points_value": WHOLE,
            },
            [
                (
                    badge.id,
                    badge.metric.value,
                    badge.window.value,
                    None if badge.threshold == "all" else badge.threshold,
                    badge.points_value,
                )
                for badge in rules.badges
            ],
        ),
    }
