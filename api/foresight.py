"""Predictions of a student: who may see them, and what there is. The one place that decides.

`PREDICTIONS_SHOWN_TO` holds for the whole installation. Whoever may not see predictions gets the
answer without them and is told so; nothing of them is read. Risk is for educators, whatever is set.
"""

from __future__ import annotations

from typing import NamedTuple

from api.schemas.foresight import Predictions
from warehouse.reader import Row, SnapshotReader, StudentReader
from warehouse.settings import Settings
from warehouse.tokens import Role

AUDIENCE = {
    Role.STUDENT: "students",
    Role.PARENT: "parents",
    Role.EDUCATOR: "educators",
    Role.ADMIN: "educators",
}
NOT_SHOWN = "Predictions are not shown to this role here."
NO_MODEL = "There is no model yet: too little has been learned from, or none has passed."
RISK_ROLES = frozenset({Role.EDUCATOR, Role.ADMIN})


class Foresight(NamedTuple):
    """What may be shown of one student's predictions; empty where nothing may or nothing is."""

    state: Predictions
    mastery: dict[str, Row]
    recommendations: list[Row]
    forecast: list[Row]


def may_see(settings: Settings, role: Role) -> bool:
    """Whether a role is shown predictions at all."""
    shown_to = {part.strip() for part in settings.predictions_shown_to.split(",")}
    return AUDIENCE.get(role) in shown_to


def shown_version(settings: Settings, version: str) -> str:
    """The version of an answer with predictions: who sees them may change while tables do not."""
    shown_to = settings.predictions_shown_to
    if shown_to == Settings.model_fields["predictions_shown_to"].default:
        return version
    return f"{version}.for-{'-'.join(sorted(part.strip() for part in shown_to.split(',')))}"


def may_see_risk(settings: Settings, role: Role) -> bool:
    """Whether a role is shown who may need help: educators, unless predictions are switched off."""
    return role in RISK_ROLES and may_see(settings, role)


def foresight_of(
    settings: Settings, role: Role, student: StudentReader, snapshot: SnapshotReader
) -> Foresight:
    """A student's predictions as this role may see them."""
    if not may_see(settings, role):
        return Foresight(Predictions(shown=False, reason=NOT_SHOWN, models={}), {}, [], [])
    models = {row["model"]: row["model_id"] for row in snapshot.ask("models") if row["model_id"]}
    state = Predictions(shown=True, reason=None if models else NO_MODEL, models=models)
    return Foresight(
        state,
        {row["concept_id"]: row for row in student.ask("student_mastery")},
        student.ask("student_recommendations"),
        student.ask("student_forecast"),
    )
