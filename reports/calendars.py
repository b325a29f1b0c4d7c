"""Entries of an agenda as a calendar that programs subscribe to (RFC 5545).

Every entry is on whole days, which have no time zone: they are those of the student's own clock.
The same entries at the same stamp are the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from gettext import NullTranslations
from typing import NamedTuple
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from reports.agenda import Entry
from reports.phrases import ENGLISH

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Spool Progress//Calendar of goals//EN"
LOOK_AGAIN = timedelta(hours=6)
A_DAY = timedelta(days=1)
_NAMES = UUID("7b0c3a2e-5c1f-4a57-9d43-3f6f0f9a6d10")
_SEPARATOR = "\x1f"  # no id holds it


class Sheet(NamedTuple):
    """What a calendar says beside its entries."""

    student_id: str
    child: str | None  # whose it is, before each title: a parent may have several; None: one's own
    host: str
    zone: str
    stamp: datetime
    said: NullTranslations = ENGLISH

    @property
    def name(self) -> str:
        """What the calendar is called."""
        if self.child is None:
            return self.said.gettext("Learning")
        return self.said.gettext("Learning: %(name)s") % {"name": self.child}

    def titled(self, title: str) -> str:
        """A title of an entry."""
        return title if self.child is None else f"{self.child}: {title}"


def as_calendar(sheet: Sheet, entries: Sequence[Entry]) -> bytes:
    """The whole calendar."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("name", sheet.name)
    made.add("x-wr-calname", sheet.name)  # what most programs read instead
    made.add("x-wr-timezone", sheet.zone)
    made.add("refresh-interval", LOOK_AGAIN, {"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for entry in entries:
        made.add_component(_event(sheet, entry))
    return bytes(made.to_ical())


def _event(sheet: Sheet, entry: Entry) -> Event:
    event = Event()
    event.add("uid", _uid(sheet, entry))
    event.add("dtstamp", sheet.stamp)
    event.add("dtstart", entry.first_day)
    event.add("dtend", entry.last_day + A_DAY)
    event.add("summary", sheet.titled(entry.title))
    if entry.note:
        event.add("description", entry.note)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # nobody is busy because of a goal
    return event


def _uid(sheet: Sheet, entry: Entry) -> str:
    """The same for the same entry, whatever is said of it; it shows no id."""
    name = _SEPARATOR.join((sheet.student_id, entry.kind, entry.key))
    return f"{uuid5(_NAMES, name)}@{sheet.host}"
