"""Shapes of notifications, of marking them read, and of how somebody wishes to be told."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.base import META_EXAMPLE, Meta, Shape, example
from warehouse.store.preferences import MOST_A_DAY, Channel, Digest, NoticeKind

READ_AT_ONCE_MAX = 500

NotificationId = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=128)]
Clock = Annotated[str, StringConstraints(strict=True, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Notification(Shape):
    """One thing that somebody is told."""

    notification_id: str = Field(description="Stays the same whatever is rebuilt.")
    kind: NoticeKind
    title: str
    body: str = Field(description="Plain sentences, for whom they are told to.")
    student_id: str = Field(description="Whose learning it is about.")
    badge_id: str | None
    subject_id: str | None
    concept_id: str | None
    rule: str | None = Field(description="Why attention is needed: inactive, stuck or slowing.")
    week_start: date | None
    local_date: date | None = Field(description="The student's day on which it happened.")
    figures: dict[str, int] = Field(description="The numbers in the sentences; goal_met is 0 or 1.")
    occurred_at: datetime = Field(description="When what it tells happened.")
    read_at: datetime | None
    late: bool = Field(
        description="It became known more than 48 hours after it happened: shown, never sent."
    )


_NOTIFICATION: dict[str, Any] = {
    "notification_id": "0f7e44a922df352c05c5f73cb40ba115",
    "kind": "level_reached",
    "title": "Level 2, Apprentice",
    "body": "You reached level 2, Apprentice.",
    "student_id": "student-0001",
    "badge_id": None,
    "subject_id": None,
    "concept_id": None,
    "rule": None,
    "week_start": None,
    "local_date": "2026-03-02",
    "figures": {"level": 2},
    "occurred_at": "2026-03-02T08:30:00Z",
    "read_at": None,
    "late": False,
}


class NotificationList(Shape):
    """What somebody is told, newest first."""

    model_config = example(
        {
            "user_id": "student-0001",
            "notifications": [_NOTIFICATION],
            "unread_count": 1,
            "next_cursor": None,
            "meta": META_EXAMPLE,
        }
    )

    user_id: str
    notifications: list[Notification]
    unread_count: int = Field(description="Of all of them, not only of this page.")
    next_cursor: str | None = Field(description="Send as `cursor` for older ones; null at the end.")
    meta: Meta


class ReadBody(BaseModel):
    """Which notifications were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notification_ids: Annotated[
        list[NotificationId],
        Field(strict=True, max_length=READ_AT_ONCE_MAX, description="Ids of own notifications."),
    ]


READ_EXAMPLE: dict[str, Any] = {"notification_ids": [_NOTIFICATION["notification_id"]]}


class ReadAnswer(Shape):
    """What is read now."""

    model_config = example({"read": READ_EXAMPLE["notification_ids"], "unknown": []})

    read: list[str] = Field(description="Own notifications, read now or before.")
    unknown: list[str] = Field(description="Ids that are in no list of yours.")


class QuietHours(Shape):
    """When nothing is sent, by the person's own clock; the end may lie on the next day."""

    start: Clock = Field(description="HH:MM, the first quiet minute.")
    end: Clock = Field(description="HH:MM, the first minute after them.")


_CHOICES = dict.fromkeys(Channel, True)
_PREFERENCES: dict[str, Any] = {
    "kinds": {kind.value: {c.value: on for c, on in _CHOICES.items()} for kind in NoticeKind},
    "quiet_hours": {"start": "21:00", "end": "07:00"},
    "digest": "immediate",
    "daily_cap": 10,
}
PREFERENCES_EXAMPLE: dict[str, Any] = {
    **_PREFERENCES,
    "kinds": {"badge_earned": {"email": False}},
}


class PreferencesBody(BaseModel):
    """How somebody wishes to be told; what is left out takes its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[NoticeKind, dict[Channel, Annotated[bool, Field(strict=True)]]] = Field(
        default_factory=dict,
        description="By kind and channel, whether it may come; what is not named may.",
    )
    quiet_hours: QuietHours | None = Field(
        QuietHours(start="21:00", end="07:00"),
        description="When nothing is sent; null for never.",
    )
    digest: Digest = Field(Digest.IMMEDIATE, description="One by one, or gathered by day or week.")
    daily_cap: Annotated[int, Field(strict=True, ge=0, le=MOST_A_DAY)] = Field(
        10, description="The most messages a day on a channel."
    )


class NotificationPreferences(Shape):
    """How somebody wishes to be told, complete."""

    model_config = example({"user_id": "student-0001", **_PREFERENCES, "recorded_at": None})

    user_id: str
    kinds: dict[NoticeKind, dict[Channel, bool]]
    quiet_hours: QuietHours | None
    digest: Digest
    daily_cap: int
    recorded_at: datetime | None = Field(description="Null while these are the defaults.")


def quiet(hours: QuietHours | None) -> tuple[time, time] | None:
    """Quiet hours as times of day."""
    if hours is None:
        return None
    return time.fromisoformat(hours.start), time.fromisoformat(hours.end)
