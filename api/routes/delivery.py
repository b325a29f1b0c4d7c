"""Where notifications may be sent: a person's browsers, and no more mail by one click."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BeforeValidator, ValidationError
from starlette.concurrency import run_in_threadpool

from api.bodies import SINGLE_BYTES_MAX, parse_object, read_body
from api.contract import json_body, refusals
from api.dependencies import Services, services_of
from api.errors import STORE_UNAVAILABLE, InvalidRequest
from api.paths import with_slashes
from api.schemas.delivery import (
    SUBSCRIPTION_EXAMPLE,
    PushKey,
    Subscribed,
    SubscriptionBody,
    Unsubscribed,
)
from warehouse.event_fields import Name
from warehouse.pushing import endpoint_problem, keys_problem, vapid_keys
from warehouse.store.push_subscriptions import PushSubscription
from warehouse.tokens import signing_secret
from warehouse.unsubscribing import TOKEN_LENGTH_MAX, InvalidUnsubscribe, unsubscribed

EMAIL = "email"
PAGE = "/unsubscribe"

router = APIRouter(prefix="/api/notifications", tags=["notifications"])

UserId = Annotated[
    Name,
    BeforeValidator(with_slashes),
    Path(description="The person: the bearer.", examples=["student-0001"]),
]
Token = Annotated[
    str, Query(max_length=TOKEN_LENGTH_MAX, description="The token in the link of a mail.")
]
Endpoint = Annotated[
    str | None, Query(max_length=2_000, description="The browser's endpoint; else all of them.")
]


@router.get(
    "/push-subscriptions", summary="The key to which browsers subscribe", response_model=PushKey
)
def push_key(request: Request) -> PushKey:
    """Give it to `pushManager.subscribe` as `applicationServerKey`."""
    settings = services_of(request).settings
    return PushKey(
        public_key=vapid_keys(settings.home).public, enabled=settings.push_notifications_enabled
    )


@router.put(
    "/push-subscriptions/{user_id}",
    summary="Push to this browser",
    response_model=Subscribed,
    openapi_extra=json_body(SubscriptionBody, SUBSCRIPTION_EXAMPLE),
)
async def put_push_subscription(request: Request, user_id: UserId) -> Subscribed:
    """Send what the browser's `PushSubscription.toJSON()` says; again is no harm.

    A browser belongs to whoever subscribed it last; a person may have ten.
    """
    services = services_of(request)
    data = parse_object(await read_body(request, SINGLE_BYTES_MAX))
    subscription = _subscription(data, services.settings.push_hosts)
    return await run_in_threadpool(_subscribe, services, user_id, subscription)


@router.delete(
    "/push-subscriptions/{user_id}",
    summary="No more push to this browser",
    response_model=Subscribed,
)
def delete_push_subscription(
    request: Request, user_id: UserId, endpoint: Endpoint = None
) -> Subscribed:
    """Forget one browser of this person, or all of them; again is no harm."""
    store = services_of(request).store.push_subscriptions
    for known in store.of(user_id):
        if endpoint in {None, known.endpoint}:
            store.remove(known.endpoint, user_id)
    return Subscribed(user_id=user_id, subscriptions=len(store.of(user_id)))


@router.post(
    "/unsubscribe",
    summary="No more mail, by one click",
    response_model=Unsubscribed,
    responses=refusals(STORE_UNAVAILABLE),
)
def unsubscribe(request: Request, token: Token) -> Unsubscribed:
    """What mail programs call for `List-Unsubscribe-Post` (RFC 8058); the body is not looked at.

    The token says who; nobody needs to sign in. It ends all mail to them until they want it again.
    """
    end_mail(services_of(request), token)
    return Unsubscribed(unsubscribed=True)


@router.get("/unsubscribe", include_in_schema=False)
async def unsubscribe_link(token: Token) -> Response:
    """Mails name one address for programs and people; people are shown a page."""
    return RedirectResponse(address_for(token), status_code=303)


def address_for(token: str) -> str:
    """Where people say that no more mail should come."""
    return f"{PAGE}?{urlencode({'token': token})}"


def end_mail(services: Services, token: str) -> None:
    """No more mail to whom the token names, until they want it again."""
    services.store.preferences.refuse_channel(holder_of(services, token), EMAIL)


def holder_of(services: Services, token: str) -> str:
    """Whom a mail's link is about."""
    try:
        return unsubscribed(signing_secret(services.settings), token)
    except InvalidUnsubscribe as error:
        raise InvalidRequest(error.detail, cure=error.cure, field="token") from error


def _subscription(data: dict[str, object], more_hosts: str) -> PushSubscription:
    try:
        body = SubscriptionBody.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:60]
        raise InvalidRequest(
            f"{field} is not valid: {first['msg']}.",
            cure="Send what PushSubscription.toJSON() says.",
            field=field,
        ) from error
    problem = endpoint_problem(body.endpoint, more_hosts)
    if problem:
        raise InvalidRequest(f"endpoint: {problem}.", field="endpoint")
    problem = keys_problem(body.keys.p256dh, body.keys.auth)
    if problem:
        raise InvalidRequest(f"{problem}.", field="keys")
    return PushSubscription(body.endpoint, body.keys.p256dh, body.keys.auth)


def _subscribe(services: Services, user_id: str, subscription: PushSubscription) -> Subscribed:
    store = services.store.push_subscriptions
    store.put(user_id, subscription)
    return Subscribed(user_id=user_id, subscriptions=len(store.of(user_id)))
