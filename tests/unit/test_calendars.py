"""Calendars written from entries: every hostile text, read again as calendar programs do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar

from reports.agenda import Entry
from reports.calendars import Sheet, as_calendar
from reports.letters import on_one_line
from tests.hostile import PAYLOADS

STAMP = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
DAY = date(2026, 3, 5)
LINES = ("a\r\nEND:VCALENDAR", "a\nUID:x", "a\rDTSTART:1", '\\N\\n;,:"', "^n^'", ";X=1:y")


def written(entries: list[Entry], child: str | None = None) -> bytes:
    return as_calendar(Sheet("ada", child, "learn.example", "UTC", STAMP), entries)


def test_every_text_stays_where_it_was_put():
    for texts in (PAYLOADS, LINES, [on_one_line(text) for text in (*PAYLOADS, *LINES)]):
        entries = [Entry("break", str(n), DAY, DAY, text, text) for n, text in enumerate(texts)]
        body = written(entries)
        read = icalendar.Calendar.from_ical(body)
        events = read.walk("VEVENT")
        assert len(events) == len(texts)
        assert [one.name for one in read.walk()].count("VCALENDAR") == 1
        assert len({str(one["UID"]) for one in events}) == len(texts)
        for text, one in zip(texts, events, strict=True):
            assert set(one) <= {
                "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "CLASS", "TRANSP",
            }  # fmt: skip
            if "\\" not in text and text == on_one_line(text):
                assert str(one["SUMMARY"]) == text
        assert max(map(len, body.split(b"\r\n"))) <= 75


def test_every_name_of_a_child_stays_a_name():
    entry = Entry("break", "1", DAY, DAY, "trip")
    for name in (*PAYLOADS, *LINES):
        child = on_one_line(name)
        read = icalendar.Calendar.from_ical(written([entry], child))
        (event,) = read.walk("VEVENT")
        if "\\" not in child:
            assert str(event["SUMMARY"]) == f"{child}: trip"
            assert str(read["NAME"]) == str(read["X-WR-CALNAME"]) == f"Learning: {child}"


def test_what_is_seen_of_a_text_is_one_line():
    for text in (*PAYLOADS, *LINES):
        assert on_one_line(text).isprintable() or not on_one_line(text).isascii()
        assert len(on_one_line(text).splitlines()) <= 1
    assert on_one_line(" a\t\u202eb\x00\n\u2028c ") == "a b c"


def test_another_key_or_student_is_another_entry():
    entries = [Entry("goal", "1", DAY, DAY, "a"), Entry("goal", "2", DAY, DAY, "a")]
    same = [Entry("goal", "1", DAY, DAY, "b", "now with a note")]

    def names(sheet_of: str, given: list[Entry]) -> list[str]:
        sheet = Sheet(sheet_of, None, "learn.example", "UTC", STAMP)
        return [
            str(e["UID"]) for e in icalendar.Calendar.from_ical(as_calendar(sheet, given)).events
        ]

    assert len({*names("ada", entries), *names("bob", entries)}) == 4
    assert names("ada", same) == names("ada", entries)[:1]
