"""What a build publishes that its predecessor did not show yet: badges earned, levels reached.

Counts by badge and level only; who earned them is in the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.connections import quoted

_NEW_BADGES = """
    select badge_id, count(*)
    from gamification.badges as b
    where not exists (
        from previous.gamification.badges as p
        where
            p.student_id = b.student_id
            and p.badge_id = b.badge_id
            and p.subject_id is not distinct from b.subject_id
    )
    group by badge_id order by badge_id"""
_NEW_LEVELS = """
    select n.level_name, count(*)
    from gamification.student_points as n
    left join previous.gamification.student_points as p using (student_id)
    where n.level > coalesce(p.level, 1)
    group by n.level, n.level_name order by n.level"""
_NEEDED = {"badges", "student_points"}


class Unlocks(NamedTuple):
    """How many students newly have each badge and each level."""

    badges: Mapping[str, int]
    levels: Mapping[str, int]


def new_unlocks(con: duckdb.DuckDBPyConnection, previous: Path | None) -> Unlocks | None:
    """Compare the open workspace with the snapshot before; None where there is none to compare."""
    if previous is None or not previous.exists():
        return None
    con.execute(f"attach {quoted(previous)} as previous (read_only)")
    try:
        found = con.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'previous' and schema_name = 'gamification'"
        ).fetchall()
        if not {row[0] for row in found} >= _NEEDED:
            return None
        badges, levels = (con.execute(sql).fetchall() for sql in (_NEW_BADGES, _NEW_LEVELS))
        return Unlocks(dict(badges), dict(levels))
    finally:
        con.execute("detach previous")
