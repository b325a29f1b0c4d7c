"""Why a concept is worth the next minutes, in a sentence about the student's own figures."""

from __future__ import annotations

from warehouse.reader import Row


def recommendation_words(row: Row, name: str) -> str:
    """The reason for one recommendation."""
    return f"{_WHY[row['kind']](row, name)} {_sureness(row)}"


def _continue(row: Row, name: str) -> str:
    return f"{name} is begun, and the next try has a good chance to succeed: {_in_100(row)}."


def _begin(row: Row, name: str) -> str:
    needed = row["prerequisite_count"]
    if needed:
        before = "what it builds on is" if needed == 1 else f"all {needed} that it builds on are"
        return f"{name} is new, {before} done, and a first try would succeed in {_in_100(row)}."
    return f"{name} is new, builds on nothing, and a first try would succeed in {_in_100(row)}."


def _review(row: Row, name: str) -> str:
    return (
        f"{name} was last practised on {row['last_practised_on']:%Y-%m-%d}: after a while away a "
        f"try now keeps it, and would succeed in {_in_100(row)}."
    )


def _in_100(row: Row) -> str:
    return f"about {round(100 * row['probability'])} of 100"


def _sureness(row: Row) -> str:
    if not row["enough_evidence"]:
        return "There are too few tries yet to say so of this student: others are the measure."
    lower, upper = round(100 * row["lower"]), round(100 * row["upper"])
    return f"That rests on {row['evidence_count']} tries and lies between {lower} and {upper}."


_WHY = {"continue": _continue, "begin": _begin, "review": _review}
