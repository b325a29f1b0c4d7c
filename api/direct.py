"""Routes for what programs send thousands of times a second: nothing around them but the policy.

Their endpoints take the request alone and answer with a response, so there are no parameters to
find and nothing to shape. FastAPI's machinery for that, which costs a quarter of such a request, is
left out; its documentation of the route stays.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from api.dependencies import authorise


class DirectRoute(APIRoute):
    """A route whose endpoint is `async def endpoint(request) -> Response`."""

    def __init__(
        self, path: str, endpoint: Callable[[Request], Awaitable[Response]], **options: Any
    ) -> None:
        if list(signature(endpoint).parameters) != ["request"]:
            raise TypeError(f"{path} is a direct route: its endpoint takes the request alone")
        super().__init__(path, endpoint, **options)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authorise, then answer; refusals are shaped where those of all routes are."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # tells which methods there are
            return
        request = Request(scope, receive, send)
        await authorise(request)
        response = await self.endpoint(request)
        await response(scope, receive, send)
