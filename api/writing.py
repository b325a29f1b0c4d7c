"""The way of events from a route to the disk."""

from __future__ import annotations

import asyncio

from api.dependencies import Access, Services
from api.errors import EventConflict
from warehouse.events import Event
from warehouse.store.inbox import Receipt


async def store(
    services: Services, events: list[Event], access: Access, source: str
) -> list[Receipt]:
    """The receipts of events that are on disk now."""
    future = services.ingest.submit(events, actor=access.principal.subject, source=source)
    return await asyncio.wrap_future(future)


def conflict(event_id: str) -> EventConflict:
    """The refusal of an event whose id is taken."""
    return EventConflict(
        f"{event_id} was received before with other content, and that stays.",
        cure="Send the event under an event_id of its own.",
        field="event_id",
    )
