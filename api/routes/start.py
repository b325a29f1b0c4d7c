"""Where a visitor begins: the start page, the documentation, and the document behind it."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api import pages
from api.errors import KINDS

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start_page(request: Request) -> HTMLResponse:
    return pages.start_page(sample=request.app.state.settings.sample)


@router.get("/docs")
async def docs_page(request: Request) -> HTMLResponse:
    kinds = [(kind.slug, kind.status, kind.title) for kind in KINDS]
    return pages.docs_page(request.app.openapi(), kinds)


@router.get("/openapi.json")
async def openapi_document(request: Request) -> Response:
    return Response(orjson.dumps(request.app.openapi()), media_type="application/json")
