"""From a chart to an SVG: one look for all, each picture drawn once.

Two hues that stay apart for the colour-blind and as greys; text and lines take the colour of what
is around them, so that dark pages need no second picture.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import vl_convert

BLUE, AMBER, PALE = "#2f6fbf", "#c2750c", "#9dbce6"
FONT = "Atkinson Hyperlegible Next"
WIDTH = 560
KEPT_PICTURES = 512
_INK, _DARK = "currentColor", "#25302e"
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "aria": False,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "gridColor": _INK,
        "gridOpacity": 0.15,
        "domain": False,
        "ticks": False,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelPadding": 6,
    },
    "text": {"color": _INK, "fill": _INK, "fontSize": 11},
}
# What surrounds the picture says what it is: its parts would be read out one by one. What holds for
# every text stands once at the root, and what holds anyhow not at all.
_NEEDLESS = re.compile(
    r' (role|aria-[a-z]+|pointer-events|class|font-family)="[^"]*"'
    r'| (opacity="1"|stroke-width="1"|transform="translate\(0,0\)"|font-size="11px")'
    r'| font-weight="normal"'
)
_UNSEEN = re.compile(r'<path [^>]*(?:display="none"|d="M0,0h0v0h0Z")[^>]*/>')
_LONG = re.compile(r"(\.\d\d)\d+(?=[^\d<]*[^<>]*>)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in full; `rows` are the figures that it draws, as they are read out."""

    title: str
    takeaway: str
    description: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Figures = Mapping[str, Figure | None]
Shape = Mapping[str, Any]


def shaped(chart: Any) -> Shape:
    """A chart without its figures, held against the schema of Vega-Lite.

    Making and checking one costs as much as drawing it, so each is made once: charts name their
    data (`alt.NamedData`), and `drawn` brings it.
    """
    shape: Shape = chart.properties(width=WIDTH - 60).to_dict()
    return shape


def drawn(shape: Shape, height: int, **data: Sequence[Mapping[str, Any]]) -> str:
    """The chart as an SVG in the one look, with the figures that it names."""
    spec = {**shape, "height": height, "datasets": data, "config": _CONFIG}
    return _svg(json.dumps(spec, sort_keys=True))


def picture(svg: str) -> bytes:
    """A drawn chart as a PNG, dark on white: readers of mail show no SVG.

    In the font that the drawing program brings, since it reads none of ours.
    """
    lettered = svg.replace(f'font-family="{FONT}"', 'font-family="sans-serif"', 1)
    inked = lettered.replace(_INK, _DARK)
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    start = inked.index(">") + 1
    made: bytes = vl_convert.svg_to_png(inked[:start] + paper + inked[start:], scale=2)
    return made


@lru_cache(KEPT_PICTURES)
def _svg(spec: str) -> str:
    """Drawing costs 30 ms; the same figures come again in page, document and mail."""
    made: str = vl_convert.vegalite_to_svg(json.loads(spec))
    lean = _LONG.sub(r"\1", _NEEDLESS.sub("", _UNSEEN.sub("", made)))
    return lean.replace("<svg ", f'<svg font-family="{FONT}" font-size="11px" ', 1)
