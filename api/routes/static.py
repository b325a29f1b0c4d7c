"""What pages load and the pictures that answers name: public, the same for everybody.

All are read at once from the package; a request only looks up a name, so none can reach a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.contract import NOT_MODIFIED, refusals
from api.dependencies import services_of
from api.errors import NotFound
from reports.assets import SVG, assets

ICONS = "/static/badges/"
DEFAULT_ICON = "default.svg"
KEEP = "public, max-age=31536000, immutable"

router = APIRouter(tags=["static"])


class Icon(NamedTuple):
    """A picture and the validator by which a browser asks for a newer one."""

    content: bytes
    etag: str


@router.get(
    ICONS + "{file}",
    summary="The icon of a badge",
    response_class=Response,
    responses={
        200: {
            "description": "A picture that tells its meaning to screen readers too.",
            "content": {SVG: {"schema": {"type": "string"}, "example": "<svg …></svg>"}},
        },
        **NOT_MODIFIED,
        **refusals(NotFound.kind),
    },
)
def badge_icon(
    request: Request,
    file: Annotated[str, Path(description="The end of a badge's `icon_url`.")],
) -> Response:
    """A badge of the rules without a picture of its own gets one that fits every badge."""
    icon = icons().get(file)
    if icon is None and _named(request, file):
        icon = icons()[DEFAULT_ICON]
    if icon is None:
        raise NotFound("There is no such icon.", cure="Use the icon_url of a badge.", field="file")
    headers = {
        "ETag": icon.etag,
        "Cache-Control": "public, max-age=86400",
        "Cross-Origin-Resource-Policy": "cross-origin",  # a school's own pages may show it
    }
    if icon.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(icon.content, media_type=SVG, headers=headers)


@router.get("/static/{file}", include_in_schema=False)
async def page_asset(request: Request, file: str) -> Response:
    """A style sheet, script or font; the hash in its address lets browsers keep it for good."""
    found = assets().get(file)
    if found is None:
        raise NotFound("There is no such file.", cure="Use an address of a page.", field="file")
    kept = request.query_params.get("v") == found.version
    headers = {
        "Cache-Control": KEEP if kept else "public, max-age=3600",
        "Vary": "Accept-Encoding",
    }
    content = found.content
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = found.packed, "gzip"
    return Response(content, media_type=found.kind, headers=headers)


def _named(request: Request, file: str) -> bool:
    return any(badge.icon_url == ICONS + file for badge in services_of(request).rules.badges)


@cache
def icons() -> Mapping[str, Icon]:
    """Every icon of the package by its file name."""
    found = {}
    for file in (files("api") / "static" / "badges").iterdir():
        content = file.read_bytes()
        found[file.name] = Icon(content, f'"{hashlib.sha256(content).hexdigest()[:16]}"')
    return found
