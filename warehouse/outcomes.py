"""What came of predictions: each first try after a build, beside the probability told before it.

A build that adds events looks at the tables that it is about to replace: they were made without
these events. Rows name no student; they stay four weeks and are taken over by full builds.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connections import quoted

SUFFICIENT_SCORE = 0.6  # as the model of mastery means it
KEPT_DAYS = 28
TABLE = "source.predicted_outcomes"
COLUMNS = "model_id text, probability double, is_right boolean, occurred_at timestamptz"


def bring_outcomes(
    con: duckdb.DuckDBPyConnection, as_of: datetime, *, full: bool, previous: Path | None
) -> None:
    """Bring `source.predicted_outcomes` up to date before the tables are made."""
    con.execute(f"create table if not exists {TABLE} ({COLUMNS})")
    if full:
        _take_over(con, previous, as_of)
    else:
        _note(con, as_of)
    con.execute(
        f"delete from {TABLE} where occurred_at <= ?::timestamptz - interval {KEPT_DAYS} days",
        [as_of],
    ).complete()


def _note(con: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    """Add the first new try of each touched student and concept, of an incremental build."""
    con.execute(
        f"""insert into {TABLE}
        select p.model_id, p.probability, e.score >= {SUFFICIENT_SCORE}, e.occurred_at
        from fresh as e
        inner join predictions.concept_mastery as p
            on e.student_id = p.student_id and e.concept_id = p.concept_id
        where
            e.score is not null
            and e.event_type = 'attempted'
            -- a late event from before the prediction is no outcome of it
            and e.local_date >= p.predicted_on - 1
            and e.occurred_at <= ?::timestamptz
        qualify
            row_number() over (
                partition by e.student_id, e.concept_id order by e.occurred_at, e.event_id
            ) = 1""",
        [as_of],
    )


def _take_over(con: duckdb.DuckDBPyConnection, previous: Path | None, as_of: datetime) -> None:
    """In a full build, keep what the current snapshot knows of outcomes."""
    if previous is None or not previous.exists():
        return
    con.execute(f"attach {quoted(previous)} as outcomes_before (read_only)")
    try:
        there = con.execute(
            "select 1 from duckdb_tables() where database_name = 'outcomes_before'"
            " and schema_name || '.' || table_name = ?",
            [TABLE],
        )
        if there.fetchone() is not None:
            con.execute(
                f"insert into {TABLE} from outcomes_before.{TABLE}"
                " where occurred_at <= ?::timestamptz",
                [as_of],
            ).complete()
    finally:
        con.execute("detach outcomes_before")


def outcomes(con: duckdb.DuckDBPyConnection) -> list[tuple[str, float, bool]]:
    """Every outcome known, with the model that foresaw it."""
    return con.execute(f"select model_id, probability, is_right from {TABLE}").fetchall()
