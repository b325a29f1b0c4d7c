"""Languages: which one is spoken, how it writes figures, and that nothing is left untranslated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import UndefinedError

from reports.definitions import definitions, texts_of_data
from reports.languages import PSEUDO, PSEUDO_RTL, TRANSLATED, best, language
from reports.templating import environment
from warehouse.catalog import load_catalog
from warehouse.metrics import load_metrics
from warehouse.rules import load_rules

ROOT = Path(__file__).parents[2]
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]


def written(text: str, tag: str = "en", **values: object) -> str:
    return environment(tag).from_string(text).render(**values)


@pytest.mark.parametrize(
    ("stored", "accepted", "spoken"),
    [
        (None, None, "en"),
        ("de-CH", "en", "de"),
        (None, "fr, de;q=0.8, en;q=0.5", "de"),
        (None, "en-GB,en;q=0.9,de;q=0.1", "en"),
        ("xx", "de", "de"),
        (PSEUDO, "de", PSEUDO),
        (None, "de;q=much, ;;;", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_what_the_browser_prefers(stored, accepted, spoken):
    assert best(stored, accepted) == spoken


def test_figures_are_written_as_the_language_does():
    shown = "{{ 1234.56|number }} {{ 0.125|percent(1) }} {{ day|date }} {{ 7500|duration }}"
    day = date(2026, 3, 4)

    assert written(shown, day=day) == "1,234.6 12.5% Mar 4, 2026 2 h 5 min"
    assert written(shown, "de", day=day) == "1.234,6 12,5\xa0% 04.03.2026 2 Std. 5 Min."


def test_an_instant_is_told_by_the_clock_of_the_reader():
    at = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)

    assert written("{{ at|instant('Europe/Berlin') }}", at=at) == "5 Mar 2026, 00:30"
    assert written("{{ day|weekday('wide') }}", "de", day=date(2026, 3, 4)) == "Mittwoch"


def test_everything_is_escaped_and_a_missing_name_is_an_error():
    hostile = "<script>alert(1)</script>%(x)s"

    for text in ("{{ it }}", "{{ it|told }}", "{% trans %}Hello {{ it }}{% endtrans %}"):
        for tag in ("en", "de", PSEUDO, PSEUDO_RTL):
            assert "<script>" not in written(text, tag, it=hostile)
    with pytest.raises(UndefinedError):
        written("{{ missing }}")


def test_the_pseudo_languages_keep_placeholders_and_markup():
    text = "{% trans n=3 %}<b>{{ n }}</b> concepts & more{% endtrans %}"

    assert written(text, PSEUDO).startswith("[<b>3</b> çóñçépts &")
    assert "<b>3</b> \u202econcepts\u202c" in written(text, PSEUDO_RTL)
    assert language(PSEUDO_RTL).direction == "rtl"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_message_is_translated_and_none_is_left_over(tag):
    used, known = _messages(), _translated(tag)

    assert sorted(used - known.keys()) == []
    assert sorted(known.keys() - used) == []
    assert [message for message, said in known.items() if not all(said)] == []


def _messages() -> set[str]:
    found = set()
    template = {"trimmed": "true", "encoding": "utf-8", "silent": "false"}
    spoken = {"say": None, "count": (1, 2)}  # the short names of gettext and ngettext
    for _, _, message, _, _ in extract_from_dir(
        ROOT / "reports",
        method_map=METHODS,
        options_map={"templates/**.html": template},
        keywords={**DEFAULT_KEYWORDS, **spoken},
        directory_filter=lambda path: "node_modules" not in path,
    ):
        found.add(message[0] if isinstance(message, tuple) else message)
    catalog = load_catalog()
    known = definitions(catalog, load_metrics(catalog))
    return found | set(texts_of_data(load_rules(), known))


def _translated(tag: str) -> dict[str, tuple[str, ...]]:
    whole = Catalog(tag)
    directory = files("reports") / "locales" / tag / "LC_MESSAGES"
    for path in sorted(Path(str(directory)).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=tag):
                if message.id:
                    whole[message.id] = message
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in whole
        if message.id
    }
