"""Short questions to the oracle, for its own tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.factories import instant
from tests.oracle.tables import oracle
from tests.oracle.world import Row, World
from warehouse.events import ReceivedEvent

WORLD = World(
    {"fractions": "maths", "algebra": "maths", "cells": "biology", "rome": "history"}
    | {"rivers": "geography", "notes": "music"}
)
AS_OF = instant("2024-03-10 12:00")  # a Sunday; the week began on 4 March


def rows(
    table: str,
    events: Iterable[ReceivedEvent],
    world: World = WORLD,
    as_of: datetime = AS_OF,
    **columns: object,
) -> list[Row]:
    """The rows of one table that have these values."""
    found = oracle(events, world, as_of)[table]
    return [row for row in found if all(row[key] == value for key, value in columns.items())]


def pick(found: list[Row], *columns: str) -> list[tuple[Any, ...]]:
    """Only these columns, as tuples."""
    return [tuple(row[column] for column in columns) for row in found]
