"""Who is barred is known before anybody is let in, however many come at once."""

from __future__ import annotations

import asyncio
import time

import pytest

from api import bars
from api.bars import Bars
from api.errors import NotAuthenticated
from warehouse.errors import StoreUnavailable
from warehouse.store.people import People


@pytest.fixture
def people(monkeypatch):
    def slow(_self: People) -> frozenset[str]:
        time.sleep(0.05)
        return frozenset({"ivy"})

    monkeypatch.setattr(People, "inactive", slow)
    return People.__new__(People)


def outcomes(checked: Bars, *subjects: str) -> list[object]:
    async def ask() -> list[object]:
        return list(await asyncio.gather(*map(checked.check, subjects), return_exceptions=True))

    return [type(outcome) for outcome in asyncio.run(ask())]


def test_nobody_passes_before_the_first_look_is_done(people):
    found = outcomes(Bars(people), "ada", "ivy", "ivy")
    assert found == [type(None), NotAuthenticated, NotAuthenticated]


def test_a_store_that_does_not_answer_lets_nobody_in(people, monkeypatch):
    def broken(_self: People) -> frozenset[str]:
        raise StoreUnavailable("gone", cure="")

    monkeypatch.setattr(People, "inactive", broken)
    monkeypatch.setattr(bars, "SECONDS_KEPT", 0)
    assert outcomes(Bars(people), "ada", "ivy") == [StoreUnavailable] * 2
