"""The one Jinja2 environment of each language, for pages, documents and mails.

    environment("de").get_template("student/today.html").render(view=view, zone="Europe/Berlin")

Everything is escaped, an undefined name is an error, and figures are written as the language
writes them: `{{ 0.5|percent }}`, `{{ 1234|number }}`, `{{ day|date }}`, `{{ at|instant(zone) }}`,
`{{ seconds|duration }}`. Messages stand in templates as `{% trans %}…{% endtrans %}` or `_("…")`;
text that is data (a badge's name) goes through `|told`, which translates it if it is known and
leaves it to be escaped like any other. `language` is a global: its `tag` and `direction` belong on
the root element.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.languages import Language, language
from reports.phrases import duration
from warehouse.zones import zone_info

TEMPLATES = Path(str(files("reports") / "templates"))
EXTENSIONS = ("jinja2.ext.i18n",)


@cache
def environment(tag: str, *, bare: bool = False) -> Environment:
    """The environment in which a language (`en`, `de`, a pseudo-locale) is written.

    Args:
        tag: the language.
        bare: figures are written for programs: 1234.5, 0.5, 2026-03-06, `90 s`.
    """
    return _environment(language(tag), bare=bare)


@cache
def _environment(spoken: Language, *, bare: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=EXTENSIONS,
        auto_reload=False,
        cache_size=-1,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(spoken.translations, newstyle=True)  # type: ignore[attr-defined]
    made.globals["language"] = spoken
    made.filters |= {**_filters(spoken), **(_BARE if bare else {})}
    return made


def _filters(spoken: Language) -> Mapping[str, Callable[..., Any]]:
    babel = spoken.babel
    return {
        "number": partial(_number, locale=babel),
        "percent": partial(_percent, locale=babel),
        "date": partial(_date, locale=babel),
        "weekday": partial(_weekday, locale=babel),
        "instant": partial(_instant, locale=babel),
        "duration": partial(duration, spoken.translations),
        "day_before": day_before,
        "told": spoken.translations.gettext,
        "pretty": partial(json.dumps, indent=2, ensure_ascii=False),
    }


def day_before(day: date) -> date:
    """The last day of half-open days."""
    return day - timedelta(days=1)


def _number(value: float, digits: int = 1, *, locale: Locale) -> str:
    """1,234 or 1.234; a fraction to so many digits, without zeros at its end."""
    return format_decimal(round(value, digits), locale=locale)


def _percent(ratio: float, digits: int = 0, *, locale: Locale) -> str:
    """0.5 as 50%, rounded to so many digits."""
    return format_percent(round(ratio, digits + 2), locale=locale, decimal_quantization=False)


def _date(day: date, width: str = "medium", *, locale: Locale) -> str:
    """A day in words; width `short`, `medium`, `long`, `full`, or `daymonth` without its year."""
    if width == "daymonth":
        return format_skeleton("MMMd", day, locale=locale)
    return format_date(day, width, locale=locale)


def _weekday(day: date, width: str = "abbreviated", *, locale: Locale) -> str:
    """The name of a day; width `abbreviated`, `wide` or `narrow`."""
    pattern = {"abbreviated": "ccc", "wide": "cccc", "narrow": "ccccc"}[width]
    return format_date(day, pattern, locale=locale)


def _instant(at: datetime, zone: str = "UTC", width: str = "medium", *, locale: Locale) -> str:
    """Day and time by the clock of a zone."""
    local = at.astimezone(zone_info(zone))
    return format_datetime(local, "d MMM y, HH:mm" if width == "medium" else width, locale=locale)


_BARE: Mapping[str, Callable[..., str]] = {
    "number": lambda value, _digits=1: repr(value),
    "percent": lambda ratio, _digits=0: repr(ratio),
    "date": lambda day, _width="": day.isoformat(),
    "instant": lambda at, _zone="", _width="": at.astimezone(UTC).isoformat(),
    "duration": lambda seconds: f"{round(seconds)} s",
}
