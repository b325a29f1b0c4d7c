"""What an incremental build looks at: new events, and students whose figures they or time change.

Figures change for a student when an event of theirs becomes visible (it arrived, or it lay a little
in the future), when an ISO week ends in which they started concepts (a perfect week is earned
then), or when their goals or breaks changed. What else the clock changes is in tables with
`refresh: all`, and through these in tables with `refresh: due` (`warehouse/fill.py`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.history import Past
from warehouse.id_hashes import held
from warehouse.known import COLUMNS, FIRST_RECEIVED, scan
from warehouse.repeats import note_repeats

MOST_NEW_SHARE = 0.2


_BREAKS = """select student_id, first_day, last_day, null as valid_from, null as valid_until
    from {breaks} where student_id is not null
    union all
    select e.person_id, b.first_day, b.last_day, e.valid_from, e.valid_until
    from {breaks} as b inner join {enrolments} as e using (class_id) where e.role = 'student'"""
_BREAKS_NOW = _BREAKS.format(breaks="source.breaks", enrolments="source.enrolments")
_BREAKS_BEFORE = _BREAKS.format(breaks="previous_breaks", enrolments="previous_enrolments")


def why_not(
    con: duckdb.DuckDBPyConnection,
    identity: Mapping[str, str],
    as_of: datetime,
    known_at: datetime | None,
    new_files: Sequence[Path],
) -> str:
    """Say why the copied snapshot in `con` cannot be continued; empty when it can."""
    names = ", ".join(identity)
    told = con.execute(
        "select count(*) from duckdb_columns()"
        " where schema_name = 'meta' and table_name = 'snapshot' and list_contains(?, column_name)",
        [list(identity)],
    ).fetchone()
    if told != (len(identity),):
        return "the current snapshot was made by another version, which told less of itself"
    row = con.execute(
        f"select as_of > ?, known_at is not null, event_count, {names} from meta.snapshot", [as_of]
    ).fetchone()
    if row is None:
        return "the current snapshot does not describe itself"
    later, partial, event_count, *before = row
    changed = [n for n, old in zip(identity, before, strict=True) if identity[n] != old]
    new_count = con.execute(f"select count(*) from {scan(new_files)}").fetchone() or (0,)
    reasons = {
        "known_at was given": known_at is not None,
        "the current snapshot leaves out events by known_at": partial,
        "the current snapshot is as of a later instant": later,
        f"another {' and '.join(changed)}": bool(changed),
        f"{new_count[0]} new events are many beside {event_count}": new_count[0]
        > max(event_count * MOST_NEW_SHARE, 10_000),
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


def listed(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The lake files that the workspace contains."""
    return [row[0] for row in con.execute("select file from source.files").fetchall()]


def new_files(con: duckdb.DuckDBPyConnection, lake_files: Sequence[str]) -> list[str]:
    """The lake files that the copied snapshot does not contain."""
    known = set(listed(con))
    return [name for name in lake_files if name not in known]


def previous_as_of(con: duckdb.DuckDBPyConnection, replaced: Container[str]) -> datetime:
    """Remember what the copied snapshot was made of besides events; return its as-of instant.

    `replaced` are the source relations that will be: the others need no copy.
    """
    for name in ("goals", "breaks", "enrolments"):
        kind = "table" if name in replaced else "view"
        con.execute(f"create or replace temp {kind} previous_{name} as from source.{name}")
    (as_of,) = con.execute("select as_of from meta.snapshot").fetchall()[0]
    return datetime.fromisoformat(str(as_of))


def add_new_events(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], past: Past, *, conflicts: bool = True
) -> int:
    """Append the events of new files to `source.recent_events`, each id once; returns how many.

    With `conflicts`, events whose id is known with other content are added to `source.conflicts`,
    and ids that now stand twice to `source.repeated`.
    """
    con.execute(
        f"""create or replace temp table incoming as
        select {COLUMNS}, {FIRST_RECEIVED} as place from {scan(files)}"""
    )
    con.execute(
        f"""create or replace temp table known_ids as
        select event_id, fingerprint, received_at from {_suspected(con, past)}
        semi join incoming using (event_id)
        union all
        select event_id, fingerprint, received_at from source.recent_events
        semi join incoming using (event_id)"""
    )
    if conflicts:
        _note_conflicts(con)
        note_repeats(con)
    con.execute(
        f"""create or replace temp table fresh as
        select {COLUMNS} from incoming anti join known_ids using (event_id) where place = 1"""
    )
    con.execute(f"insert into source.recent_events select {COLUMNS} from fresh")
    counted = con.execute("select count(*) from fresh").fetchone()
    return counted[0] if counted else 0


def _suspected(con: duckdb.DuckDBPyConnection, past: Past) -> str:
    """A relation of the past's events, or of none when no incoming id is among them.

    To look for hashes costs next to nothing, and most builds find none.
    """
    if past.hashes is None:
        return past.events
    incoming = con.execute("select hash(event_id) as hashed from incoming").fetchnumpy()
    return past.events if held(past.hashes, incoming["hashed"]).any() else scan([])


def _note_conflicts(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """insert into source.conflicts
        with first as (
            select event_id, fingerprint from known_ids
            union all
            select event_id, fingerprint from incoming anti join known_ids using (event_id)
            where place = 1
        )
        select i.event_id, i.student_id, i.received_at
        from incoming as i inner join first as f using (event_id)
        where i.fingerprint != f.fingerprint"""
    )


def overtaken(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a new event should have stayed in place of a known one: it was received earlier."""
    found = con.execute(
        """select 1 from incoming as i inner join known_ids as k using (event_id)
        where (i.received_at, i.fingerprint) < (k.received_at, k.fingerprint)
            and i.fingerprint != k.fingerprint limit 1"""
    )
    return found.fetchone() is not None


def find_touched(
    con: duckdb.DuckDBPyConnection, history: str, before: datetime, as_of: datetime
) -> int:
    """Put the students to recompute into temporary table `touched`; returns how many."""
    con.execute("set variable before = ?::timestamptz", [before])
    con.execute("set variable as_of = ?::timestamptz", [as_of])
    became_due = (
        "select student_id from {} where occurred_at > getvariable('before')"
        " and occurred_at <= getvariable('as_of')"
    )
    waiting = con.execute("select max(newest_at) > ? from source.history", [before]).fetchone()
    due_in_history = (
        became_due.format(history) if waiting and waiting[0] else became_due.format("fresh")
    )
    con.execute(
        f"""create or replace temp table touched as
        select student_id from fresh
        union {became_due.format("source.recent_events")}
        union {due_in_history}
        union
        select student_id from analytics.weekly_progress
        where week_start + 7 > cast(timezone('UTC', getvariable('before')) as date)
            and week_start + 7 <= cast(timezone('UTC', getvariable('as_of')) as date)
        union
        (select student_id from (from source.goals except from previous_goals)
        union select student_id from (from previous_goals except from source.goals))
        union
        (select student_id from (({_BREAKS_NOW}) except ({_BREAKS_BEFORE}))
        union select student_id from (({_BREAKS_BEFORE}) except ({_BREAKS_NOW})))"""
    )
    counted = con.execute("select count(*) from touched").fetchone()
    return counted[0] if counted else 0


def gather_touched_events(con: duckdb.DuckDBPyConnection, history: str) -> str:
    """Put all events of the students in `touched` into one temporary table; returns its name."""
    con.execute(
        f"""create or replace temp table touched_events as
        select {COLUMNS} from {history} semi join touched using (student_id)
        union all
        select {COLUMNS} from source.recent_events semi join touched using (student_id)"""
    )
    return "touched_events"
