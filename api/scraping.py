"""The one thing that opens /metrics without a token of ours: METRICS_TOKEN, which opens no more."""

from __future__ import annotations

import hmac
from typing import cast

from fastapi import Request

from warehouse.settings import Settings

METRICS = "metrics"


def scrapes(request: Request) -> bool:
    """Whether the bearer token is the scraper's."""
    expected = cast(Settings, request.app.state.settings).metrics_token
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if expected is None or scheme.lower() != "bearer":
        return False
    secret = expected.get_secret_value().encode()
    return hmac.compare_digest(sent.strip().encode("utf-8", "surrogateescape"), secret)
