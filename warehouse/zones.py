"""Time zones by their IANA name; the only place that turns a name into a zone."""

from __future__ import annotations

from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from warehouse.errors import InvalidEvent

# Files of a zone directory that are no place: the machine's own setting and a filler.
NOT_A_PLACE = frozenset({"localtime", "Factory", "posixrules"})


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name that this installation knows, read once a process (40 ms)."""
    return frozenset(available_timezones()) - NOT_A_PLACE


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The zone with exactly this name, or InvalidEvent.

    The list is asked first: ZoneInfo itself would accept another case on some file systems.
    """
    if name not in zone_names():
        raise InvalidEvent(
            f"time_zone is {name[:60]!r}, which is no time zone that we know.",
            cure="Use an IANA name such as Europe/Berlin, America/New_York or UTC.",
            field="time_zone",
        )
    return ZoneInfo(name)
