"""Shapes of exports: what is asked for, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import Shape, example
from warehouse.event_fields import Name

STUDENTS_MAX = 2_000

EXPORT_EXAMPLE: dict[str, Any] = {
    "student_ids": ["student-0001", "student-0002"],
    "date_range": {"start": "2026-02-06", "end": "2026-03-06"},
    "format": "pdf",
}


class DateRange(BaseModel):
    """Days of each student's own clock; what is left out is as in a report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: str | None = Field(None, description="The first day.")
    end: str | None = Field(None, description="The day after the last one.")


class ExportBody(BaseModel):
    """Whose reports, of which days, as what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    student_ids: Annotated[list[Name], Field(min_length=1, max_length=STUDENTS_MAX)] = Field(
        description="Each must be permitted to the bearer; one named twice counts once."
    )
    date_range: DateRange = DateRange()
    format: Literal["pdf", "csv", "json"] = Field(
        description="A ZIP of PDFs with a cover, one CSV, or JSON lines."
    )


class ExportState(Shape):
    """How far an export is."""

    model_config = example(
        {
            "export_id": "019a4c1e-7c55-7b10-9d0a-5d6f3f1c2b7e",
            "state": "running",
            "done": 12,
            "total": 30,
            "problem": None,
            "requested_at": "2026-03-05T06:05:01Z",
            "expires_at": "2026-03-06T06:05:01Z",
            "download_url": None,
        }
    )

    export_id: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int = Field(description="Students whose reports are ready.")
    total: int
    problem: str | None = Field(description="Why it failed.")
    requested_at: datetime
    expires_at: datetime = Field(description="Job and file are gone then.")
    download_url: str | None = Field(
        description="Where the file is, for ten minutes and for whoever has the link; null while "
        "it is not ready, and where a student in it is no longer permitted to the owner."
    )
