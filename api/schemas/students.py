"""Shapes of a student's profile."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.base import Shape, example
from warehouse.event_fields import Name
from warehouse.store.students import Alias

Locale = Annotated[
    str,
    StringConstraints(strict=True, max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
]

PROFILE_EXAMPLE: dict[str, Any] = {
    "alias": "Night Owl",
    "leaderboard_opt_in": True,
    "time_zone": "Europe/Berlin",
    "locale": "de",
}


class Profile(Shape):
    """How a student appears, and where they live."""

    model_config = example({"student_id": "student-0001", "name": "Ada L.", **PROFILE_EXAMPLE})

    student_id: str
    name: str | None
    alias: str | None = Field(description="The name on leaderboards.")
    leaderboard_opt_in: bool
    time_zone: str | None
    locale: str | None


class ProfileBody(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alias: Alias | None = Field(None, description="The name on leaderboards.")
    leaderboard_opt_in: bool | None = Field(
        None, strict=True, description="Needs an alias. Out is out at once."
    )
    time_zone: Name | None = Field(None, description="An IANA name; earlier days keep theirs.")
    locale: Locale | None = Field(None, description="BCP 47, such as en or de-CH.")
