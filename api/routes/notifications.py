"""The list of what somebody is told, what of it they have read, and how they wish to be told."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ValidationError
from starlette.concurrency import run_in_threadpool

from api import cursors
from api.audit import noted
from api.bodies import parse_object, read_body
from api.contract import json_body
from api.dependencies import Services, access_of, services_of
from api.errors import InvalidRequest
from api.notices import in_words, notices_of, page
from api.paths import with_slashes
from api.schemas.notifications import (
    PREFERENCES_EXAMPLE,
    READ_EXAMPLE,
    NotificationList,
    NotificationPreferences,
    PreferencesBody,
    QuietHours,
    ReadAnswer,
    ReadBody,
    quiet,
)
from reports.languages import Language
from warehouse.event_fields import Name
from warehouse.store.preferences import Channel, NoticeKind, Preferences

PAGE_ROWS = 50
PAGE_ROWS_MAX = 200
BODY_BYTES_MAX = 128 * 1024

router = APIRouter(prefix="/api/notifications", tags=["notifications"])

Body = TypeVar("Body", bound=BaseModel)
UserId = Annotated[
    Name,
    BeforeValidator(with_slashes),
    Path(description="The person whose notifications they are.", examples=["student-0001"]),
]
Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="Notifications in one page.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=cursors.CURSOR_LENGTH_MAX, description="The `next_cursor` of the page before."
    ),
]
Unread = Annotated[bool, Query(description="Only those not read yet; false for all.")]
Given = Annotated[Services, Depends(services_of)]


@router.get(
    "/preferences/{user_id}",
    summary="How somebody wishes to be told",
    response_model=NotificationPreferences,
)
def notification_preferences(user_id: UserId, services: Given) -> NotificationPreferences:
    """By kind and channel, with quiet hours, digest and daily cap; the defaults until changed."""
    return _shown(services.store.preferences.of(user_id))


@router.put(
    "/preferences/{user_id}",
    summary="Change how somebody wishes to be told",
    response_model=NotificationPreferences,
    openapi_extra=json_body(PreferencesBody, PREFERENCES_EXAMPLE),
)
async def set_notification_preferences(
    user_id: UserId, request: Request, services: Given
) -> NotificationPreferences:
    """Replace the preferences whole: what is left out takes its default."""
    body = _checked(PreferencesBody, parse_object(await read_body(request, BODY_BYTES_MAX)))
    wishes = Preferences(
        user_id,
        frozenset((k, c) for k, ways in body.kinds.items() for c, on in ways.items() if not on),
        quiet(body.quiet_hours),
        body.digest,
        body.daily_cap,
    )
    return await run_in_threadpool(_replace, services, wishes)


@router.get("/{user_id}", summary="What somebody is told", response_model=NotificationList)
def notifications(
    request: Request,
    user_id: UserId,
    unread: Unread = True,  # noqa: FBT002  # a query parameter
    limit: Limit = PAGE_ROWS,
    cursor: Cursor = None,
) -> NotificationList:
    """Newest first: own achievements, those of one's children, and who needs attention."""
    return listed(request, user_id, unread=unread, limit=limit, cursor=cursor)


def listed(
    request: Request,
    user_id: str,
    *,
    unread: bool,
    limit: int = PAGE_ROWS,
    cursor: str | None = None,
    spoken: Language | None = None,
) -> NotificationList:
    """One page of somebody's notifications in a language; who is named in it is noted."""
    services = services_of(request)
    found = notices_of(services, user_id)
    rows = found.unread if unread else found.rows
    shown, following = page(rows, limit, cursors.place_of(cursor))
    concerned = sorted({row["student_id"] for row in shown})
    with noted(request, access_of(request).principal, "notifications", concerned):
        return NotificationList(
            user_id=user_id,
            notifications=in_words(services, shown, found.reads, spoken),
            unread_count=len(found.unread),
            next_cursor=following,
            meta=found.meta,
        )


@router.post(
    "/mark-read",
    summary="Mark own notifications as read",
    response_model=ReadAnswer,
    openapi_extra=json_body(ReadBody, READ_EXAMPLE),
)
async def mark_read(request: Request, services: Given) -> ReadAnswer:
    """Idempotent; ids that are in no list of the bearer are named and change nothing."""
    body = _checked(ReadBody, parse_object(await read_body(request, BODY_BYTES_MAX)))
    person_id = access_of(request).principal.subject
    return await run_in_threadpool(mark, services, person_id, body.notification_ids)


def mark(services: Services, person_id: str, ids: list[str]) -> ReadAnswer:
    """Mark those as read that are in this person's list."""
    kinds = {row["notification_id"]: row["kind"] for row in notices_of(services, person_id).rows}
    asked = list(dict.fromkeys(ids))
    own = {one: kinds[one] for one in asked if one in kinds}
    services.store.reads.mark(person_id, own)
    return ReadAnswer(read=list(own), unknown=[one for one in asked if one not in kinds])


def _replace(services: Services, wishes: Preferences) -> NotificationPreferences:
    services.store.preferences.put(wishes)
    return _shown(services.store.preferences.of(wishes.person_id))


def _shown(wishes: Preferences) -> NotificationPreferences:
    hours = None
    if wishes.quiet_hours is not None:
        start, end = wishes.quiet_hours
        hours = QuietHours(start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    return NotificationPreferences(
        user_id=wishes.person_id,
        kinds={
            kind: {channel: wishes.wants(kind, channel) for channel in Channel}
            for kind in NoticeKind
        },
        quiet_hours=hours,
        digest=wishes.digest,
        daily_cap=wishes.daily_cap,
        recorded_at=wishes.recorded_at,
    )


def _checked(shape: type[Body], data: dict[str, object]) -> Body:
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part)[:60] for part in first["loc"] if part != "[key]")
        raise InvalidRequest(
            f"{field or 'body'} is not valid: {first['msg']}.",
            cure="See the shape of the body at /docs.",
            field=field or "body",
        ) from error
