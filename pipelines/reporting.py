"""Reports at a terminal: the file that the API would export, with a progress bar."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress

from reports.exporting import bundling
from reports.exporting.bundling import Form, Part
from reports.press import Press
from reports.views import reading
from reports.views.cover import Cover
from reports.views.period import InvalidPeriod, Span
from reports.views.reading import Reading
from warehouse.clock import utc_now
from warehouse.errors import SpoolError
from warehouse.metrics import load_metrics
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.store.database import Store


class NobodyNamed(SpoolError):
    """A report is about somebody."""

    title = "There is nobody to report on"


@dataclass(frozen=True)
class Order:
    """Whose reports, of which days, as what, in which language."""

    student_ids: Sequence[str]
    span: Span
    form: Form
    language: str


def days(start: str | None, end: str | None) -> Span:
    """Days as they are typed.

    Raises:
        InvalidPeriod: one of them is no day.
    """
    return Span(_day("--from", start), _day("--to", end))


def _day(option: str, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise InvalidPeriod(
            f"{option} is {given}.", cure="Write days as 2026-03-06.", field=option
        ) from error


def named_students(store: Store, student_ids: Sequence[str], class_id: str | None) -> list[str]:
    """Those who are named and those of the class, each once.

    Raises:
        NobodyNamed: neither names anybody.
    """
    of_class = store.people.students_of(class_id, utc_now()) if class_id else []
    found = list(dict.fromkeys([*student_ids, *of_class]))
    if not found:
        raise NobodyNamed(
            f"The class {class_id} has no students." if class_id else "No student is named.",
            cure="Name students, or a class that has some with --class.",
        )
    return found


def write_reports(
    settings: Settings, store: Store, order: Order, target: Path, console: Console
) -> Path:
    """Write the reports into one file, a single PDF as itself; says which file it is."""
    with ExitStack() as stack:
        reader = Reader(settings, store)
        stack.callback(reader.close)
        press = Press(os.cpu_count() or 1)
        stack.callback(press.close)
        directory = Path(stack.enter_context(TemporaryDirectory()))
        parts = _parts(reader, press, order, directory, console)
        if order.form == "pdf" and len(parts) == 1:
            single = target.with_suffix(".pdf")
            single.write_bytes(parts[0].content_bytes())
            return single
        whole = target.with_suffix(f".{bundling.ENDINGS[order.form]}")
        with whole.open("wb") as file:
            bundling.write(file, order.form, parts, _cover(reader, press, order, parts))
        return whole


def _parts(
    reader: Reader, press: Press, order: Order, directory: Path, console: Console
) -> list[Part]:
    asked = Reading("educator", "educators" in reader.settings.predictions_shown_to, order.language)
    metrics = load_metrics(reader.catalog)
    group = reading.students(reader, metrics, order.student_ids, order.span, asked)
    making: deque[Future[bytes]] = deque()
    parts: list[Part] = []
    with Progress(console=console) as progress:
        bar = progress.add_task("reports", total=len(order.student_ids))

        def keep() -> None:
            student_id = order.student_ids[len(parts)]
            file = directory / f"{len(parts):06}"
            file.write_bytes(making.popleft().result())
            parts.append(Part(student_id, group.names.get(student_id), file))
            progress.advance(bar)

        for student_id in order.student_ids:
            making.append(bundling.begun(order.form, group.makers[student_id](), press))
            if len(making) > bundling.AHEAD:
                keep()
        while making:
            keep()
    return parts


def _cover(reader: Reader, press: Press, order: Order, parts: Sequence[Part]) -> bytes:
    if order.form != "pdf":
        return b""
    info = reader.snapshot_info()
    as_of = info.as_of if info else None
    span = order.span
    return press.pdf(Cover(order.language, span.start, span.end, as_of, bundling.listed(parts)))
