"""Why a concept is worth the next minutes, in sentences about the student's own figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from gettext import NullTranslations
from typing import Any

from reports.phrases import ENGLISH
from warehouse.reader import Row


def recommendation_words(row: Row, name: str, said: NullTranslations = ENGLISH) -> str:
    """The reason for one recommendation."""
    words = f"{_WHY[row['kind']](row, said)} {_sureness(row, said)}"
    return words % _figures(row, name)


def _figures(row: Row, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "chance": _of_100(row["probability"]),
        "needed": row["prerequisite_count"],
        "day": row["last_practised_on"],
        "tries": row["evidence_count"],
        "lower": _of_100(row["lower"]),
        "upper": _of_100(row["upper"]),
    }


def _of_100(ratio: float | None) -> int | None:
    return None if ratio is None else round(100 * ratio)


def _continue(_row: Row, said: NullTranslations) -> str:
    return said.gettext(
        "%(name)s is begun, and the next try has a good chance to succeed: about %(chance)s of 100."
    )


def _begin(row: Row, said: NullTranslations) -> str:
    if not row["prerequisite_count"]:
        return said.gettext(
            "%(name)s is new, builds on nothing, and a first try would succeed in about %(chance)s"
            " of 100."
        )
    return said.ngettext(
        "%(name)s is new, what it builds on is done, and a first try would succeed in about"
        " %(chance)s of 100.",
        "%(name)s is new, all %(needed)s that it builds on are done, and a first try would succeed"
        " in about %(chance)s of 100.",
        row["prerequisite_count"],
    )


def _review(_row: Row, said: NullTranslations) -> str:
    return said.gettext(
        "%(name)s was last practised on %(day)s: after a while away a try now keeps it, and would"
        " succeed in about %(chance)s of 100."
    )


def _sureness(row: Row, said: NullTranslations) -> str:
    if not row["enough_evidence"]:
        return said.gettext(
            "There are too few tries yet to say so of this student: others are the measure."
        )
    return said.gettext("That rests on %(tries)s tries and lies between %(lower)s and %(upper)s.")


_WHY: Mapping[str, Callable[[Row, NullTranslations], str]] = {
    "continue": _continue,
    "begin": _begin,
    "review": _review,
}
