"""Reports as documents and tables: `python -m benchmarks.reports`.

The processor's time of one student's PDF, a class of 30 as PDFs, and a table of 100,000 lines that
is never held as a whole; all of a sample school that is made for it.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import cycle, islice
from pathlib import Path

from pipelines.sample.load import load_sample
from reports import tabular
from reports.documents import student_html, typesetter
from reports.press import Press
from reports.views import reading
from reports.views.period import Span
from reports.views.reading import Reading
from reports.views.rows import Figure, figures
from reports.views.student import StudentReport
from warehouse.build import run_build
from warehouse.clock import utc_now
from warehouse.metrics import load_metrics
from warehouse.reader import Reader
from warehouse.settings import load_settings
from warehouse.store.database import open_store

STUDENTS, DAYS, SEED = 30, 120, 7
LINES = 100_000
TIMES = 9


def main() -> None:
    """Make the school, then measure."""
    with tempfile.TemporaryDirectory(prefix="spool-bench-") as home:
        settings = load_settings(home=Path(home), database_url=None)
        with open_store(settings) as store:
            now = utc_now()
            load_sample(settings, store, students=STUDENTS, days=DAYS, seed=SEED, until=now)
            run_build(settings, store, now=now)
            reader = Reader(settings, store)
            ids = [f"s{number:04}" for number in range(1, STUDENTS + 1)]
            metrics = load_metrics(reader.catalog)
            group = reading.students(reader, metrics, ids, Span(), Reading("educator"))
            began = time.perf_counter()
            reports = [make() for make in group.makers.values()]
            took = time.perf_counter() - began
            print(f"{len(reports)} views: {1000 * took / len(reports):.0f} ms each")
            reader.close()
    one_pdf(reports)
    one_class(reports)
    long_table(reports)


def one_pdf(reports: list[StudentReport]) -> None:
    """The processor's time of a PDF in a process that has made one before."""
    typesetter().pdf(student_html(reports[0]))
    gc.collect()  # as the processes of the press do once they are warm
    gc.freeze()
    gc.disable()
    seconds = []
    for report in reports[1 : TIMES + 1]:
        began = time.process_time()
        typesetter().pdf(student_html(report))
        seconds.append(time.process_time() - began)
    print(f"student PDF: {statistics.median(seconds):.2f} s of the processor (median of {TIMES})")


def one_class(reports: list[StudentReport]) -> None:
    """All of them, as the worker of exports does it; the processes are warm."""
    press = Press(os.cpu_count() or 1)
    for made in [press.soon(reports[0]) for _ in range(os.cpu_count() or 1)]:
        made.result()
    began = time.perf_counter()
    waiting: list[Future[bytes]] = [press.soon(report) for report in reports]
    sizes = [len(made.result()) for made in waiting]
    print(f"{len(sizes)} PDFs: {time.perf_counter() - began:.1f} s on {os.cpu_count()} cores")
    press.close()


def long_table(reports: list[StudentReport]) -> None:
    """Lines of CSV to nowhere."""

    def endless() -> Iterator[Figure]:
        for report in cycle(reports):
            yield from figures(report)

    for _ in tabular.lines(islice(endless(), LINES // 100)):
        pass
    gc.enable()
    began = time.perf_counter()
    for _ in tabular.lines(islice(endless(), LINES)):
        pass
    took, written = time.perf_counter() - began, 0
    tracemalloc.start()  # which makes it four times as slow
    with Path(os.devnull).open("w") as nowhere:
        for line in tabular.lines(islice(endless(), LINES)):
            written += nowhere.write(line)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"CSV of {LINES:,} lines: {took:.1f} s, {written / 1e6:.0f} MB, {peak / 1e6:.1f} MB held")


if __name__ == "__main__":
    main()
