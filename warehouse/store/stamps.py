"""A stamp for each table that builds read: another one after every change of its rows.

Triggers of the database set them, so a change counts whoever made it: this program, another one, or
a person at a prompt. A stamp is random and never comes again, so neither a restored backup nor
another store is taken for the state that a build has seen.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, inspect, select, text

from warehouse.store.schema import (
    BREAKS,
    CLASSES,
    CONCEPTS,
    ENROLMENTS,
    GOALS,
    GUARDIANS,
    PEOPLE,
    PREREQUISITES,
    ROLES,
    STAMPS,
    STUDENTS,
)
from warehouse.store.transactions import reading

STAMPED = (
    *(CONCEPTS, PREREQUISITES, PEOPLE, ROLES, STUDENTS),
    *(GUARDIANS, CLASSES, ENROLMENTS, BREAKS, GOALS),
)
_SQLITE_STAMP = "lower(hex(randomblob(16)))"
_SQLITE = """create trigger {name} after {change} on {table} begin
    update stamps set stamp = {stamp} where table_name = '{table}'; end"""
_POSTGRESQL_STAMP = "gen_random_uuid()::text"
# Once a transaction: each update leaves a dead row to be passed over by the next, so a transaction
# of ten thousand statements would take the square of that.
_POSTGRESQL_FUNCTION = """create or replace function stamp_table() returns trigger
    language plpgsql as $$ begin
        update stamps set stamp = gen_random_uuid()::text
        where table_name = tg_table_name and xmin != pg_current_xact_id()::xid;
        return null;
    end $$"""
# Before a statement it takes the stamp's row ahead of any row that the statement changes: two
# writers queue there and never wait for each other crosswise.
_POSTGRESQL = """create trigger {name} before insert or update or delete or truncate on {table}
    for each statement execute function stamp_table()"""


class Stamps:
    """The stamps as they are now."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> dict[str, str]:
        """By table. Read before the tables themselves, they never say more than is in these."""
        with reading(self._engine) as connection:
            return {row.table_name: row.stamp for row in connection.execute(select(STAMPS))}


def install(connection: Connection) -> None:
    """Give each table its triggers where they are missing, and then another stamp.

    Not part of a migration: SQLite loses the triggers of a table that a later one rebuilds.
    """
    if not inspect(connection).has_table(STAMPS.name):
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRESQL_FUNCTION))
        there = set(connection.execute(text("select tgname from pg_trigger")).scalars())
        wanted = {(f"stamp_{t.name}", "", t.name) for t in STAMPED}
        _install(connection, wanted, there, _POSTGRESQL, _POSTGRESQL_STAMP)
        return
    named = text("select name from sqlite_master where type = 'trigger'")
    there = set(connection.execute(named).scalars())
    changes = ("insert", "update", "delete")
    wanted = {(f"stamp_{t.name}_{change}", change, t.name) for t in STAMPED for change in changes}
    _install(connection, wanted, there, _SQLITE, _SQLITE_STAMP)


def _install(
    connection: Connection,
    wanted: Iterable[tuple[str, str, str]],
    there: set[str],
    trigger: str,
    stamp: str,
) -> None:
    missing = sorted(one for one in wanted if one[0] not in there)
    for name, change, table in missing:
        sql = trigger.format(name=name, change=change, table=table, stamp=stamp)
        connection.execute(text(sql))
    for table in sorted({table for _, _, table in missing}):
        connection.execute(
            text(
                f"insert into stamps (table_name, stamp) values (:name, {stamp})"
                f" on conflict (table_name) do update set stamp = {stamp}"
            ),
            {"name": table},
        )


def uninstall(connection: Connection) -> None:
    """Take the triggers away, before their table goes."""
    postgresql = connection.dialect.name == "postgresql"
    for table in STAMPED:
        if postgresql:
            connection.execute(text(f"drop trigger if exists stamp_{table.name} on {table.name}"))
            continue
        for change in ("insert", "update", "delete"):
            connection.execute(text(f"drop trigger if exists stamp_{table.name}_{change}"))
    if postgresql:
        connection.execute(text("drop function if exists stamp_table()"))
