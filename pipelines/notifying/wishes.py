"""What a person wants to hear, by which channel, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum


class Way(StrEnum):
    """How a kind of notification reaches a person on one channel."""

    OFF = "off"
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Wishes:
    """Somebody's preferences; without any, everything at once but not at night."""

    ways: Mapping[tuple[str, str], Way] = field(default_factory=dict)
    quiet: tuple[time, time] | None = (time(21), time(7))
    daily_cap: int = 5
    digest_time: time = time(17)
    digest_weekday: int = 6  # Sunday, as the week ends

    def way(self, kind: str, channel: str) -> Way:
        """How this kind reaches them on this channel."""
        return self.ways.get((kind, channel), Way.AT_ONCE)


DEFAULT = Wishes()
