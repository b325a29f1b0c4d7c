"""No more mail: where the link of a mail leads whoever follows it. Nobody needs to sign in.

Mail programs end it by the API's own operation, in one click (`api/routes/delivery.py`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.bodies import read_form
from api.dependencies import services_of
from api.pages.rendering import go, show
from api.routes.delivery import EMAIL, PAGE, Token, address_for, end_mail, holder_of
from warehouse.store.preferences import NoticeKind

router = APIRouter(include_in_schema=False)


@router.get(PAGE)
def unsubscribe_page(request: Request, token: Token) -> Response:
    """Looking at a link must change nothing: programs that check mails follow every one."""
    services = services_of(request)
    wishes = services.store.preferences.of(holder_of(services, token))
    ended = not any(wishes.wants(kind, EMAIL) for kind in NoticeKind)
    return show(request, "unsubscribe.html", token=token, ended=ended)


@router.post(PAGE)
async def unsubscribe_form(request: Request) -> Response:
    """The token is all the proof that is needed; another site's form cannot know it."""
    token = (await read_form(request)).get("token", "")
    await run_in_threadpool(end_mail, services_of(request), token)
    return go(address_for(token))
