"""The stream by which a page learns that it should look again."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.auth import Principal
from api.dependencies import Services, access_of, services_of
from warehouse.reader import Reader
from warehouse.tokens import Role

router = APIRouter(include_in_schema=False)

SNAPSHOT = "snapshot"
_STUDENT = "student:"


@router.get("/events")
async def page_events(request: Request) -> Response:
    """News of a snapshot, and of events of oneself or one's children."""
    services, principal = services_of(request), access_of(request).principal
    news = request.app.state.news
    if news.is_full(principal.subject):
        return Response(status_code=204)  # by its standard: do not come again
    topics = await run_in_threadpool(_topics, services, principal)
    return StreamingResponse(
        news.stream(principal.subject, topics),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def look(reader: Reader, topics: Collection[str]) -> dict[str, str]:
    """The state of each topic."""
    current = reader.snapshots.current()
    found = {SNAPSHOT: current.name if current else ""}
    for topic in topics:
        if topic.startswith(_STUDENT):
            mark = reader.store.inbox.pending_mark(topic.removeprefix(_STUDENT))
            found[topic] = repr(mark)
    return found


def _topics(services: Services, principal: Principal) -> list[str]:
    about: list[str] = []
    if principal.role is Role.STUDENT:
        about = [principal.subject]
    elif principal.role is Role.PARENT:
        about = services.store.people.children_of(principal.subject, services.clock())
    return [SNAPSHOT, *(f"{_STUDENT}{student}" for student in about)]
