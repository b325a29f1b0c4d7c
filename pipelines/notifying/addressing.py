"""To whom a message goes, asked at the moment of sending: who has left hears nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.notifying.channels import EMAIL, PUSH, Message
from pipelines.notifying.planning import DAY_IS_OVER, NOT_WANTED, is_over
from reports.languages import best
from reports.notices import Names
from warehouse.rules import Rules
from warehouse.store.database import Store
from warehouse.store.deliveries import Delivery
from warehouse.store.pending import Pending
from warehouse.store.people import Person
from warehouse.zones import zone_info

OLDEST = timedelta(days=10)  # two days until it is seen, a week for the digest, a day of retries
INACTIVE, NOT_RELATED, TOO_OLD = "inactive", "not_related", "too_old"
NO_ADDRESS, NOTHING_LEFT = "no_address", "nothing_left"


class Addresses:
    """Makes messages of deliveries, as people and relations are now."""

    def __init__(self, store: Store, rules: Rules, default_zone: str) -> None:
        self._store, self._default_zone = store, default_zone
        self._badges = {badge.id: badge.name for badge in rules.badges}
        self._levels = {number: level.name for number, level in enumerate(rules.levels, start=1)}
        self._concepts: dict[str, str] = {}

    def message(self, delivery: Delivery, now: datetime) -> Message | str:
        """The message, without what may no longer be told; or why there is none."""
        person = self._store.people.person(delivery.recipient_id)
        if person is not None and not person.active:
            return INACTIVE
        told: list[Pending] = []
        reasons: dict[str, list[str]] = {}
        for pending in delivery.notifications:
            reason = self._refusal(pending, delivery.channel, person, now)
            if reason is None:
                told.append(pending)
            else:
                reasons.setdefault(reason, []).append(pending.notification_id)
        if not told:
            return next(iter(reasons), NOTHING_LEFT)
        for reason, ids in reasons.items():
            self._store.deliveries.leave_out(ids, delivery.channel, reason)
        return self._addressed(delivery, tuple(told), person)

    def _addressed(
        self, delivery: Delivery, told: tuple[Pending, ...], person: Person | None
    ) -> Message | str:
        email = person.email if person and delivery.channel == EMAIL else None
        subscriptions = (
            self._store.push_subscriptions.of(delivery.recipient_id)
            if delivery.channel == PUSH
            else []
        )
        if (delivery.channel == EMAIL and not email) or (
            delivery.channel == PUSH and not subscriptions
        ):
            return NO_ADDRESS
        return Message(
            delivery.delivery_id,
            delivery.recipient_id,
            told,
            delivery.created_at,
            email,
            tuple(subscriptions),
            self._names(told, delivery.channel),
            best(person.locale if person else None, None),
        )

    def _names(self, told: tuple[Pending, ...], channel: str) -> Names:
        """What ids are called; names of people go into mails only, never onto a lock screen."""
        if any(one.concept_id and one.concept_id not in self._concepts for one in told):
            self._concepts = {c.concept_id: c.name for c in self._store.curriculum.all()}
        others = {one.student_id for one in told if one.recipient_role != "student"}
        people = [self._store.people.person(who) for who in others if who and channel == EMAIL]
        students = {one.person_id: one.name for one in people if one and one.name}
        return Names(self._badges, self._levels, self._concepts, students)

    def _refusal(
        self, pending: Pending, channel: str, person: Person | None, now: datetime
    ) -> str | None:
        zone = zone_info((person.time_zone if person else None) or self._default_zone)
        if is_over(pending, now, zone):
            return DAY_IS_OVER
        if now - pending.occurred_at > OLDEST:
            return TOO_OLD
        if not self._store.preferences.of(pending.recipient_id).wants(pending.kind, channel):
            return NOT_WANTED
        return None if self._related(pending, now) else NOT_RELATED

    def _related(self, pending: Pending, now: datetime) -> bool:
        people, recipient, student = self._store.people, pending.recipient_id, pending.student_id
        if student is None or recipient == student:
            return True
        if pending.recipient_role == "parent":
            return people.guards(recipient, student, now)
        if pending.recipient_role == "educator":
            return people.teaches(recipient, student, now)
        return False
