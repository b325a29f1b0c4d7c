"""Pages to look things up: what the figures mean, and the documentation of the API."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.errors import KINDS
from api.pages.rendering import show, signed_in

router = APIRouter(include_in_schema=False)


@router.get("/glossary")
async def glossary_page(request: Request) -> Response:
    credential = await signed_in(request)
    return await run_in_threadpool(show, request, "glossary.html", credential=credential)


@router.get("/docs")
async def docs_page(request: Request) -> Response:
    kinds = [(kind.slug, kind.status, kind.title) for kind in KINDS]
    return await run_in_threadpool(
        show, request, "docs.html", openapi=request.app.openapi(), kinds=kinds
    )


@router.get("/openapi.json")
async def openapi_document(request: Request) -> Response:
    return Response(orjson.dumps(request.app.openapi()), media_type="application/json")
