"""Shapes of the audit log: who used whose record."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.schemas.base import Shape, example

_ENTRY = {
    "seq": 42,
    "at": "2026-03-02T08:30:00Z",
    "actor": "teacher-0001",
    "actor_name": "Tess T.",
    "role": "educator",
    "operation": "student_progress",
    "student_id": "student-0001",
    "purpose": "parents' evening",
    "request_id": "0199c1e77c557b109d0a5d6f3f1c2b7e",
}


class AuditEntry(Shape):
    """One use of one student's record."""

    model_config = example(_ENTRY)

    seq: int = Field(description="Its number in the log.")
    at: datetime
    actor: str
    actor_name: str | None
    role: str = Field(description="As what they did it.")
    operation: str
    student_id: str
    purpose: str | None = Field(description="What the request said it was for (X-Purpose).")
    request_id: str | None


class AuditPage(Shape):
    """Entries, newest first."""

    model_config = example({"entries": [_ENTRY], "next_before": None})

    entries: list[AuditEntry]
    next_before: int | None = Field(description="Send it as `before` for older ones; null: none.")


class AuditVerdict(Shape):
    """Whether the log is whole."""

    model_config = example(
        {"rows": 42, "end": "9f86d081884c7d65", "whole": True, "broken_at": None, "reason": None}
    )

    rows: int
    end: str = Field(
        description="The last seal. Note it elsewhere to notice an older log put back."
    )
    whole: bool
    broken_at: int | None = Field(description="The first row that does not fit.")
    reason: str | None
