"""Shapes of interventions: what educators do about students at risk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.schemas.base import Shape, example
from warehouse.event_fields import Name

Rule = Literal["inactive", "stuck", "slowing", "predicted"]
Outcome = Literal["resolved", "improving", "no_change", "not_needed", "other"]
Note = Annotated[
    str,
    StringConstraints(
        strict=True,
        strip_whitespace=True,
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$",
    ),
]

FLAG_EXAMPLE: dict[str, Any] = {
    "student_id": "student-0001",
    "rule": "stuck",
    "concept_id": "fractions-adding",
    "note": "Asked Ada to show me where it stops.",
}
CHANGE_EXAMPLE: dict[str, Any] = {
    "version": 2,
    "outcome": "resolved",
    "note": "Two exercises together, then it went.",
    "useful": True,
}
INTERVENTION_EXAMPLE: dict[str, Any] = {
    "intervention_id": "019a4c1e-7c55-7b10-9d0a-5d6f3f1c2b7e",
    "student_id": "student-0001",
    "rule": "stuck",
    "concept_id": "fractions-adding",
    "status": "closed",
    "version": 3,
    "assigned_to": "educator-0002",
    "outcome": "resolved",
    "useful": True,
    "opened_by": "educator-0001",
    "opened_at": "2026-03-02T08:30:00Z",
    "changed_at": "2026-03-04T10:00:00Z",
    "history": [
        {
            "version": 1,
            "actor": "educator-0001",
            "actor_role": "educator",
            "assigned_to": None,
            "note": "Asked Ada to show me where it stops.",
            "outcome": None,
            "useful": None,
            "recorded_at": "2026-03-02T08:30:00Z",
        }
    ],
}


class FlagBody(BaseModel):
    """A flag to acknowledge: one that the student's educators see."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    student_id: Name = Field(description="A student whom the bearer teaches.")
    rule: Rule = Field(description="The rule of the flag.")
    concept_id: Name | None = Field(default=None, description="The concept, for `stuck`.")
    note: Note | None = Field(default=None, description="What is to be done, or was.")

    @model_validator(mode="after")
    def _concept_fits_rule(self) -> Self:
        if (self.rule == "stuck") != (self.concept_id is not None):
            raise ValueError("concept_id belongs to the rule stuck, and to no other")
        return self


class ChangeBody(BaseModel):
    """The next step; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Annotated[int, Field(strict=True, ge=1, le=2**31 - 2)] = Field(
        description="The version that was read; 409 if somebody was faster."
    )
    assigned_to: Name | None = Field(
        default=None, description="Who takes it on: somebody who teaches the student."
    )
    note: Note | None = Field(default=None, description="What was done.")
    outcome: Outcome | None = Field(default=None, description="Closes the intervention.")
    useful: Annotated[bool, Field(strict=True)] | None = Field(
        default=None, description="Whether the flag was worth the look; also after closing."
    )

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set <= {"version"} or not any(
            getattr(self, name) is not None for name in self.model_fields_set - {"version"}
        ):
            raise ValueError("it needs assigned_to, note, outcome or useful")
        return self


class InterventionStep(Shape):
    """One entry of the history, which nobody rewrites; null was left as it was."""

    version: int
    actor: str = Field(description="Who did it.")
    actor_role: str
    assigned_to: str | None
    note: str | None
    outcome: Outcome | None
    useful: bool | None
    recorded_at: datetime


class InterventionShape(Shape):
    """An intervention and its history."""

    model_config = example(INTERVENTION_EXAMPLE)

    intervention_id: str
    student_id: str
    rule: Rule
    concept_id: str | None = Field(description="The concept, for `stuck`.")
    status: Literal["acknowledged", "assigned", "closed"]
    version: int = Field(description="Send it with the next change.")
    assigned_to: str | None
    outcome: Outcome | None = Field(description="Null while it is open.")
    useful: bool | None = Field(description="Whether the flag was worth the look; null untold.")
    opened_by: str
    opened_at: datetime
    changed_at: datetime
    history: list[InterventionStep] = Field(description="Oldest first.")


class InterventionList(Shape):
    """Interventions, the latest change first."""

    model_config = example({"interventions": [INTERVENTION_EXAMPLE]})

    interventions: list[InterventionShape]
