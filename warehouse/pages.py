"""Pages: published rows of neighbouring students, read together and kept for their next requests.

To ask DuckDB about one student costs milliseconds, nearly all of it planning and opening the row
group that holds them; about the students beside them in the same group it costs little more. So a
question that names its students as `$first_student` to `$last_student` is asked for a page of them.
Pages of one snapshot never change; those used last stay, bounded by their bytes, as columns: a
tenth of what the same rows take as Python objects.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate, pairwise
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Slice = Callable[[int, int], list[Any]]
Read = Callable[[str, Mapping[str, object]], pa.Table]

STUDENTS_A_PAGE = 256
BYTES_MAX = 256 * 1024 * 1024
FEW = 8  # a column whose values stand eight times on average is kept as codes
INT16_MAX = 2**15 - 1
BYTES_A_WORD = 64
FIRST, LAST = "first_student", "last_student"
# the end of the last page: beyond every id, which are bytes of UTF-8 in order
BEYOND = "\U0010ffff"
BOUNDS = f"""
select student_id
from (select student_id, row_number() over (order by student_id) as place from progress.students)
where place % {STUDENTS_A_PAGE} = 1
order by student_id
"""


def in_pages(sql: str) -> bool:
    """Whether a question names its students by range, and nothing else."""
    return f"${FIRST}" in sql


class Page:
    """The rows of some neighbouring students, as columns."""

    def __init__(self, rows: pa.Table) -> None:
        rows, self._spans = _by_student(rows)
        self._names = rows.column_names
        columns = [_column(column) for column in rows.columns]
        self._columns = [cut for cut, _ in columns]
        self.bytes = sum(size for _, size in columns)

    def rows(self, student_id: str) -> list[dict[str, Any]]:
        """One student's rows, in no order."""
        start, stop = self._spans.get(student_id, (0, 0))
        columns = [cut(start, stop) for cut in self._columns]
        return [dict(zip(self._names, row, strict=True)) for row in zip(*columns, strict=True)]


class Pages:
    """The pages of one snapshot, whatever is asked for by range; threads may share them."""

    def __init__(self, read: Read, bytes_max: int = BYTES_MAX) -> None:
        self._read, self._bytes_max = read, bytes_max
        self._bytes = 0
        self._firsts: list[str] | None = None
        self._pages: OrderedDict[tuple[str, int], Page] = OrderedDict()
        self._lock = Lock()
        # One reads at a time: who waits mostly waits for the same page, and other requests go on.
        self._reading = Lock()

    def rows(self, sql: str, student_id: str) -> list[dict[str, Any]]:
        """The rows of one student; reads their page if it is not at hand."""
        page = self._at_hand(sql, student_id)
        if page is None:
            with self._reading:
                page = self._at_hand(sql, student_id) or self._load(sql, student_id)
        return page.rows(student_id)

    def has(self, sql: str, student_id: str) -> bool:
        """Whether the rows of a student can be told without reading anything."""
        return self._at_hand(sql, student_id) is not None

    def _at_hand(self, sql: str, student_id: str) -> Page | None:
        if self._firsts is None:
            return None
        key = sql, self._number(self._firsts, student_id)
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def _load(self, sql: str, student_id: str) -> Page:
        if self._firsts is None:
            self._firsts = self._read(BOUNDS, {}).column(0).to_pylist()
        number = self._number(self._firsts, student_id)
        first = self._firsts[number] if number else ""
        beyond = [*self._firsts, BEYOND][number + 1] if self._firsts else BEYOND
        page = Page(self._read(sql, {FIRST: first, LAST: beyond}))
        with self._lock:
            self._pages[sql, number] = page
            self._bytes += page.bytes
            while self._bytes > self._bytes_max and len(self._pages) > 1:
                self._bytes -= self._pages.popitem(last=False)[1].bytes
        return page

    @staticmethod
    def _number(firsts: Sequence[str], student_id: str) -> int:
        return max(0, bisect_right(firsts, student_id) - 1)


def _by_student(rows: pa.Table) -> tuple[pa.Table, dict[str, tuple[int, int]]]:
    """The rows with each student's together, and from where to where these lie.

    Sorting here by small numbers costs a tenth of what DuckDB needs to sort the page by text.
    """
    if not rows.num_rows:
        return rows, {}
    students = rows.column("student_id").combine_chunks().dictionary_encode()
    rows = rows.take(pc.sort_indices(students.indices))
    counted = pc.value_counts(students.indices).field("counts").to_pylist()
    stops = [0, *accumulate(counted)]
    return rows, dict(zip(students.dictionary.to_pylist(), pairwise(stops), strict=True))


def _column(column: pa.ChunkedArray) -> tuple[Slice, int]:
    """How a part of a column becomes Python values, and the bytes kept for that."""
    array = column.combine_chunks()
    encoded = array.dictionary_encode()
    if pa.types.is_string(array.type) or len(encoded.dictionary) * FEW <= len(array):
        return _words(encoded)
    if pa.types.is_timestamp(array.type) and array.type.unit == "us":
        moments = array.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        return partial(_instants, moments), moments.nbytes
    if array.null_count == 0 and pa.types.is_primitive(array.type):
        numbers = array.to_numpy(zero_copy_only=False)
        return lambda start, stop: numbers[start:stop].tolist(), numbers.nbytes
    return lambda start, stop: array.slice(start, stop - start).to_pylist(), array.nbytes


def _words(encoded: pa.DictionaryArray) -> tuple[Slice, int]:
    """A column in which few values stand again and again."""
    values = encoded.dictionary.to_pylist()
    if pa.types.is_timestamp(encoded.type.value_type):
        values = [at.astimezone(UTC) for at in values]
    # The same concepts are named in every page.
    known = [sys.intern(value) if isinstance(value, str) else value for value in values]
    codes = encoded.indices.fill_null(len(known))
    codes = codes.cast(pa.int16() if len(known) < INT16_MAX else pa.int32()).to_numpy()
    known.append(None)
    cut = partial(_known_values, known, codes)
    return cut, codes.nbytes + BYTES_A_WORD * len(known)


def _known_values(known: Sequence[Any], codes: Any, start: int, stop: int) -> list[Any]:
    return [known[code] for code in codes[start:stop].tolist()]


def _instants(moments: Any, start: int, stop: int) -> list[datetime | None]:
    return [at and at.replace(tzinfo=UTC) for at in moments[start:stop].tolist()]
