"""The languages of pages and documents: their messages, direction and ways of writing figures.

English is the source: its messages are those in templates and code. Every other language has one
or more catalogues, `locales/<language>/LC_MESSAGES/*.po`, which are read as they are, so no
compiled file can be older than its source. Two languages are made from English for tests: `en-XA`
(accented, longer, in brackets, so that text without a message and text that does not fit are seen)
and `ar-XB` (from right to left).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from importlib.resources import files

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = "en"
TRANSLATED = ("de",)
PSEUDO, PSEUDO_RTL = "en-XA", "ar-XB"
LANGUAGES = (SOURCE, *TRANSLATED)
NAMES = {"en": "English", "de": "Deutsch"}
_ACCENTED = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
# What must stay as it is: placeholders, tags and entities.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&\w+;)")
_LONGER = 0.3


@dataclass(frozen=True)
class Language:
    """A language as pages and documents use it."""

    tag: str
    direction: str
    babel: Locale
    translations: NullTranslations


@cache
def language(tag: str) -> Language:
    """A known language by its tag, with or without a region; English for all others."""
    if tag in {PSEUDO, PSEUDO_RTL}:
        right_to_left = tag == PSEUDO_RTL
        said = _Pseudo(_mirrored if right_to_left else _accented)
        return Language(tag, "rtl" if right_to_left else "ltr", Locale.parse(SOURCE), said)
    known = tag.partition("-")[0].lower()
    if known not in TRANSLATED:
        return Language(SOURCE, "ltr", Locale.parse(SOURCE), NullTranslations())
    babel = Locale.parse(known)
    return Language(known, babel.text_direction, babel, _read(known))


def best(stored: str | None, accepted: str | None) -> str:
    """The tag to answer in: what somebody chose, else what their browser prefers, else English."""
    if stored in {PSEUDO, PSEUDO_RTL}:
        return stored
    wanted = [stored or "", *_by_preference(accepted or "")]
    for tag in wanted:
        known = tag.partition("-")[0].strip().lower()
        if known in LANGUAGES:
            return known
    return SOURCE


def _by_preference(accepted: str) -> list[str]:
    """The tags of an Accept-Language header, the dearest first."""
    weighed = []
    for part in accepted.split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]


def _read(tag: str) -> Translations:
    """All catalogues of a language together."""
    directory = files("reports") / "locales" / tag / "LC_MESSAGES"
    found = Translations()
    for file in sorted(directory.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".po"):
            with file.open("rb") as source:
                catalogue = read_po(source, locale=tag)
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            compiled.seek(0)
            found.merge(Translations(compiled))
    return found


class _Pseudo(NullTranslations):
    """English made strange."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__()
        self._change = change

    def gettext(self, message: str) -> str:
        return self._change(message) if message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._change(msgid1 if n == 1 else msgid2)

    def pgettext(self, _context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, _context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


def _accented(text: str) -> str:
    changed = "".join(_each(text, lambda part: part.translate(_ACCENTED)))
    return f"[{changed}{'·' * int(len(text) * _LONGER)}]"


def _mirrored(text: str) -> str:
    """Each word from right to left, between marks that are closed again."""

    def word(found: re.Match[str]) -> str:
        return f"\u202e{found[0]}\u202c"

    return "".join(_each(text, lambda part: re.sub(r"[A-Za-z]+", word, part)))


def _each(text: str, change: Callable[[str], str]) -> Iterable[str]:
    for place, part in enumerate(_KEPT.split(text)):
        yield part if place % 2 else change(part)
