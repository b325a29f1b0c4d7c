"""Look-ups that come with every request, past SQLAlchemy: its work around one costs far more.

SQLite only: each thread keeps a connection, and one look-up by an index takes some microseconds, so
that even the event loop may wait for it. It sees what is committed at that moment, as any read.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import Any, cast

from sqlalchemy import Engine


class Lookups:
    """Asks for single rows on a connection of the asking thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept = threading.local()
        self.quick = engine.dialect.name == "sqlite"

    def row(self, sql: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        """The first row; None too when it cannot be told here: then ask in the usual way."""
        if not self.quick:
            return None
        try:
            if getattr(self._kept, "connection", None) is None:
                self._kept.connection = self._engine.raw_connection()
            driver = cast(sqlite3.Connection, self._kept.connection.driver_connection)
            row: tuple[Any, ...] | None = driver.execute(sql, values).fetchone()
        except sqlite3.Error:
            self._kept.connection = None
            return None
        return row
