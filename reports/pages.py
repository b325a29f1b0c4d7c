"""Pages as text: a template, the language it is read in, and what every page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from jinja2_fragments import render_block
from markupsafe import Markup

from reports import onscreen
from reports.assets import address
from reports.definitions import Definition
from reports.languages import NAMES, PSEUDO_RTL
from reports.letters import straight_html
from reports.templating import environment

FRESH = timedelta(days=1)
MAIN = "main"


@dataclass(frozen=True)
class Signed:
    """Who is signed in, as pages show them."""

    subject: str
    role: str
    name: str
    token: str  # what a form must carry


@dataclass(frozen=True)
class Frame:
    """What every page is given beside its own view."""

    language: str
    address: str
    definitions: Mapping[str, Definition]
    now: datetime
    who: Signed | None = None
    events: str | None = None  # where news come from that make the page look again
    zone: str = "UTC"
    bare: bool = False  # figures as programs want them
    meta: Any = None  # the state of the figures: snapshot_id, as_of, live, pending_events


def page(template: str, frame: Frame, *, whole: bool = True, **given: object) -> str:
    """A page, or only what is new in it: the inside of its main part."""
    made = environment(frame.language, bare=frame.bare)
    context = _context(frame) | given
    if whole:
        text = made.get_template(template).render(context)
    else:
        text = render_block(made, template, MAIN, context)
    # the words of that language are turned around themselves
    return text if frame.language == PSEUDO_RTL else straight_html(text)


def _context(frame: Frame) -> dict[str, object]:
    def token_field() -> Markup:
        value = frame.who.token if frame.who else ""
        return Markup('<input type="hidden" name="csrf_token" value="{}">').format(value)

    return {
        **vars(frame),
        "language": environment(frame.language).globals["language"],
        "languages": NAMES,
        "asset": address,
        "token_field": token_field,
        "stale": _stale(frame),
        "table_address": partial(onscreen.address_of, frame.address),
    }


def _stale(frame: Frame) -> bool:
    meta = frame.meta
    return bool(meta and meta.as_of and not meta.live and frame.now - meta.as_of > FRESH)
