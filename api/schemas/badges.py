"""Shapes of badges that were taken out as credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import Shape, example
from warehouse.event_fields import Title

_TAKEN: dict[str, Any] = {
    "credential_id": "4f2c7d0e-8f0e-4b5e-9a43-0d6f2b1c7e55",
    "badge_id": "quick_learner",
    "subject_id": None,
    "issued_at": "2026-03-02T08:30:00Z",
    "state": "good",
    "revoked_at": None,
    "reason": None,
}


class BadgeCredential(Shape):
    """A badge that was taken out."""

    model_config = example(_TAKEN)

    credential_id: str = Field(description="As in the credential: `urn:uuid:` and this.")
    badge_id: str
    subject_id: str | None = Field(description="For badges that are earned once per subject.")
    issued_at: datetime = Field(description="When it was first taken out.")
    state: Literal["good", "revoked", "lost"] = Field(
        description="`lost`: the figures no longer hold the badge, so that verifiers are told that "
        "it is revoked, as long as they do not."
    )
    revoked_at: datetime | None = Field(description="When the school took it back.")
    reason: str | None = Field(description="Why, in the words of the school.")


class BadgeCredentials(Shape):
    """The badges that were taken out, the oldest first."""

    model_config = example({"student_id": "student-0001", "credentials": [_TAKEN]})

    student_id: str
    credentials: list[BadgeCredential]


class RevocationBody(BaseModel):
    """Why a credential is taken back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Title = Field(description="For the family to read; 1 to 200 characters.")


REVOCATION_EXAMPLE: dict[str, Any] = {"reason": "Taken out under another child's account"}
