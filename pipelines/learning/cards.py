"""A model's card as people read it in Dagster: what it is, learned from, and was worth."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.charts import calibration_picture

FIRST = ("by", "part", "example_count")


def as_markdown(card: Mapping[str, Any]) -> str:
    """The card, most wanted first."""
    return "\n".join(_lines(card))


def picture_of(scores: Mapping[str, Any], title: str) -> str:
    """The calibration plot as Markdown that carries its own picture; nothing without a curve."""
    if not scores["curve"]:
        return "(no probabilities, no calibration plot)"
    content = b64encode(calibration_picture(scores["curve"], title)).decode()
    return f"![said and seen](data:image/png;base64,{content})"


def _lines(card: Mapping[str, Any]) -> Iterator[str]:
    data = card["data"]
    yield f"**{card['title']}** ({card.get('model_id', 'not kept')})\n"
    yield f"{'In use' if card['accepted'] else 'Not in use'}: {card['reason']}.\n"
    yield "| | |\n|---|---|"
    yield f"| trained | {card['trained_at']}, seed {card['seed']} |"
    yield f"| data | snapshot {data['snapshot_id']} as of {data['as_of']} |"
    yield (
        f"| students | {data['students']}, of whom {data['judging_students']} judged and never "
        f"taught; {data['events']} events |"
    )
    yield f"| features | definition {card['definition'][:12]} |"
    if "versions" in card:
        yield f"| versions | {', '.join(f'{k} {v}' for k, v in card['versions'].items())} |"
    yield f"| needs | {card['needs']} |"
    yield ""
    for name, scores in (("challenger", card["scores"]), ("champion", card["champion"]["scores"])):
        if scores:
            yield from _scores(name, scores)


def _scores(name: str, scores: Mapping[str, Any]) -> Iterator[str]:
    yield f"### The {name}, on {scores['example_count']} held-out examples\n"
    yield "| figure | value |\n|---|---|"
    yield f"| {scores['measure'].replace('_', ' ')} | {_number(scores['loss'])} |"
    yield f"| ... of {scores['baseline']} | {_number(scores['baseline_loss'])} |"
    yield (
        f"| calibration error | {_number(scores['calibration'])}"
        f" (bound {_number(scores['calibration_bound'])}) |"
    )
    yield from (f"| {name} | {_number(value)} |" for name, value in scores["scores"].items())
    yield ""
    if scores["parts"]:
        yield from _table(scores["parts"])
        yield ""


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    # Cards are kept with their keys in alphabetical order.
    names = [*FIRST, *(name for name in rows[0] if name not in FIRST)]
    yield f"| {' | '.join(name.replace('_', ' ') for name in names)} |"
    yield f"|{'---|' * len(names)}"
    yield from (f"| {' | '.join(_number(row[name]) for name in names)} |" for row in rows)


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "-" if value is None else str(value)
