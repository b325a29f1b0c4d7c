"""NDJSON: one JSON object a line, under the same rules as a request body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from warehouse.errors import InvalidEvent
from warehouse.intake.rows import FIELDS, Ignored, Row, broken
from warehouse.intake.text_lines import bounded_lines, not_utf8, too_long

_CURE = "Write one JSON object with the event's fields on each line."


class _RepeatedName(ValueError):
    """A JSON object that says the same name twice; which of the two is meant?"""


def ndjson_rows(file: IO[bytes], path: Path, ignored: Ignored) -> Iterator[Row]:
    """Event rows of an NDJSON file, numbered by line; empty lines are skipped."""
    for number, line in enumerate(bounded_lines(file, path), start=1):
        if line is None:
            yield Row(number, too_long(), "")
        elif not line.isspace():
            fields = _parsed(line)
            if isinstance(fields, dict):
                fields = _known(fields, ignored)
            yield Row(number, fields, line)


def _parsed(line: bytes) -> dict[str, object] | InvalidEvent:
    try:
        value = json.loads(line.decode(), object_pairs_hook=_unique)
    except UnicodeDecodeError:
        return not_utf8()
    except _RepeatedName as error:
        return broken(f"The object names {error} twice.", "Say each field once.")
    except RecursionError:
        return broken("The JSON is nested too deeply.", _CURE)
    except ValueError as error:
        return broken(f"The line is no JSON: {str(error)[:100]}.", _CURE)
    if not isinstance(value, dict):
        return broken("The line is no JSON object.", _CURE)
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedName(repr(next(name for name in names if names.count(name) > 1)[:60]))
    return found


def _known(fields: dict[str, object], ignored: Ignored) -> dict[str, object]:
    if fields.keys() <= FIELDS:
        return fields
    ignored.note(list(fields))
    return {name: value for name, value in fields.items() if name in FIELDS}
