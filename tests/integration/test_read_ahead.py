"""Pages read ahead: the same rows as asked for at once, and a thread that ends when told to."""

from __future__ import annotations

import time

from reports.dashboards.reading import OF_STUDENTS
from warehouse.ahead import ReadAhead
from warehouse.reader import Reader
from warehouse.store.database import open_store

NAMES = ("student_progress", *OF_STUDENTS)


def test_rows_at_hand_are_those_that_the_table_has(school):
    with open_store(school.settings) as store:
        reader = Reader(school.settings, store)
        everybody = ["ada", "ben", "cleo", "nobody"]
        asked = {name: reader.published().ask_students(name, everybody) for name in OF_STUDENTS}
        pages = 0
        while reader.read_ahead(NAMES):
            pages += 1
        assert pages == len(NAMES)
        assert any(asked.values())
        for name, rows in asked.items():
            assert reader.published().ask_students(name, everybody) == rows
            for student_id in everybody:
                alone = [row for row in rows if row["student_id"] == student_id]
                assert reader.student(student_id).ask(name) == alone


def test_the_thread_reads_until_it_is_closed(school):
    with open_store(school.settings) as store:
        reader = Reader(school.settings, store)
        ahead = ReadAhead(reader, NAMES)
        until = time.monotonic() + 20
        while not reader.student("ada").has_at_hand("student_progress"):
            assert time.monotonic() < until
            time.sleep(0.01)
        ahead.close()


def test_without_a_snapshot_there_is_nothing_to_read(settings, clock):
    with open_store(settings) as store:
        assert not Reader(settings, store, clock=clock).read_ahead(NAMES)
