"""One file of many reports: a ZIP of PDFs with a cover, one CSV, or JSON lines.

The same reports make the same bytes. What each student's part is made of is kept until all are
there, so that a worker who takes over a job goes on where the last one ended.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Literal, NamedTuple

import orjson

from reports import tabular
from reports.press import Press
from reports.views import reading
from reports.views.period import Span
from reports.views.reading import Group, Reading
from reports.views.rows import Figure, figures
from reports.views.student import StudentReport
from warehouse.metrics import Metric
from warehouse.reader import Reader
from warehouse.store.exports import Wanted

Form = Literal["pdf", "csv", "json"]
ENDINGS: Mapping[str, str] = {"pdf": "zip", "csv": "csv", "json": "ndjson"}
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/zip",
    "csv": tabular.MEDIA_TYPE,
    "json": "application/x-ndjson",
}
AHEAD = 2  # documents that are on their way to the press beside those being set
COVER = "000-cover.pdf"
NAME_LENGTH = 60
# The earliest that a ZIP can say: files of the same reports are the same.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


class Part(NamedTuple):
    """One student's share of the file."""

    student_id: str
    name: str | None
    content: bytes | Path

    def content_bytes(self) -> bytes:
        """What is in it, wherever it is kept."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def group_of(reader: Reader, metrics: Mapping[str, Metric], wanted: Wanted) -> Group:
    """The reports that are asked for, each about to be made."""
    return reading.students(
        reader,
        metrics,
        wanted.student_ids,
        Span(wanted.first_day, wanted.end_day),
        Reading(reading.audience_of(wanted.requested_role), wanted.foresees, wanted.language),
    )


def safe_name(text: str) -> str:
    """A name that any system can keep."""
    return _STRANGE.sub("-", text)[:NAME_LENGTH].strip("-.") or "report"


def file_name(place: int, student_id: str) -> str:
    """The name of a student's PDF in the ZIP; the place keeps names apart that look alike."""
    return f"{place:03}-{safe_name(student_id)}.pdf"


def begun(form: Form, report: StudentReport, press: Press) -> Future[bytes]:
    """One student's part, in the making: the press sets several documents at a time."""
    if form == "pdf":
        return press.soon(report)
    made: Future[bytes] = Future()
    made.set_result(rendered(form, report, press))
    return made


def rendered(form: Form, report: StudentReport, press: Press) -> bytes:
    """One student's part."""
    if form == "pdf":
        return press.pdf(report)
    if form == "csv":
        return "".join(tabular.lines(figures(report))).encode()
    return orjson.dumps(report, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def write(target: IO[bytes], form: Form, parts: Sequence[Part], cover: bytes) -> None:
    """The whole file, part by part: never more than one of them is in memory."""
    if form == "pdf":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
            _add(bundle, COVER, cover)
            for place, part in enumerate(parts, 1):
                _add(bundle, file_name(place, part.student_id), part.content_bytes())
        return
    if form == "csv":
        target.write(tabular.header(Figure._fields).encode())
    for part in parts:
        target.write(part.content_bytes())


def _add(bundle: zipfile.ZipFile, name: str, content: bytes) -> None:
    bundle.writestr(zipfile.ZipInfo(name, LONG_AGO), content)


def listed(parts: Iterable[Part]) -> list[tuple[str, str]]:
    """Who is in the file, and where."""
    return [
        (part.name or part.student_id, file_name(place, part.student_id))
        for place, part in enumerate(parts, 1)
    ]
