"""How many requests a user or an address may make in a time; beyond it 429 says when to return.

Counted in this process, at the cost of a dictionary's entry. With REDIS_URL the processes tell each
other their counts a few times a second (`sharing.py`), so no request ever waits for Redis. The
library `limits` reads the rates; its own stores are not used: the one in memory looks at every key
a hundred times a second, the one in Redis asks it at every request.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from limits import RateLimitItem, parse

from api.errors import TooManyRequests
from warehouse.clock import Clock
from warehouse.tokens import Role

# A person and their pages stay far below; a class behind one address too. Programs (admin and
# service tokens) are the school's own and have no limit unless one is set.
DEFAULTS = {
    "reads": "1200/minute",
    "writes": "600/minute",
    "tracking": "3000/minute",
    "machines": "off",
    "address": "150000/minute",
    "failures": "300/minute",
}
MACHINES = frozenset({Role.ADMIN, Role.SERVICE})
TRACKING = frozenset({"track_event", "track_batch"})
KEYS_MAX = 200_000
SWEEP_SECONDS = 10
IPV6_PREFIX = 64  # what one household or school is given; the rest they choose themselves


class Key(NamedTuple):
    """A count: of which budget, whose, and until when."""

    budget: str
    whom: str
    ends_at: int


def budgets(text: str) -> dict[str, RateLimitItem]:
    """The rates of the setting RATE_LIMITS over the defaults; those that are `off` are left out."""
    if text.strip() == "off":
        return {}
    given = dict(re.split(r"\s*=\s*", entry.strip()) for entry in text.split(",") if entry.strip())
    return {name: parse(rate) for name, rate in (DEFAULTS | given).items() if rate != "off"}


class Counts:
    """Counts by key until each ends; what was added here and not told to others yet is kept too."""

    def __init__(self) -> None:
        self._counts: dict[Key, int] = {}
        self._untold: dict[Key, int] = {}
        self._lock = threading.Lock()
        self._sweep_at = 0.0

    def add(self, key: Key, amount: int, now: float) -> int:
        """Count and return the total known here."""
        with self._lock:
            if now >= self._sweep_at or len(self._counts) > KEYS_MAX:
                self._sweep(now)
            total = self._counts.get(key, 0) + amount
            self._counts[key] = total
            self._untold[key] = self._untold.get(key, 0) + amount
            return total

    def take_untold(self) -> dict[Key, int]:
        """What was added since the last time."""
        with self._lock:
            taken, self._untold = self._untold, {}
            return taken

    def give_back(self, untold: Mapping[Key, int], now: float) -> None:
        """It could not be told: keep it for the next time, as far as it still matters."""
        with self._lock:
            for key, amount in untold.items():
                if key.ends_at > now:
                    self._untold[key] = self._untold.get(key, 0) + amount

    def learn(self, key: Key, total: int) -> None:
        """All processes together have counted this many, and this one some since they were told."""
        with self._lock:
            here = total + self._untold.get(key, 0)
            if key in self._counts:
                self._counts[key] = max(self._counts[key], here)

    def _sweep(self, now: float) -> None:
        self._sweep_at = now + SWEEP_SECONDS
        for counts in (self._counts, self._untold):
            for key in [key for key in counts if key.ends_at <= now]:
                del counts[key]
            if len(counts) > KEYS_MAX:
                # Somebody invents addresses. Forgetting is generous, filling the memory is not.
                counts.clear()


class Limiter:
    """Refuses what goes beyond a budget."""

    def __init__(self, rates: str, clock: Clock) -> None:
        self._budgets = {
            name: (item.amount, item.get_expiry()) for name, item in budgets(rates).items()
        }
        self._clock = clock
        self.counts = Counts()

    def public(self, address: str) -> None:
        """A request that needs no token."""
        self._spend("address", _household(address))

    def failure(self, address: str) -> None:
        """A token that is none: neighbours with good ones are not refused for it."""
        self._spend("failures", _household(address))

    def request(self, operation: str, method: str, role: Role, subject: str, address: str) -> None:
        """A request of somebody who is known now."""
        bearer = f"{role}:{subject}"
        if role in MACHINES:
            self._spend("machines", bearer)
            return
        self._spend("address", _household(address))
        self._spend(budget_of(operation, method), bearer)

    def events(self, role: Role, subject: str, count: int) -> None:
        """The events of a batch beyond the first, which the request itself has paid."""
        if role not in MACHINES and count > 1:
            self._spend("tracking", f"{role}:{subject}", count - 1)

    def _spend(self, name: str, whom: str, amount: int = 1) -> None:
        budget = self._budgets.get(name)
        if budget is None:
            return
        most, seconds = budget
        now = self._clock().timestamp()
        ends_at = (int(now // seconds) + 1) * seconds
        if self.counts.add(Key(name, whom, ends_at), amount, now) > most:
            raise TooManyRequests(
                f"More than {most} {name} came within {seconds} seconds.",
                cure="Wait as long as Retry-After says, then go on more slowly.",
                retry_after=max(1, round(ends_at - now)),
            )


def budget_of(operation: str, method: str) -> str:
    """Which budget of a user an operation draws on."""
    if operation in TRACKING:
        return "tracking"
    return "reads" if method in {"GET", "HEAD"} else "writes"


def _household(address: str) -> str:
    if ":" not in address:
        return address
    try:
        return str(ip_network((ip_address(address), IPV6_PREFIX), strict=False))
    except ValueError:
        return address
