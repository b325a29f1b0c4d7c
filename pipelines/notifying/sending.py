"""The sender: what is due becomes messages, and each message leaves once.

A claim is in the store before anything leaves; what left is marked in the journal, then noted in
the store. A sender that dies in between leaves claims, and the next one settles them at its start.
Each channel has its own slots, and each message its own task: who hangs or fails delays nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from pipelines.notifying.addressing import Addresses
from pipelines.notifying.channels import CHANNELS, Channel, Message, Undelivered
from pipelines.notifying.journal import Journal, Slot
from pipelines.notifying.planning import Person, plan
from warehouse.clock import Clock
from warehouse.errors import StoreUnavailable
from warehouse.rules import Rules
from warehouse.store.database import Store
from warehouse.store.deliveries import Delivery
from warehouse.store.outbox import Entry
from warehouse.zones import zone_info

SLOTS_A_CHANNEL = 8
ATTEMPTS = 12  # about six hours
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3600.0
MESSAGE_SECONDS = 240  # beyond all timeouts of a channel: nothing holds a slot for ever
ENTRIES_A_PLAN = 2_000

_logger = logging.getLogger(__name__)


@dataclass
class Tally:
    """What one round did."""

    messages: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    recovered: Counter[str] = field(default_factory=Counter)

    def in_words(self) -> str:
        """For the terminal and the log; no names."""
        ended = ", ".join(f"{count} {what}" for what, count in sorted(self.ended.items()))
        left = ", ".join(f"{count} {what}" for what, count in sorted(self.recovered.items()))
        before = f"; of a sender that was killed {left}" if left else ""
        return f"{self.messages} new messages; {ended or 'nothing sent'}{before}"


class Sender:
    """Plans and delivers for one home."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        journal: Journal,
        *,
        rules: Rules,
        default_zone: str,
        clock: Clock,
    ) -> None:
        self._store, self._channels, self._journal = store, channels, journal
        self._default_zone, self._clock = default_zone, clock
        self._slots = {
            channel: journal.slots[number * SLOTS_A_CHANNEL :][:SLOTS_A_CHANNEL]
            for number, channel in enumerate(CHANNELS)
        }
        self._addresses = Addresses(store, rules, default_zone)
        self._random = Random()  # noqa: S311  # it spreads retries, nothing secret

    async def round(self) -> Tally:
        """Plan everything that is due, then deliver it."""
        tally = Tally(messages=await asyncio.to_thread(self.plan))
        works = [self.work(channel, tally) for channel in CHANNELS]
        # All come to their end before one's error does: nothing is in flight when a round is over.
        for ended in await asyncio.gather(*works, return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended
        _logger.info("%s", tally.in_words())
        return tally

    async def watch(self, pause: float) -> None:
        """Round after round without end; each channel at its own pace."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again_and_again(self._planned, pause))
            for channel in CHANNELS:
                work = partial(self.work, channel, Tally())
                group.create_task(self._again_and_again(work, pause))

    async def work(self, channel: str, tally: Tally) -> None:
        """Settle what a killed sender had in hand on this channel, then deliver what is due."""
        slots = self._slots[channel]
        left = {found for slot in slots if (found := slot.handed_over())}
        recover = self._store.deliveries.recover
        tally.recovered += await asyncio.to_thread(recover, self._journal.home, channel, left)
        for slot in slots:
            slot.clear()
        if channel in self._channels:
            await self._drain(channel, list(slots), tally.ended)

    async def _planned(self) -> None:
        await asyncio.to_thread(self.plan)

    async def _again_and_again(self, work: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            try:
                await work()
            except StoreUnavailable as error:
                # What was to be noted is still claimed: settled when the store answers again.
                _logger.warning("%s", error.detail)
            await asyncio.sleep(pause)

    def plan(self) -> int:
        """Decide about every entry that is due; returns how many messages that makes."""
        messages = 0
        due, channels = self._store.outbox.due, list(self._channels)
        while entries := due(self._clock(), channels, ENTRIES_A_PLAN):
            groups: dict[tuple[str, str], list[Entry]] = {}
            for entry in entries:
                groups.setdefault((entry.pending.recipient_id, entry.channel), []).append(entry)
            people = self._people(list(groups))
            now = self._clock()
            messages += self._store.outbox.decide(
                decision
                for key, group in groups.items()
                for decision in plan(group, people[key], now)
            )
        return messages

    def _people(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Person]:
        recipients = sorted({recipient for recipient, _ in keys})
        zones = self._store.students.zones(recipients)
        wishes = self._store.preferences.of_all(recipients)
        now = self._clock()
        had: Counter[tuple[str, str, date]] = Counter(
            self._store.outbox.messages_since(recipients, now - timedelta(days=2))
        )
        people = {}
        for recipient, channel in keys:
            zone = zone_info(zones.get(recipient, self._default_zone))
            today = now.astimezone(zone).date()
            count = had[recipient, channel, today]
            people[recipient, channel] = Person(zone, wishes[recipient], count)
        return people

    async def _drain(self, channel: str, free: list[Slot], ended: Counter[str]) -> None:
        """Deliver all that is due on one channel, as many at a time as there are slots."""
        running: dict[asyncio.Task[bool], Slot] = {}
        works = True
        try:
            while True:
                claimed = await asyncio.to_thread(self._claim, channel, len(free)) if works else []
                for delivery in claimed:
                    slot = free.pop()
                    running[asyncio.create_task(self._deliver(delivery, slot, ended))] = slot
                if not running:
                    return
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    free.append(running.pop(task))
                    works &= task.result()
        finally:
            await asyncio.gather(*running, return_exceptions=True)

    def _claim(self, channel: str, limit: int) -> list[Delivery]:
        return self._store.deliveries.claim(self._journal.home, [channel], limit) if limit else []

    async def _deliver(self, delivery: Delivery, slot: Slot, ended: Counter[str]) -> bool:
        """Deliver one message and note what came of it; False when the channel is down."""
        slot.begin(delivery.delivery_id)
        now, deliveries = self._clock(), self._store.deliveries
        message = await asyncio.to_thread(self._addresses.message, delivery, now)
        if isinstance(message, str):
            await asyncio.to_thread(deliveries.not_sent, delivery.delivery_id, message)
            ended["not sent"] += 1
            return True
        failure = await self._try(delivery, slot, message)
        if failure is None:
            await asyncio.to_thread(deliveries.sent, delivery.delivery_id)
            slot.clear()
            ended["sent"] += 1
            return True
        # It did not take the message: whatever was marked, it may and must go again.
        slot.clear()
        ended[await asyncio.to_thread(self._failed, delivery, failure)] += 1
        return not failure.channel_down

    async def _try(self, delivery: Delivery, slot: Slot, message: Message) -> Undelivered | None:
        channel = self._channels[delivery.channel]
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                await channel.send(message, slot.mark)
        except Undelivered as failure:
            return failure
        except TimeoutError:
            return Undelivered("timeout")
        except Exception as error:  # noqa: BLE001  # one message must not stop all others
            # Its words may hold an address: only its kind is told.
            _logger.error("A message was not sent: %s", type(error).__name__)  # noqa: TRY400
            return Undelivered(type(error).__name__[:40])
        return None

    def _failed(self, delivery: Delivery, failure: Undelivered) -> str:
        deliveries = self._store.deliveries
        if failure.permanent or delivery.attempts + 1 >= ATTEMPTS:
            deliveries.failed(delivery.delivery_id, failure.reason)
            return "failed"
        due_at = self._clock() + self._pause(delivery.attempts, failure.retry_after)
        deliveries.again(delivery.delivery_id, due_at, failure.reason)
        return "to be tried again"

    def _pause(self, attempts: int, asked: float | None) -> timedelta:
        """Twice as long each time, up to an hour, spread so that not all come back together."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempts)
        spread = pause * self._random.uniform(0.5, 1.5)
        return timedelta(seconds=max(spread, min(asked or 0.0, LONGEST_PAUSE)))
