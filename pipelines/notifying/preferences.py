"""Where the sender reads what people wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from pipelines.notifying.wishes import DEFAULT, Wishes


class Preferences(Protocol):
    """What people wish, whoever keeps it."""

    def of(self, recipients: Sequence[str]) -> Mapping[str, Wishes]:
        """The wishes of each of these people."""


class Defaults:
    """Everybody as if they had said nothing."""

    def of(self, recipients: Sequence[str]) -> Mapping[str, Wishes]:
        return dict.fromkeys(recipients, DEFAULT)
