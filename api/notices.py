"""A person's notifications, put together at the moment of the request.

Own news, and a child's, come from the student's state with every acknowledged event; what is told
at fixed times comes from the snapshot. A relation that has ended takes its notifications with it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from api import cursors
from api.dependencies import Services
from api.schemas.base import Meta
from api.schemas.notifications import Notification
from reports.languages import Language
from reports.notices import Names, Notice, notice
from warehouse.reader import Meta as State
from warehouse.reader import Row, StudentReader


class Notices(NamedTuple):
    """All notifications of a person, newest first, and the state that they come from."""

    rows: list[Row]
    reads: dict[str, datetime]
    meta: Meta

    @property
    def unread(self) -> list[Row]:
        return [row for row in self.rows if row["notification_id"] not in self.reads]


def notices_of(services: Services, person_id: str) -> Notices:
    """Everything that a person is told at this moment and wants in the list."""
    own = services.reader.student(person_id)
    children = services.store.people.children_of(person_id, services.clock())
    guarded = [services.reader.student(child) for child in children]
    rows = own.ask("student_notifications")
    for child in guarded:
        rows += child.ask("child_notifications", recipient_id=person_id)
    rows += _at_fixed_times(services, person_id, set(children))
    wishes = services.store.preferences.of(person_id)
    wanted = [row for row in rows if wishes.wants(row["kind"], "in_app")]
    wanted.sort(key=_order, reverse=True)
    reads = services.store.reads.of(person_id, [row["notification_id"] for row in wanted])
    return Notices(wanted, reads, _state([own, *guarded]))


def page(rows: list[Row], limit: int, place: cursors.Place) -> tuple[list[Row], str | None]:
    """The rows that follow a place, and the cursor of those after them."""
    begin = place.before_at, place.before_event
    following = [row for row in rows if _order(row) < begin]
    shown = following[:limit]
    if len(following) <= limit:
        return shown, None
    ends = [{**row, "event_id": row["notification_id"]} for row in shown[-1:]]
    return shown, cursors.after(ends, cursors.BEGINNING)


def in_words(
    services: Services,
    rows: list[Row],
    reads: dict[str, datetime],
    spoken: Language | None = None,
) -> list[Notification]:
    """The notifications as their recipient reads them; in English unless a language is given."""
    names = _names(services, rows)
    return [_shown(row, notice(row, names, spoken), reads) for row in rows]


def _shown(row: Row, told: Notice, reads: dict[str, datetime]) -> Notification:
    return Notification(
        notification_id=row["notification_id"],
        kind=row["kind"],
        title=told.title,
        body=told.body,
        student_id=row["student_id"],
        badge_id=row.get("badge_id"),
        subject_id=row.get("subject_id"),
        concept_id=row.get("concept_id"),
        rule=row.get("rule"),
        week_start=row.get("week_start"),
        local_date=row.get("local_date"),
        figures=dict(told.figures),
        occurred_at=row["occurred_at"],
        read_at=reads.get(row["notification_id"]),
        late=row["is_late"],
    )


def _order(row: Row) -> tuple[datetime, str]:
    return row["occurred_at"], row["notification_id"]


def _at_fixed_times(services: Services, person_id: str, children: set[str]) -> list[Row]:
    if services.reader.snapshot_info() is None:
        return []
    rows = services.reader.rows("recipient_notifications", recipient_id=person_id)
    people, now = services.store.people, services.clock()
    known = {
        student: student in children or people.teaches(person_id, student, now)
        for student in {row["student_id"] for row in rows}
    }
    return [row for row in rows if known[row["student_id"]]]


def _names(services: Services, rows: list[Row]) -> Names:
    others = {row["student_id"] for row in rows if row["recipient_role"] != "student"}
    found = {student: services.store.people.person(student) for student in others}
    curriculum = services.reader.rows("curriculum") if _tells_concepts(rows) else []
    return Names(
        badges={badge.id: badge.name for badge in services.rules.badges},
        levels={n: level.name for n, level in enumerate(services.rules.levels, start=1)},
        concepts={concept["concept_id"]: concept["name"] for concept in curriculum},
        students={who: person.name for who, person in found.items() if person and person.name},
    )


def _tells_concepts(rows: list[Row]) -> bool:
    return any(row.get("concept_id") for row in rows)


def _state(readers: list[StudentReader]) -> Meta:
    metas: list[State] = [reader.meta for reader in readers]
    live = [meta for meta in metas if meta.live]
    shown = asdict(live[0] if live else metas[0])
    return Meta(**shown | {"pending_events": sum(meta.pending_events for meta in metas)})
