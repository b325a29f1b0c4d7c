"""HTML as a browser takes it, judged: nothing may be in it that our templates do not write.

Parsed by the rules of HTML 5, as lenient as a browser is: what a browser would make of a text that
got out of its place, this sees too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import tinyhtml5


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = words(
    "a abbr article bdi body br button caption circle clipPath code datalist dd defs details div "
    "dl dt fieldset figcaption figure footer form g h1 h2 h3 head header html img input label "
    "legend li line link main meta nav ol option p path pattern pre progress rect script section "
    "select small span strong summary svg table tbody td text textarea th thead title tr ul"
)
ATTRIBUTES = words(
    "accept action alt aria-current aria-describedby aria-hidden aria-label aria-labelledby "
    "aria-sort autocomplete charset checked class clip-path colspan content cx cy d defer dir "
    "download enctype fill fill-opacity focusable font-family font-size font-weight height href "
    "hx-ext hx-get hx-swap hx-trigger id inputmode label lang list loading max maxlength method "
    "min minlength name opacity pathLength patternTransform patternUnits preserveAspectRatio r "
    "rel required role rows rx scope selected spellcheck src sse-connect stroke stroke-dasharray "
    "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity "
    "stroke-width tabindex text-anchor title transform type value version viewBox width x x1 x2 y "
    "y1 y2"
)
_OF_NAMESPACES = "{http://www.w3.org/2000/xmlns/}"
NAMESPACES = frozenset(
    {
        (f"{_OF_NAMESPACES}xmlns", "http://www.w3.org/2000/svg"),
        (f"{_OF_NAMESPACES}xlink", "http://www.w3.org/1999/xlink"),
    }
)
ADDRESSES = frozenset(("action", "href", "hx-get", "src", "sse-connect"))
METAS = frozenset((None, "viewport", "color-scheme", "htmx-config"))
# What stands in one of these cannot move what stands beside it.
ISOLATED = frozenset(("bdi", "option", "textarea", "title"))
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PICTURE = re.compile(r"cid:weeks-\d+")  # it comes with the mail
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass
class Reading:
    """What is wrong with a page, its texts by whether they are isolated, and where it leads."""

    wrong: list[str] = field(default_factory=list)
    isolated: set[str] = field(default_factory=set)
    loose: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def read(
    html: str,
    elements: frozenset[str] = ELEMENTS,
    home: str = "",
    styles: re.Pattern[str] | None = None,
) -> Reading:
    """A page or a part of one; for a mail, where addresses may begin and how it may be styled."""
    found = Reading()
    root = tinyhtml5.parse(html, namespace_html_elements=False)
    for element in _with_texts(root, found, isolated=False):
        style = element.attrib.pop("style", None) if styles else None
        if style is not None and styles and not styles.fullmatch(style):
            found.wrong.append(f"a style {style!r}")
        _judge(element, found, elements, home)
    return found


def styles_of(template: str) -> re.Pattern[str]:
    """The styles that a template writes, with any colour or width where it fills one in."""
    written = {
        "[#0-9a-f]+".join(re.escape(part) for part in re.split(r"{{.*?}}", style))
        for style in re.findall(r'style="(.*?)"', template)
    }
    return re.compile("|".join(sorted(written)))


def squeezed(text: str) -> str:
    """A text as it is shown: blanks as one, and nothing unseen that moves its surroundings."""
    return " ".join(_UNSEEN.sub("", text).split())


def _with_texts(element: ET.Element, found: Reading, *, isolated: bool) -> Iterator[ET.Element]:
    yield element
    if element.tag in ISOLATED:
        found.isolated.add(" ".join("".join(element.itertext()).split()))
        isolated = True
    texts = [element.text or ""]
    for child in element:
        yield from _with_texts(child, found, isolated=isolated)
        texts.append(child.tail or "")
    for text in texts:
        if TURNING.search(text):
            found.wrong.append(f"turns the line around: {text!r}")
        if not isolated and text.strip():
            found.loose.append(" ".join(text.split()))


def _judge(element: ET.Element, found: Reading, elements: frozenset[str], home: str) -> None:
    if callable(element.tag):
        found.wrong.append(f"a comment: {element.text!r}")
        return
    name = element.tag.removeprefix(SVG)
    if name not in elements or not _is_as_written(name, element):
        found.wrong.append(f"an element <{name} {element.attrib}> {element.text!r}")
    for key, value in element.items():
        if (key, value) not in NAMESPACES and key not in ATTRIBUTES:
            found.wrong.append(f"an attribute {key}={value!r} of <{name}>")
        elif key in ADDRESSES and not _is_ours(value, home):
            found.wrong.append(f"an address {value!r} of <{name}>")
    if name == "a" and element.get("href"):
        found.links.append(element.get("href") or "")


def _is_as_written(name: str, element: ET.Element) -> bool:
    """Elements that can do more than show something, only as our templates have them."""
    if name == "script":
        return not element.text and element.get("src", "").startswith("/static/")
    if name == "link":
        return element.get("rel") in {"icon", "stylesheet"}
    return name != "meta" or element.get("name") in METAS


def _is_ours(address: str, home: str) -> bool:
    if not address.isprintable() or any(sign in address for sign in '\\ <>"'):
        return False
    if home and _PICTURE.fullmatch(address):
        return True
    if home:
        return address == home or address.startswith(f"{home}/")
    parts = urlsplit(address)
    inside = address.startswith(("/", "#", "?")) and not address.startswith("//")
    return inside and not parts.scheme and not parts.netloc
