"""Pictures from figures, made here and without a browser: a chart's specification becomes a PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

SIDE = 320
PIXELS = 1.5


def calibration_picture(curve: Sequence[Mapping[str, Any]], title: str) -> bytes:
    """What a model said beside what came, in ten parts of the scale; on the line it was right."""
    said = alt.X("said:Q", title="said", scale=alt.Scale(domain=[0, 1]))
    seen = alt.Y("seen:Q", title="seen", scale=alt.Scale(domain=[0, 1]))
    ends = [{"said": 0, "seen": 0}, {"said": 1, "seen": 1}]
    right = (
        alt.Chart(alt.InlineData(values=ends))
        .mark_line(strokeDash=[4, 4], color="#888")
        .encode(said, seen)
    )
    points = (
        alt.Chart(alt.InlineData(values=[dict(point) for point in curve]))
        .mark_circle(opacity=0.9)
        .encode(said, seen, size=alt.Size("count:Q", title="examples"))
    )
    chart = (right + points).properties(title=title, width=SIDE, height=SIDE)
    picture: bytes = vl_convert.vegalite_to_png(chart.to_json(), scale=PIXELS)
    return picture
