"""Calendar feeds: made, replaced and switched off by the family, read by calendar programs.

A calendar program cannot sign in: the secret in a feed's address is the right to read it. People
are looked at again with each reading, so a feed ends with what let its holder see the student.
"""

from __future__ import annotations

import hashlib
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.audit import note_link
from api.auth import Principal
from api.caching import Media, conditional
from api.contract import NOT_MODIFIED, refusals
from api.dependencies import Access, Services, StudentId, access_of, services_of
from api.errors import SNAPSHOT_UNAVAILABLE, STORE_UNAVAILABLE, NotFound
from api.foresight import may_see
from api.routes.goals import set_by, today_of
from api.schemas.calendars import CalendarFeed, CalendarFeeds, NewCalendarFeed
from api.watch import watched
from reports.agenda import agenda
from reports.calendars import MEDIA_TYPE, Sheet, as_calendar
from reports.languages import best, language
from reports.letters import on_one_line
from warehouse.store.calendar_feeds import CalendarFeed as Feed
from warehouse.tokens import Role
from warehouse.zones import zone_info

router = APIRouter(tags=["calendar"])

OF_STUDENT = "/api/students/{student_id}/calendar"
MEDIA = Media(MEDIA_TYPE, {"Content-Disposition": 'inline; filename="learning.ics"'})

Secret = Annotated[str, Path(description="The secret in the address of a feed.")]


@router.get(OF_STUDENT, summary="Who holds a calendar feed", response_model=CalendarFeeds)
def calendar_feeds(request: Request, student_id: StudentId) -> CalendarFeeds:
    """The feeds about a student. Their addresses are not kept: who lost one makes another."""
    return feeds_of(access_of(request), services_of(request), student_id)


@router.post(
    OF_STUDENT,
    summary="Make a calendar feed",
    status_code=201,
    response_model=NewCalendarFeed,
)
def make_calendar_feed(request: Request, student_id: StudentId) -> NewCalendarFeed:
    """The bearer's own feed of a student. The address before opens nothing from now on."""
    services, holder = services_of(request), access_of(request).principal.subject
    secret = services.store.calendar_feeds.make(student_id, holder)
    return NewCalendarFeed(
        student_id=student_id,
        made_at=services.clock(),
        url=f"{services.settings.public_url.rstrip('/')}/calendar/{secret}.ics",
    )


@router.delete(
    OF_STUDENT,
    summary="Switch off a calendar feed",
    status_code=204,
    response_class=Response,
)
def remove_calendar_feed(request: Request, student_id: StudentId) -> Response:
    """The bearer's own; by an admin, every feed about the student. Again is no harm."""
    principal, store = access_of(request).principal, services_of(request).store
    holder = None if principal.role is Role.ADMIN else principal.subject
    store.calendar_feeds.remove(student_id, holder)
    return Response(status_code=204)


@router.get(
    "/calendar/{secret}.ics",
    summary="A calendar feed",
    response_class=Response,
    responses={
        200: {
            "description": "Goals, planned breaks, the streak and reviews (RFC 5545).",
            "content": {
                "text/calendar": {
                    "schema": {"type": "string"},
                    "example": "BEGIN:VCALENDAR\r\n…\r\nEND:VCALENDAR\r\n",
                }
            },
        },
        **NOT_MODIFIED,
        **refusals(NotFound.kind, STORE_UNAVAILABLE, SNAPSHOT_UNAVAILABLE),
    },
)
def calendar_feed(request: Request, secret: Secret) -> Response:
    """For calendar programs, which cannot sign in: whoever knows the address may read it."""
    services, seen = services_of(request), watched(request.scope)
    feed = services.store.calendar_feeds.found(secret)
    if feed is None or not _still_good(services, feed):
        request.app.state.limiter.failure(seen.address)
        raise HTTPException(404)
    seen.about = feed.student_id
    holder = Principal(Role(feed.role), feed.person_id)
    note_link(request, holder, "calendar_feed", feed.student_id)
    body = _written(services, feed, holder)
    version = hashlib.sha256(body).hexdigest()[:32]
    return conditional(request, services.answers, holder.role, version, lambda: body, MEDIA)


def feeds_of(access: Access, services: Services, student_id: str) -> CalendarFeeds:
    """Who holds a feed about a student, as far as the reader may know."""
    return CalendarFeeds(
        student_id=student_id,
        feeds=[
            CalendarFeed(held_by=set_by(access, one.person_id, one.role), made_at=one.made_at)
            for one in services.store.calendar_feeds.of(student_id)
        ],
    )


def _still_good(services: Services, feed: Feed) -> bool:
    """Whether both are active and the holder may still see the student."""
    people = services.store.people
    who = [people.person(one) for one in (feed.student_id, feed.person_id)]
    if not all(one and one.active for one in who):
        return False
    return feed.role == Role.STUDENT or people.guards(
        feed.person_id, feed.student_id, services.clock()
    )


def _written(services: Services, feed: Feed, holder: Principal) -> bytes:
    """The calendar in the language of its holder, on the days of the student."""
    settings, people = services.settings, services.store.people
    student, reader = people.person(feed.student_id), people.person(feed.person_id)
    chosen = (reader.locale if reader else None) or (student.locale if student else None)
    said = language(best(chosen, None)).translations
    entries = agenda(
        services.reader,
        feed.student_id,
        today_of(services, feed.student_id),
        said,
        foresees=may_see(settings, holder.role),
    )
    name = on_one_line((student.name if student else None) or feed.student_id)
    snapshot = services.reader.snapshot_info()
    sheet = Sheet(
        feed.student_id,
        None if holder.role is Role.STUDENT else name,
        urlsplit(settings.public_url).hostname or "localhost",
        zone_info((student.time_zone if student else None) or settings.default_timezone).key,
        snapshot.as_of if snapshot else feed.made_at,
        said,
    )
    return as_calendar(sheet, entries)
