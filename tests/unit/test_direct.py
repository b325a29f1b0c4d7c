"""Direct routes: the request alone goes in, and nobody passes without the policy."""

from __future__ import annotations

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.direct import DirectRoute


def test_an_endpoint_that_takes_more_is_refused_when_it_is_declared() -> None:
    router = APIRouter(route_class=DirectRoute)

    async def endpoint(request: Request, limit: int = 3) -> Response:
        return Response()

    with pytest.raises(TypeError, match="/here is a direct route"):
        router.get("/here")(endpoint)
