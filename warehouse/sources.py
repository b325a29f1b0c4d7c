"""Relations that SQL does not make: clock, rules, and what the store knows of people and concepts.

They enter every snapshot under the schema `source`, so that it can be read, and repeated, on its
own. `source.events` is the one that each runner supplies in its own way (history, build, live).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import duckdb
import pyarrow as pa

from warehouse.rules import Rules
from warehouse.store.database import Store
from warehouse.supplied import MODELS

MILESTONE_METRICS = [
    ("started", "concept_started", "concepts_started"),
    ("completed", "concept_completed", "concepts_completed"),
    ("mastered", "concept_mastered", "concepts_mastered"),
    ("perfect", "perfect_score", "perfect_scores"),
]
FIRST_DAY = date(1999, 12, 31)  # in Honolulu, when 2000 begins in UTC
WEEKS = 6_000  # more than lie between the year 2000 and the end of the century

TEXT, WHOLE = pa.string(), pa.int64()
INSTANT = pa.timestamp("us", tz="UTC")
DAY = pa.date32()
VALIDITY = {"valid_from": INSTANT, "valid_until": INSTANT}
PEOPLE_COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "people": {"person_id": TEXT, "time_zone": TEXT, "locale": TEXT, "active": pa.bool_()},
    "roles": {"person_id": TEXT, "role": TEXT},
    "classes": {
        "class_id": TEXT,
        "name": TEXT,
        "time_zone": TEXT,
        "leaderboard_enabled": pa.bool_(),
        "active": pa.bool_(),
    },
    "enrolments": {"class_id": TEXT, "person_id": TEXT, "role": TEXT, **VALIDITY},
    "guardians": {
        "student_id": TEXT,
        "guardian_id": TEXT,
        "relation": TEXT,
        "consent": pa.bool_(),
        **VALIDITY,
    },
    "breaks": {
        "break_id": TEXT,
        "student_id": TEXT,
        "class_id": TEXT,
        "first_day": DAY,
        "last_day": DAY,
    },
}


def load_sources(
    con: duckdb.DuckDBPyConnection,
    told: Mapping[str, pa.Table],
    rules: Rules,
    *,
    as_of: datetime,
    zone: str,
) -> None:
    """Put every source relation but the events into schema `source`, replacing what is there.

    `told` is what the store says (`store_tables`), or said when a build of the past ran.
    """
    con.execute("create schema if not exists source")
    tables = {**_rule_tables(rules), "models": MODELS.empty_table(), **told}
    tables["clock"] = _table({"as_of": INSTANT, "default_time_zone": TEXT}, [(as_of, zone)])
    tables["days"] = _days(as_of)
    tables["numbers"] = _table({"n": pa.int32()}, [(n,) for n in range(WEEKS)])
    for name, table in tables.items():
        con.register("incoming_source", table)
        con.execute(f"create or replace table source.{name} as from incoming_source")
        con.unregister("incoming_source")


def _days(as_of: datetime) -> pa.Table:
    """Every day on which an event may lie: from 2000 to the latest date on earth at `as_of`."""
    last = as_of.date().toordinal() + 2
    days = [date.fromordinal(n) for n in range(FIRST_DAY.toordinal(), last)]
    return pa.table({"local_date": pa.array(days, DAY)})


def _rule_tables(rules: Rules) -> dict[str, pa.Table]:
    upper = [level.from_points for level in rules.levels[1:]] + [None]
    return {
        "point_rules": _table(
            {"reason": TEXT, "points": WHOLE}, list(rules.points.model_dump().items())
        ),
        "milestone_metrics": _table(
            {"milestone": TEXT, "reason": TEXT, "metric": TEXT}, MILESTONE_METRICS
        ),
        "goal_default": _table(
            {"default_concepts": WHOLE}, [(rules.weekly_goal.default_concepts,)]
        ),
        "streak_milestones": _table(
            {"day_count": WHOLE}, [(days,) for days in rules.notifications.milestones]
        ),
        "notification_rules": _table(
            {"streak_reminder_from_days": WHOLE, "streak_reminder_hour": WHOLE},
            [
                (
                    rules.notifications.streak_reminder_from_days,
                    rules.notifications.streak_reminder_hour,
                )
            ],
        ),
        "levels": _table(
            {"level": WHOLE, "level_name": TEXT, "at_least": WHOLE, "next_from_points": WHOLE},
            [
                (n, level.name, level.from_points if n > 1 else -(2**53), above)
                for n, (level, above) in enumerate(zip(rules.levels, upper, strict=True), 1)
            ],
        ),
        "badge_rules": _table(
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


def store_tables(store: Store) -> dict[str, pa.Table]:
    """What the store knows of people, their plans and the curriculum, as it is now."""
    return {
        "curriculum": _table(
            {
                "concept_id": TEXT,
                "subject_id": TEXT,
                "name": TEXT,
                "prerequisites": pa.list_(TEXT),
            },
            [
                (c.concept_id, c.subject_id, c.name, list(c.prerequisites))
                for c in store.curriculum.all()
            ],
        ),
        "students": _table(
            {
                "student_id": TEXT,
                "time_zone": TEXT,
                "alias": TEXT,
                "leaderboard_opt_in": pa.bool_(),
            },
            [
                (s.student_id, s.time_zone, s.alias, s.leaderboard_opt_in)
                for s in store.students.all()
            ],
        ),
        **_people_tables(store),
        "goals": _table(
            {"student_id": TEXT, "from_week": DAY, "concepts": WHOLE, "minutes": WHOLE},
            [(g.student_id, g.from_week, g.concepts, g.minutes) for g in store.goals.all()],
        ),
    }


def _people_tables(store: Store) -> dict[str, pa.Table]:
    """How people are related. Names and addresses stay in the store: no snapshot needs them."""
    rows = store.people.tables(PEOPLE_COLUMNS)
    return {name: _table(columns, rows[name]) for name, columns in PEOPLE_COLUMNS.items()}


def _table(columns: dict[str, pa.DataType], rows: Sequence[Sequence[object]]) -> pa.Table:
    schema = pa.schema(list(columns.items()))
    if not rows:
        return schema.empty_table()
    values = zip(*rows, strict=True)
    arrays = [pa.array(each, kind) for each, kind in zip(values, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
