"""Walks through the pages of somebody by their links, as a visitor would who clicks on everything.

Of pages that differ only in whom they are about a few are opened, of parts of a list all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from fastapi.routing import iter_route_contexts

from tests.api_school import Api
from tests.integration.page_reading import HTML, Browser
from tests.strict_html import Reading, read

STARTS = ("/", "/notifications", "/preferences", "/glossary")
OF_A_KIND, MANY = 2, 100
PARTS, TABLE = frozenset(("cursor", "before")), "table"
ROSTERS = "educator/class/roster"  # each class has people of its own
LEFT_OUT = ("/static/", "/docs")


@dataclass
class Seen:
    """An answer, and what it is as a page."""

    answer: Any
    page: Reading | None


def crawl(api: Api, role: str, person: str) -> Iterator[tuple[str, Seen]]:
    """Each address with what was to be seen there."""
    browser = Browser(api, role, person)
    waiting, seen, kinds = list(STARTS), set(STARTS), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        kinds[_kind(address)] += 1
        if kinds[_kind(address)] > _most(address):
            continue
        answer = browser.get(address)
        is_page = answer.headers.get("content-type", "").startswith(HTML["Accept"])
        page = read(answer.text) if is_page else None
        yield address, Seen(answer, page)
        found = page.links if page else []
        for link in [answer.headers["location"]] if answer.is_redirect else found:
            there = urljoin(address, link).partition("#")[0]
            if there not in seen and not _is_left_out(there):
                seen.add(there)
                waiting.append(there)


def operations(api: Api, addresses: Iterable[str]) -> set[str]:
    """The names of the operations that answered."""
    paths = [urlsplit(address).path for address in addresses]
    return {
        context.name or ""
        for context in iter_route_contexts(api.app.routes)
        if any(_shape(context.path or "").fullmatch(path) for path in paths)
    }


def _shape(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)))


def _kind(address: str) -> str:
    """Pages of one kind: the same words at the same places, and the same questions."""
    parts = urlsplit(address)
    asked = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return " ".join(["/".join(parts.path.split("/")[1::2]), *asked])


def _most(address: str) -> int:
    kind = _kind(address)
    _, *asked = kind.split(" ")
    in_parts = PARTS & set(asked) and TABLE not in asked
    return MANY if in_parts or kind == ROSTERS else OF_A_KIND


def _is_left_out(address: str) -> bool:
    return address.startswith(LEFT_OUT) or "format=pdf" in address
