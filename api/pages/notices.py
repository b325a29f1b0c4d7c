"""What somebody is told, and how they wish to be told: the same two pages for every role."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api import cursors
from api.bodies import checked, read_form, whole_number
from api.dependencies import access_of, services_of
from api.pages.rendering import go, language_of, show_mine
from api.routes.notifications import listed, mark, notification_preferences
from api.schemas.notifications import PreferencesBody, QuietHours, quiet
from reports.languages import language
from warehouse.store.preferences import Channel, Digest, NoticeKind, Preferences

router = APIRouter(include_in_schema=False)

MOST_AT_ONCE = 50
Cursor = Annotated[str | None, Query(max_length=cursors.CURSOR_LENGTH_MAX)]


@router.get("/notifications")
def notices_page(request: Request, cursor: Cursor = None) -> Response:
    """One's own notifications, newest first."""
    person, spoken = access_of(request).principal.subject, language(language_of(request))
    view = listed(request, person, unread=False, cursor=cursor, spoken=spoken)
    return show_mine(
        request, "notices.html", view=view, first=cursor is None, meta=view.meta, events=True
    )


@router.post("/notifications")
async def notices_form(request: Request) -> Response:
    """Mark one as read, or all that are shown."""
    form = await read_form(request)
    ids = [one for one in form.get("read", "").split(" ") if one][:MOST_AT_ONCE]
    person = access_of(request).principal.subject
    await run_in_threadpool(mark, services_of(request), person, ids)
    return go("/notifications")


@router.get("/preferences")
def preferences_page(request: Request) -> Response:
    """Which kinds of news come on which ways, and when none."""
    person = access_of(request).principal.subject
    view = notification_preferences(person, services_of(request))
    return show_mine(request, "preferences.html", view=view, channels=list(Channel))


@router.post("/preferences")
async def preferences_form(request: Request) -> Response:
    """Replace one's own preferences by what the form says."""
    form = await read_form(request)
    body = checked(
        PreferencesBody,
        {
            "kinds": {
                kind: {way: f"{kind}.{way}" in form for way in Channel} for kind in NoticeKind
            },
            "quiet_hours": _hours(form),
            "digest": Digest(form["digest"]) if form.get("digest") in set(Digest) else "?",
            "daily_cap": whole_number(form, "daily_cap"),
        },
    )
    wishes = Preferences(
        access_of(request).principal.subject,
        frozenset((k, c) for k, ways in body.kinds.items() for c, on in ways.items() if not on),
        quiet(body.quiet_hours),
        body.digest,
        body.daily_cap,
    )
    await run_in_threadpool(services_of(request).store.preferences.put, wishes)
    return go("/preferences?saved=1")


def _hours(form: dict[str, str]) -> QuietHours | None:
    if not form.get("quiet"):
        return None
    hours = {"start": form.get("start", ""), "end": form.get("end", "")}
    return checked(QuietHours, hours)
