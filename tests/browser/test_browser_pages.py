"""Every page of every role in a real browser: light and dark, narrow and wide, both directions."""

from __future__ import annotations

import json
import os
import re
from itertools import product
from pathlib import Path

import pytest

from reports.languages import PSEUDO_RTL
from tests.browser.conftest import SCREENSHOTS
from tests.browser.pages import EXPECTED, PAGES, REFUSED, WIDE

AXE = Path(__file__).parents[2] / "reports/static/node_modules/axe-core/axe.min.js"
WIDTHS = (1280, 768, 360)
SCHEMES = ("light", "dark")
LANGUAGES = (None, "de", PSEUDO_RTL)
# axe takes a second a page: `make test-deep` judges every combination, `make test` those that
# differ most, and looks at the width of every one. Pictures are for the eye and say nothing here:
# only `make test-deep` takes them, since Chromium sometimes never draws the frame of one.
DEEP = bool(os.environ.get("SPOOL_DEEP"))
JUDGED = {(None, "light", 1280), (PSEUDO_RTL, "dark", 360)}
_RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))]);
}"""


@pytest.mark.parametrize("language", LANGUAGES, ids=str)
@pytest.mark.parametrize("role", PAGES, ids=str)
def test_every_page_is_right_at_every_width_in_both_schemes(visit, role, language):
    one = visit(role, language=language)
    source = AXE.read_text()
    found = {}
    for path in PAGES[role]:
        answer = one.open(path)
        assert answer.status == REFUSED.get(path, 200), path
        one.page.evaluate(source)
        for scheme, width in product(SCHEMES, WIDTHS):
            one.page.emulate_media(color_scheme=scheme)
            one.page.set_viewport_size({"width": width, "height": 900})
            place = f"{role}{path} {language} {scheme} {width}"
            found[place] = one.page.evaluate(WIDE)
            if DEEP or (language, scheme, width) in JUDGED:
                found[place] += one.page.evaluate(_RUN)
            if DEEP:
                name = re.sub(r"[^\w.-]+", "_", place)
                one.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    one.said[:] = [text for text in one.said if EXPECTED not in text]
    wrong = {place: what for place, what in found.items() if what}
    assert not wrong, json.dumps(wrong, indent=1)[:6000]
