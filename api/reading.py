"""What the API asks of a reader: one state of one student, live or published, decided once."""

from __future__ import annotations

from typing import Any, Protocol

Row = dict[str, Any]


class MetaLike(Protocol):
    @property
    def snapshot_id(self) -> str | None: ...


class StudentReading(Protocol):
    """One student, read at one state of the tables."""

    @property
    def meta(self) -> Any: ...

    @property
    def version(self) -> str: ...

    def ask(self, query_name: str, **params: object) -> list[Row]: ...


class Reading(Protocol):
    """The door to the published snapshot and the live path."""

    def student(self, student_id: str) -> StudentReading: ...

    def rows(self, query_name: str, **params: object) -> list[Row]: ...

    def snapshot_info(self) -> Any: ...
