"""The weekly summaries of a message, made of the figures of the moment in which it is sent.

What was published when the message was planned may be hours old by then: what arrived since counts,
and a child whom the parent may not see any more is not in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import NamedTuple

from pipelines.notifying.channels import Message, Undelivered
from reports.pages import FRESH
from reports.views.period import OneWeek
from reports.views.reading_week import weekly_summary
from reports.views.weekly import WeeklySummary
from warehouse.metrics import Metric
from warehouse.reader import Reader

WEEKLY_SUMMARY = "weekly_summary"


class Told(NamedTuple):
    """A summary, and whether its figures are old."""

    summary: WeeklySummary
    stale: bool


class Summaries:
    """Makes them; threads may share it."""

    def __init__(self, reader: Reader, metrics: Mapping[str, Metric]) -> None:
        self._reader, self._metrics = reader, metrics
        self._lock, self._in_use = Lock(), 0

    def of(self, message: Message) -> Told | None:
        """Of the children and weeks that a message tells of; None where it tells of none.

        Raises:
            Undelivered: the last of them was lost sight of meanwhile.
            SnapshotUnavailable: there are no figures to read.
        """
        weeks: dict[date, set[str]] = defaultdict(set)
        for one in message.notifications:
            if one.kind == WEEKLY_SUMMARY and one.week_start and one.student_id:
                weeks[one.week_start].add(one.student_id)
        if not weeks:
            return None
        with self._reading():
            summaries = [self._of_week(message, week, told) for week, told in sorted(weeks.items())]
        children = [child for summary in summaries for child in summary.children]
        if not children:
            raise Undelivered("not_related", permanent=True)
        return self._told(replace(summaries[-1], children=children))

    def _of_week(self, message: Message, week: date, told: set[str]) -> WeeklySummary:
        prepared = weekly_summary(
            self._reader, self._metrics, message.recipient_id, OneWeek(week), message.language
        )
        summary = prepared.make()
        children = [child for child in summary.children if child.student_id in told]
        return replace(summary, children=children)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """A sender rests most of the week: meanwhile it must keep no old snapshot on the disk."""
        with self._lock:
            self._in_use += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_use -= 1
                if not self._in_use:
                    self._reader.close()

    def _told(self, summary: WeeklySummary) -> Told:
        meta = summary.meta
        old = meta.as_of is not None and self._reader.clock() - meta.as_of > FRESH
        return Told(summary, stale=old and not meta.live)
