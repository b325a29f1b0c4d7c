"""Which request ids are taken over, and whose word about addresses is."""

from __future__ import annotations

import re

import pytest

from api.addresses import Proxies
from api.watch import request_id_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({b"x-request-id": b"0a1B-2c3d-4e5f-6071"}, "0a1B-2c3d-4e5f-6071"),
        ({b"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01".encode()}, TRACE),
        (
            {b"x-request-id": b"zadie", b"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01".encode()},
            TRACE,
        ),
    ],
)
def test_a_random_id_of_the_sender_is_kept(headers, expected):
    assert request_id_of(headers) == expected


@pytest.mark.parametrize(
    "sent",
    [b"", b"zadie@example.org", b"short", b"a" * 65, b"0123456789abcdef\r\nx: y", b"\xff" * 20],
)
def test_anything_else_gets_a_new_one(sent):
    first, second = (request_id_of({b"x-request-id": sent}) for _ in range(2))

    assert first != second
    assert re.fullmatch(r"[0-9a-f]{32}", first)


@pytest.mark.parametrize(
    ("trusted", "peer", "told", "expected"),
    [
        ("", "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("10.0.0.0/8", "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("10.0.0.0/8", "10.1.1.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.0/8", "10.1.1.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.0/8", "10.1.1.1", "198.51.100.9, 10.2.2.2", "198.51.100.9"),
        ("10.0.0.0/8", "10.1.1.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"),
        ("10.0.0.0/8", "10.1.1.1", "", "10.1.1.1"),
        ("10.0.0.0/8", "10.1.1.1", "nonsense", "10.1.1.1"),
        ("10.0.0.0/8", "10.1.1.1", "198.51.100.9, nonsense", "10.1.1.1"),
        ("::1, 10.0.0.1", "::1", "2001:DB8::0:1", "2001:db8::1"),
        ("10.0.0.0/8", "10.1.1.1", "::ffff:198.51.100.9", "198.51.100.9"),
    ],
)
def test_only_trusted_proxies_are_believed(trusted, peer, told, expected):
    scope = {"client": (peer, 1234)}

    assert Proxies(trusted).client(scope, {b"x-forwarded-for": told.encode()}) == expected


def test_a_socket_without_a_peer_has_no_address():
    assert Proxies("").client({"client": None}, {}) == "unknown"
