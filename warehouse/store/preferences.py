"""How people wish to be told: which kinds on which channels, when not, and how much at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidEvent
from warehouse.event_fields import checked_name
from warehouse.store.notification_schema import NOTIFICATION_PREFERENCES, NOTIFICATION_REFUSALS
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing

MOST_A_DAY = 100


class NoticeKind(StrEnum):
    """What there is to tell."""

    BADGE_EARNED = "badge_earned"
    LEVEL_REACHED = "level_reached"
    STREAK_MILESTONE = "streak_milestone"
    STREAK_AT_RISK = "streak_at_risk"
    WEEKLY_GOAL_MET = "weekly_goal_met"
    SUBJECT_MASTERED = "subject_mastered"
    WEEKLY_SUMMARY = "weekly_summary"
    NEEDS_ATTENTION = "needs_attention"


class Channel(StrEnum):
    """How somebody is reached; in_app is the list in the application itself."""

    IN_APP = "in_app"
    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


class Digest(StrEnum):
    """Whether news come one by one or gathered."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


Choice = tuple[NoticeKind, Channel]


@dataclass(frozen=True)
class Preferences:
    """One person's wishes; the defaults are those of somebody who has said nothing."""

    person_id: str
    refused: frozenset[Choice] = field(default_factory=frozenset)
    quiet_hours: tuple[time, time] | None = (time(21), time(7))
    digest: Digest = Digest.IMMEDIATE
    daily_cap: int = 10
    recorded_at: datetime | None = None

    def wants(self, kind: str, channel: str) -> bool:
        """Whether this kind may come on this channel."""
        return (kind, channel) not in self.refused


class PreferenceBook:
    """Preferences by person."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def of(self, person_id: str) -> Preferences:
        """One person's preferences, the defaults for somebody who has said nothing."""
        return self.of_all([person_id])[person_id]

    def of_all(self, person_ids: Sequence[str]) -> dict[str, Preferences]:
        """The preferences of each of these people."""
        found = {person_id: Preferences(person_id) for person_id in person_ids}
        for some in batched(list(found), IDS_A_QUERY):
            with reading(self._engine) as connection:
                for row in connection.execute(_of(NOTIFICATION_PREFERENCES, some)):
                    found[row.person_id] = _preferences(row)
                for row in connection.execute(_of(NOTIFICATION_REFUSALS, some)):
                    known = found[row.person_id]
                    refused = known.refused | {(NoticeKind(row.kind), Channel(row.channel))}
                    found[row.person_id] = replace(known, refused=refused)
        return found

    def put(self, preferences: Preferences) -> None:
        """Replace somebody's preferences by these."""
        _check(preferences)
        now = self._clock()
        mine = NOTIFICATION_REFUSALS.c.person_id == preferences.person_id
        with writing(self._engine) as connection:
            connection.execute(self._upsert(), _row(preferences, now))
            connection.execute(delete(NOTIFICATION_REFUSALS).where(mine))
            self._refuse(connection, preferences.person_id, preferences.refused, now)

    def refuse(self, person_id: str, choices: Iterable[Choice]) -> None:
        """Say no to some more, and leave the rest as it is; again is no harm."""
        with writing(self._engine) as connection:
            self._refuse(connection, checked_name("person_id", person_id), choices, self._clock())

    def refuse_channel(self, person_id: str, channel: str) -> None:
        """Say no to everything on a channel."""
        self.refuse(person_id, [(kind, Channel(channel)) for kind in NoticeKind])

    def _refuse(
        self, connection: Connection, person_id: str, choices: Iterable[Choice], now: datetime
    ) -> None:
        rows = [
            {"person_id": person_id, "kind": kind, "channel": channel, "recorded_at": now}
            for kind, channel in sorted(choices)
        ]
        if rows:
            insert = self._dialect.insert(NOTIFICATION_REFUSALS).on_conflict_do_nothing()
            connection.execute(insert, rows)

    def _upsert(self) -> Any:
        insert = self._dialect.insert(NOTIFICATION_PREFERENCES)
        names = ("quiet_start", "quiet_end", "digest", "daily_cap", "recorded_at")
        return insert.on_conflict_do_update(
            index_elements=["person_id"], set_={name: insert.excluded[name] for name in names}
        )


def _of(table: Any, person_ids: Sequence[str]) -> Any:
    return select(table).where(table.c.person_id.in_(person_ids))


def _row(preferences: Preferences, now: datetime) -> dict[str, object]:
    start, end = preferences.quiet_hours or (None, None)
    return {
        "person_id": preferences.person_id,
        "quiet_start": f"{start:%H:%M}" if start is not None else None,
        "quiet_end": f"{end:%H:%M}" if end is not None else None,
        "digest": preferences.digest,
        "daily_cap": preferences.daily_cap,
        "recorded_at": now,
    }


def _preferences(row: Any) -> Preferences:
    quiet = None
    if row.quiet_start is not None:
        quiet = time.fromisoformat(row.quiet_start), time.fromisoformat(row.quiet_end)
    return Preferences(
        row.person_id,
        quiet_hours=quiet,
        digest=Digest(row.digest),
        daily_cap=row.daily_cap,
        recorded_at=row.recorded_at,
    )


def _check(preferences: Preferences) -> None:
    checked_name("person_id", preferences.person_id)
    if not 0 <= preferences.daily_cap <= MOST_A_DAY:
        raise InvalidEvent(
            f"daily_cap is {preferences.daily_cap}.",
            cure=f"Use a whole number from 0 to {MOST_A_DAY}.",
            field="daily_cap",
        )
    if preferences.quiet_hours is not None:
        start, end = preferences.quiet_hours
        if start == end:
            raise InvalidEvent(
                f"Quiet hours from {start:%H:%M} to {end:%H:%M} have no length.",
                cure="Leave quiet_hours null to be told at any hour.",
                field="quiet_hours",
            )
