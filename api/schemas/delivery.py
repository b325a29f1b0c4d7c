"""Shapes of what concerns the sending of notifications."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.schemas.base import Shape, example

SUBSCRIPTION_EXAMPLE: dict[str, Any] = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABl",
    "keys": {
        "p256dh": (
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
            "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


class SubscriptionKeys(BaseModel):
    """By which only that browser can read."""

    model_config = ConfigDict(extra="forbid")

    p256dh: str = Field(max_length=128, description="The browser's public key, Base64url.")
    auth: str = Field(max_length=64, description="The browser's secret of 16 bytes, Base64url.")


class SubscriptionBody(BaseModel):
    """What `PushSubscription.toJSON()` gives in a browser."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str = Field(max_length=2_000, description="An address of the browser's push service.")
    keys: Annotated[
        SubscriptionKeys,
        WithJsonSchema(SubscriptionKeys.model_json_schema() | {"description": "Its keys."}),
    ]
    expirationTime: float | None = Field(None, description="Not used.")  # noqa: N815  # the browser's name


class PushKey(Shape):
    """The key to which browsers subscribe."""

    model_config = example(
        {
            "public_key": SUBSCRIPTION_EXAMPLE["keys"]["p256dh"],
            "enabled": True,
        }
    )

    public_key: str = Field(description="The `applicationServerKey`, Base64url.")
    enabled: bool = Field(description="Whether this service pushes at all.")


class Subscribed(Shape):
    """How many browsers of this person are pushed now."""

    model_config = example({"user_id": "student-0001", "subscriptions": 1})

    user_id: str = Field(description="The person.")
    subscriptions: int = Field(description="How many of their browsers are pushed.")


class Unsubscribed(Shape):
    """No more mail goes to this person."""

    model_config = example({"unsubscribed": True})

    unsubscribed: bool = Field(description="Always true.")
