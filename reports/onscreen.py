"""The table that somebody looks at, as a file: what a page shows, read off the page itself.

The page is written once more with bare figures and the table is taken from it by its id, so that
whatever a page shows can be taken along, and nothing else: not a row, not a column more. A cell of
class `num` that holds a number is one, times are in seconds; everything else is text.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element

import tinyhtml5

from reports import tabular
from reports.tabular import Cell

PARAMETER = "table"
NO_FIGURE = "\u2013"
_NUMBER = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)( s)?")


def address_of(page: str, table: str) -> str:
    """Where a table of the page at an address is to be had as CSV."""
    parts = urlsplit(page)
    asked = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER
    ]
    return f"{parts.path}?{urlencode([*asked, (PARAMETER, table)])}"


def csv_of(html: str, table: str) -> str | None:
    """A table of a page with bare figures as CSV; None if the page has none of that id."""
    root = tinyhtml5.parse(html, namespace_html_elements=False)
    found = next((one for one in root.iter("table") if one.get("id") == table), None)
    if found is None:
        return None
    lines = [list(row) for row in found.iter("tr")]
    rows = [[_cell(cell) for cell in line] for line in lines]
    seconds = {column for line in lines for column, cell in enumerate(line) if _is_time(cell)}
    head, *body = rows
    named = [
        f"{name or ''}{' (s)' if column in seconds else ''}" for column, name in enumerate(head)
    ]
    return tabular.whole(named, body)


def _cell(cell: Element) -> Cell:
    words = _words(cell)
    if not _holds_figure(cell):
        return words
    if words == NO_FIGURE:
        return None
    figure = _NUMBER.fullmatch(words)
    if figure is None:
        return words
    return int(figure[1]) if figure[1].lstrip("-+").isdigit() else float(figure[1])


def _is_time(cell: Element) -> bool:
    figure = _NUMBER.fullmatch(_words(cell)) if _holds_figure(cell) else None
    return figure is not None and figure[2] is not None


def _holds_figure(cell: Element) -> bool:
    return "num" in (cell.get("class") or "").split()


def _words(cell: Element) -> str:
    return " ".join("".join(_parts(cell)).split())


def _parts(element: Element) -> list[str]:
    """What is seen or read out of it: no drawings, of what opens only what is open."""
    if element.get("aria-hidden") == "true":
        return []
    if element.get("role") == "img":
        return [element.get("aria-label") or ""]
    if element.tag == "input":
        return ["true" if element.get("checked") is not None else "false"]
    found = [element.text or ""]
    for child in element:
        if element.tag != "details" or child.tag == "summary":
            found += _parts(child)
        found.append(" " if child.tag == "br" else "")
        found.append(child.tail or "")
    return found
