"""Encoding: while tables are filled, texts that repeat are numbers that look like texts (enums).

The tables of a chunk group, join and sort by student and concept again and again; four bytes are
quicker than 36 characters. An enum compares with texts as its text does, and sorts like it, since
its values were made in order. Stored tables get the texts back.
"""

from __future__ import annotations

from collections.abc import Set

import duckdb

STUDENT, CONCEPT, SUBJECT = "chunk_student", "chunk_concept", "chunk_subject"
# What a table may read in its encoded form instead of the one that everybody else reads.
ENCODED = frozenset({"source.events", "source.curriculum"})
ALL_DIFFERENT = frozenset({"event_id", "notification_id"})


def make_types(con: duckdb.DuckDBPyConnection, events: str) -> None:
    """Make the enums, and with them `source__curriculum`, from a relation of all events to come.

    Once for all chunks: each look at a range of students reads more than the range.
    """
    _make_type(con, STUDENT, f"select student_id from {events}")
    _make_type(
        con,
        CONCEPT,
        f"""select concept_id from {events} where concept_id is not null
        union all select concept_id from source.curriculum""",
    )
    _make_type(con, SUBJECT, "select subject_id from source.curriculum")
    con.execute(
        f"""create or replace temp table source__curriculum as
        select * replace (
            cast(concept_id as {CONCEPT}) as concept_id,
            cast(subject_id as {SUBJECT}) as subject_id
        )
        from source.curriculum"""
    )


def encode(con: duckdb.DuckDBPyConnection, events: str) -> None:
    """Make `source__events` from a relation of a chunk's events."""
    con.execute(
        f"""create or replace temp view source__events as
        select * replace (
            cast(student_id as {STUDENT}) as student_id,
            cast(concept_id as {CONCEPT}) as concept_id
        )
        from {events}"""
    )


def stored_columns(rows: duckdb.DuckDBPyRelation, plain: Set[str] = ALL_DIFFERENT) -> str:
    """How the columns of such rows are declared where they are kept: texts for enums.

    To look for what neighbours share in the `plain` columns takes longer than to write them.
    """
    kinds = ["text" if kind.id == "enum" else str(kind) for kind in rows.types]
    return ", ".join(
        f"{column} {kind}{' using compression uncompressed' if column in plain else ''}"
        for column, kind in zip(rows.columns, kinds, strict=True)
    )


def _make_type(con: duckdb.DuckDBPyConnection, name: str, values: str) -> None:
    con.execute(
        f"create or replace temp type {name} as enum"
        f" (select * from ({values}) group by 1 order by 1)"
    )
