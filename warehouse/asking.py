"""Asking an open snapshot: a cursor for each question, its text read once.

Reading a text can take longer than running it; to run a statement copies what was read.
Nothing here refers to who asks, so that a snapshot nobody uses any more is closed at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import duckdb
import pyarrow as pa

KEPT_STATEMENTS = 512


class Asking:
    """Questions to one database; threads may share it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._parsed = lru_cache(KEPT_STATEMENTS)(partial(_parse, con))

    def rows(self, sql: str, params: Mapping[str, object]) -> list[dict[str, Any]]:
        """Run one statement on a cursor of its own, giving it the parameters that it names."""
        statement = self._parsed(sql)
        named = statement.named_parameters
        with self.con.cursor() as cursor:
            cursor.execute(statement, {k: v for k, v in params.items() if k in named})
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def arrow(self, sql: str, params: Mapping[str, object]) -> pa.Table:
        """Run one statement and return its rows as an Arrow table."""
        with self.con.cursor() as cursor:
            return cursor.sql(self._parsed(sql), params=dict(params)).to_arrow_table()


def _parse(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    with con.cursor() as cursor:
        (statement,) = cursor.extract_statements(sql)
        return statement
