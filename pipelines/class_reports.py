"""The class reports of a week: for each active class a document and a table, kept on the shelf.

A class whose report fails stops no other; what failed is told by its name.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from reports import tabular
from reports.press import Press
from reports.shelf import Sheet, Shelf
from reports.views import class_rows
from reports.views.period import A_WEEK, Span, monday
from reports.views.reading_class import school_class_report
from reports.views.school_class import ClassReport
from warehouse.errors import SpoolError, StoreUnavailable
from warehouse.reader import Reader
from warehouse.store.people import SchoolClass


@dataclass(frozen=True)
class Made:
    """A report that is on the shelf."""

    sheet: Sheet
    is_over: bool  # whether the week had ended by the figures' instant
    seconds: float


@dataclass
class Outcome:
    """What became of the classes of a week."""

    made: list[Made] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    removed: list[date] = field(default_factory=list)


def make_class_reports(
    reader: Reader, press: Press, week_start: date, log: Callable[[str], object]
) -> Outcome:
    """Make the reports of a week for every active class, and clear away those that are too old.

    Raises:
        StoreUnavailable: it does not say which classes there are.
    """
    settings, outcome = reader.settings, Outcome()
    shelf = Shelf(settings.reports_dir)
    for about in reader.store.people.active_classes():
        begun = time.monotonic()
        try:
            report, sheet = _put(reader, press, shelf, about, week_start)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the next class must not wait
            outcome.failed[about.class_id] = _reason(error)
            log(f"The report of the class {about.class_id} failed: {_reason(error)}")
        else:
            is_over = report.range.end_date <= report.range.today
            outcome.made.append(Made(sheet, is_over, time.monotonic() - begun))
    oldest = monday(reader.clock().date()) - settings.reports_kept_weeks * A_WEEK
    outcome.removed = shelf.clear(min(oldest, week_start))
    return outcome


def _put(
    reader: Reader, press: Press, shelf: Shelf, about: SchoolClass, week_start: date
) -> tuple[ClassReport, Sheet]:
    span, tag = Span(week_start, week_start + A_WEEK), reader.settings.reports_language
    prepared = school_class_report(reader, about, span, tag)
    report = prepared.make()
    table = tabular.whole(class_rows.Line._fields, class_rows.lines(report)).encode()
    sheet = Sheet(
        about.class_id,
        week_start,
        tag,
        report.meta.snapshot_id,
        report.meta.as_of,
        [one.student_id for one in report.students],
        {},
    )
    return report, shelf.put(sheet, {"pdf": press.pdf(report), "csv": table})


def _reason(error: Exception) -> str:
    return error.detail if isinstance(error, SpoolError) else f"{type(error).__name__}: {error}"
