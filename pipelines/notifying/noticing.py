"""From the published table to the outbox: what is new and young enough to be sent.

What happened more than 48 hours ago at first sight (a backfill, a late event, a school's first
build, a sender that was off for days) is in people's lists and gets no entry. It needs none to be
left alone for good: its age only grows, so no later look finds it young again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from warehouse.reader import Reader
from warehouse.store.database import Store
from warehouse.store.pending import Pending

YOUNG = timedelta(hours=48)
PAGE = 10_000


def enqueue_published(
    reader: Reader, store: Store, channels: Sequence[str], *, now: datetime
) -> int:
    """Give each young notification an entry for each channel, once; how many are new.

    The age counts from `now`, never from the snapshot's own instant: a build of a past state finds
    nothing young.
    """
    if not channels or reader.snapshot_info() is None:
        return 0
    made, after = 0, ""
    while page := reader.rows("notifications_to_send", since=now - YOUNG, after=after, limit=PAGE):
        made += store.outbox.enqueue([Pending(**row) for row in page], channels)
        after = page[-1]["notification_id"]
    return made
