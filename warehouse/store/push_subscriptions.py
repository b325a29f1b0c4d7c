"""Where the browsers of people want to be pushed; one person may have several."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.store.outbox_schema import PUSH_SUBSCRIPTIONS
from warehouse.store.transactions import reading, writing

MOST_A_PERSON = 10


class PushSubscription(NamedTuple):
    """What a browser gives to be pushed: an address, and keys that only it can read by."""

    endpoint: str
    p256dh: str
    auth: str


class PushSubscriptions:
    """Subscriptions by person."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def put(self, person_id: str, subscription: PushSubscription) -> None:
        """Keep a subscription; a browser that somebody else uses now is theirs.

        The oldest of a person with very many goes.
        """
        table, identity = PUSH_SUBSCRIPTIONS, _identity(subscription.endpoint)
        row = {
            "subscription_id": identity,
            "person_id": person_id,
            **subscription._asdict(),
            "recorded_at": self._clock(),
        }
        changed = {name: value for name, value in row.items() if name != "subscription_id"}
        upsert = self._dialect.insert(table).on_conflict_do_update(
            index_elements=["subscription_id"], set_=changed
        )
        newest = (
            select(table.c.subscription_id)
            .where(table.c.person_id == person_id)
            .order_by(table.c.recorded_at.desc(), table.c.subscription_id)
            .limit(MOST_A_PERSON)
        )
        with writing(self._engine) as connection:
            connection.execute(upsert, row)
            kept = list(connection.execute(newest).scalars())
            connection.execute(
                delete(table).where(
                    table.c.person_id == person_id, table.c.subscription_id.not_in(kept)
                )
            )

    def of(self, person_id: str) -> list[PushSubscription]:
        """A person's subscriptions."""
        columns = [PUSH_SUBSCRIPTIONS.c[name] for name in PushSubscription._fields]
        query = (
            select(*columns)
            .where(PUSH_SUBSCRIPTIONS.c.person_id == person_id)
            .order_by(PUSH_SUBSCRIPTIONS.c.recorded_at, PUSH_SUBSCRIPTIONS.c.subscription_id)
        )
        with reading(self._engine) as connection:
            return [PushSubscription(*row) for row in connection.execute(query)]

    def remove(self, endpoint: str, person_id: str | None = None) -> bool:
        """Forget a subscription (of this person); whether there was one."""
        gone = delete(PUSH_SUBSCRIPTIONS).where(
            PUSH_SUBSCRIPTIONS.c.subscription_id == _identity(endpoint)
        )
        if person_id is not None:
            gone = gone.where(PUSH_SUBSCRIPTIONS.c.person_id == person_id)
        with writing(self._engine) as connection:
            return bool(connection.execute(gone).rowcount)

    def count(self) -> int:
        """How many browsers are pushed."""
        with reading(self._engine) as connection:
            return connection.execute(
                select(func.count()).select_from(PUSH_SUBSCRIPTIONS)
            ).scalar_one()


def _identity(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
