"""Questions whose plan is kept, over inputs that are handed in anew each time.

Planning the chain of tables behind a figure takes longer than running it. DuckDB keeps the plan of
a prepared statement that reads no database and has no parameters, so whatever a kept question reads
is Arrow data, its parameters too; of these a plan knows the types and nothing else. Where a version
of DuckDB plans such statements anew all the same, answers are as they were and take longer.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.connections import locked

KEPT_PLANS = 64
PARAMETERS = "parameters"
NAMED = re.compile(r"\$(\w+)")


class Plans:
    """Answers questions by plans of before; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Plan] = []  # the last used last

    def rows(
        self, sql: str, params: Mapping[str, object], inputs: Mapping[str, pa.Table]
    ) -> list[dict[str, Any]]:
        """Answer a question that reads `inputs` by their names, and nothing else."""
        given = dict(inputs)
        if params:
            given[PARAMETERS] = pa.table({name: [value] for name, value in params.items()})
        plan = self._taken(sql, given) or Plan(sql, given)
        rows = plan.rows(given)
        with self._lock:
            self._idle.append(plan)
            del self._idle[:-KEPT_PLANS]
        return rows

    def _taken(self, sql: str, given: Mapping[str, pa.Table]) -> Plan | None:
        with self._lock:
            for place in reversed(range(len(self._idle))):
                if self._idle[place].fits(sql, given):
                    return self._idle.pop(place)
        return None


class Plan:
    """One question, planned for inputs of some types; used by one thread at a time."""

    def __init__(self, sql: str, given: Mapping[str, pa.Table]) -> None:
        self._sql, self._cursor = sql, _empty_database().cursor()
        self._inputs = {name: Input(table.schema) for name, table in given.items()}
        for name, handed in self._inputs.items():
            self._cursor.register(name, handed)
        read = NAMED.sub(rf'(select "\1" from {PARAMETERS})', sql)
        self._cursor.execute(f"prepare kept as {read}")

    def fits(self, sql: str, given: Mapping[str, pa.Table]) -> bool:
        """Whether this is the plan of that question over inputs of those types."""
        return self._sql == sql and all(
            self._inputs[name].schema.equals(table.schema) for name, table in given.items()
        )

    def rows(self, given: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
        """The answer from these inputs; none of them is held when it is there."""
        for name, table in given.items():
            self._inputs[name].table = table
        try:
            found = self._cursor.execute("execute kept")
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        finally:
            for handed in self._inputs.values():
                handed.table = None


@cache
def _empty_database() -> duckdb.DuckDBPyConnection:
    """Where plans are made, one a process: to open it takes some 20 ms."""
    return locked(duckdb.connect(":memory:"), [])


class Input:
    """Rows of one type that DuckDB reads afresh whenever a plan runs."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self.table: pa.Table | None = None

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        table = self.schema.empty_table() if self.table is None else self.table
        return table.__arrow_c_stream__(requested_schema)
