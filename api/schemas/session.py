"""Shapes of a session."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.base import Shape, example


class Session(Shape):
    """Who is signed in."""

    model_config = example(
        {
            "subject": "teacher-0001",
            "role": "educator",
            "name": "Tess T.",
            "expires_at": "2026-03-02T18:30:00Z",
            "csrf_token": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    )

    subject: str
    role: Literal["student", "parent", "educator", "admin", "service"]
    name: str | None
    expires_at: datetime
    csrf_token: str | None = Field(
        description="To be sent as X-CSRF-Token with changes; null for bearer tokens."
    )
