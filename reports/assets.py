"""The files that pages load: our own and those from npm, each under one short name.

All are read at once from the package; a request only looks up a name, so none can reach a file.
Their addresses carry a hash of their content, so that browsers may keep them for good.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SVG, CSS, SCRIPT, FONT = "image/svg+xml", "text/css", "text/javascript", "font/woff2"
_FONT = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next"
# Short name: where it lies below reports/static, and what it is.
FILES: Mapping[str, tuple[str, str]] = {
    "spool.css": ("spool.css", CSS),
    "icon.svg": ("icon.svg", SVG),
    "pico.css": ("node_modules/@picocss/pico/css/pico.min.css", CSS),
    "htmx.js": ("node_modules/htmx.org/dist/htmx.min.js", SCRIPT),
    "sse.js": ("node_modules/htmx-ext-sse/dist/sse.min.js", SCRIPT),
    "text.woff2": (f"node_modules/{_FONT}-latin-wght-normal.woff2", FONT),
    "text-more.woff2": (f"node_modules/{_FONT}-latin-ext-wght-normal.woff2", FONT),
}


class Asset(NamedTuple):
    """A file as it is sent."""

    content: bytes
    packed: bytes | None
    kind: str
    version: str


@cache
def assets() -> Mapping[str, Asset]:
    """Every file by its short name; fonts are packed already."""
    found = {}
    for name, (path, kind) in FILES.items():
        content = files("reports").joinpath("static", path).read_bytes()
        packed = None if kind == FONT else gzip.compress(content, 9, mtime=0)
        found[name] = Asset(content, packed, kind, hashlib.sha256(content).hexdigest()[:12])
    return found


def address(name: str) -> str:
    """Where a page finds a file."""
    return f"/static/{name}?v={assets()[name].version}"
