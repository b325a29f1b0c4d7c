"""News for open pages: told when a topic's state changes, and only then; bounded; ends at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping

import pytest

from api import news
from api.news import News
from warehouse.errors import StoreUnavailable

SOON = 0.01
NEWS = b"event: news\ndata: look again\n\n"


class States:
    """What is looked at: the states of topics, or nothing while the store is away."""

    def __init__(self) -> None:
        self.now: dict[str, str] = {"ada": "1", "bob": "1"}
        self.away = False
        self.looks = 0

    def look(self, topics: Collection[str]) -> Mapping[str, str]:
        self.looks += 1
        if self.away:
            raise StoreUnavailable("The store is away.", cure="Wait.")
        return {topic: self.now[topic] for topic in topics}

    async def looked(self, times: int = 2) -> None:
        """Wait until this has been looked at again."""
        wanted = self.looks + times
        while self.looks < wanted:  # noqa: ASYNC110  # the look runs in a thread
            await asyncio.sleep(SOON)


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "LOOK_SECONDS", SOON)


def telling(story: Callable[[News, States], Awaitable[None]]) -> None:
    async def run() -> None:
        states = States()
        await asyncio.wait_for(story(News(states.look), states), 20)

    asyncio.run(run())


async def begun(told: AsyncIterator[bytes]) -> asyncio.Task[bytes]:
    """A stream that has said hello, and what it will say next."""
    assert (await anext(told)).startswith(b"retry:")
    return asyncio.ensure_future(anext(told))


def test_a_change_is_told_to_those_whom_it_concerns():
    async def story(told: News, states: States) -> None:
        ada = await begun(told.stream("ada", ["ada"]))
        bob = await begun(told.stream("bob", ["bob"]))
        await states.looked()
        states.now["ada"] = "2"
        assert await ada == NEWS
        await states.looked()
        assert not bob.done()
        bob.cancel()

    telling(story)


def test_a_store_that_was_away_is_looked_at_again():
    async def story(told: News, states: States) -> None:
        ada = await begun(told.stream("ada", ["ada"]))
        await states.looked()
        states.away = True
        await states.looked()
        assert not ada.done()
        states.away, states.now["ada"] = False, "2"
        assert await ada == NEWS

    telling(story)


def test_a_service_that_ends_ends_its_streams():
    async def story(told: News, _states: States) -> None:
        ada = await begun(told.stream("ada", ["ada"]))
        await asyncio.sleep(SOON)
        told.close()
        with pytest.raises(StopAsyncIteration):
            await ada
        assert told.is_full("anybody")

    telling(story)


def test_a_person_has_a_bounded_number_of_streams():
    async def story(told: News, _states: States) -> None:
        open_ones = [told.stream("ada", ["ada"]) for _ in range(news.STREAMS_A_PERSON)]
        for stream in open_ones:
            await anext(stream)
        assert told.is_full("ada")
        assert not told.is_full("bob")
        for stream in open_ones:
            await stream.aclose()  # type: ignore[attr-defined]  # each is a generator
        assert not told.is_full("ada")

    telling(story)
