"""The address that a request came from, also when a proxy of ours handed it on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network

from starlette.types import Scope

UNKNOWN = "unknown"


class Proxies:
    """Those whose word about `X-Forwarded-For` is taken; nobody else's is."""

    def __init__(self, networks: str) -> None:
        self._networks = [
            ip_network(network, strict=False)
            for network in re.split(r"[,\s]+", networks)
            if network
        ]
        self._trusted = lru_cache(4096)(self._is_trusted)

    def client(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """The nearest address that is no proxy of ours, as the proxies saw it.

        Read from the right: what stands further left was sent by the client and may be invented.
        """
        peer = scope.get("client")
        address = peer[0] if peer else UNKNOWN
        if not self._networks or not self._trusted(address):
            return address
        told = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        for hop in reversed([part.strip() for part in told.split(",")][-20:]):
            normal = _normal(hop)
            if normal is None:
                break
            address = normal
            if not self._trusted(address):
                break
        return address

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def _normal(address: str) -> str | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)
