"""What is told of class reports that were made by themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.base import Shape, example


class ScheduledFile(Shape):
    """A file of a report."""

    format: Literal["pdf", "csv"]
    size: int = Field(description="Bytes.")


class ScheduledReport(Shape):
    """The report of one week."""

    week_start: date = Field(description="Monday.")
    language: str
    snapshot_id: str | None = Field(description="Null where it was made before the first build.")
    as_of: datetime | None = Field(description="The instant for which its figures hold.")
    students: int = Field(description="How many are in it.")
    files: list[ScheduledFile]


class ScheduledReports(Shape):
    """The kept reports of a class."""

    model_config = example(
        {
            "class_id": "class-7a",
            "reports": [
                {
                    "week_start": "2026-02-23",
                    "language": "en",
                    "snapshot_id": "20260302T050501000000-5d6f3f",
                    "as_of": "2026-03-02T05:05:01Z",
                    "students": 24,
                    "files": [
                        {"format": "csv", "size": 2816},
                        {"format": "pdf", "size": 48213},
                    ],
                }
            ],
            "withheld": 0,
            "kept_weeks": 12,
        }
    )

    class_id: str
    reports: list[ScheduledReport] = Field(description="Newest week first.")
    withheld: int = Field(
        description="Others, in which is somebody whom the bearer does not teach any more."
    )
    kept_weeks: int
