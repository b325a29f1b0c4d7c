"""A notification on its way out: what the published table says of it, kept as it was then."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Pending:
    """One row of `notifications.notifications`; a week's summary with the figures of the week."""

    notification_id: str
    recipient_id: str
    recipient_role: str
    kind: str
    occurred_at: datetime
    student_id: str | None = None
    class_id: str | None = None
    badge_id: str | None = None
    subject_id: str | None = None
    concept_id: str | None = None
    rule: str | None = None
    week_start: date | None = None
    local_date: date | None = None
    number: int | None = None
    need: int | None = None
    started: int | None = None
    completed: int | None = None
    mastered: int | None = None
    total_time_spent: int | None = None
    points: int | None = None
    goal_met: bool | None = None


FIELDS = tuple(field.name for field in fields(Pending))


def as_text(pending: Pending) -> str:
    """The JSON of a notification."""
    return json.dumps(as_json(pending), ensure_ascii=False, separators=(",", ":"))


def as_json(pending: Pending) -> dict[str, Any]:
    """A notification as plain data, without what does not apply to its kind."""
    known = {name: value for name, value in asdict(pending).items() if value is not None}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in known.items()
    }


def from_text(text: str) -> Pending:
    """The notification that was written as JSON."""
    data = json.loads(text)
    data["occurred_at"] = datetime.fromisoformat(data["occurred_at"])
    for name in ("week_start", "local_date"):
        if name in data:
            data[name] = date.fromisoformat(data[name])
    return Pending(**data)
