"""Pages: published rows of neighbouring students, read together and kept for their next requests.

To ask DuckDB about one student costs milliseconds, nearly all of it planning and opening the row
group that holds them; about the students beside them in the same group it costs little more. So a
question that names its students as `$first_student` to `$last_student` is asked for a page of them.
A question that lists its students is answered from pages where they are here, read ahead of it.
Pages of one snapshot never change; those used last stay, bounded by their bytes, as columns: a
tenth of what the same rows take as Python objects.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import accumulate
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

Slice = Callable[[int, int], list[Any]]
Read = Callable[[str, Mapping[str, object]], pa.Table]
STUDENT = "student_id"
Columns = Mapping[str, Sequence[Any]]

STUDENTS_A_PAGE = 256
FEW = 8  # a column whose values stand eight times on average is kept as codes
INT16_MAX = 2**15 - 1
BYTES_A_WORD = 64
AHEAD_SHARE = 0.9  # of the bytes; the rest is for what is asked for and was not read ahead
FIRST, LAST = "first_student", "last_student"
LISTED = "in (select unnest($student_ids))"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


@lru_cache
def by_range(sql: str) -> str:
    """A question that lists its students as one about neighbours."""
    return sql.replace(LISTED, f"between ${FIRST} and ${LAST}")


def as_rows(columns: Columns) -> list[dict[str, Any]]:
    """Columns of one length as rows."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def by_student(rows: Iterable[Mapping[str, Any]]) -> dict[str, Columns]:
    """Rows of several students as columns of each."""
    found: dict[str, dict[str, list[Any]]] = {}
    for row in rows:
        columns = found.setdefault(row[STUDENT], {name: [] for name in row})
        for name, value in row.items():
            columns[name].append(value)
    return dict(found)


class Page:
    """The rows of some neighbouring students, as columns."""

    def __init__(self, rows: pa.Table) -> None:
        rows, self._students, self._stops = _by_student(rows)
        self._names = [name for name in rows.column_names if name != STUDENT]
        columns = [_column(rows.column(name)) for name in self._names]
        self._columns = [cut for cut, _ in columns]
        self.bytes = sum(size for _, size in columns) + BYTES_A_WORD * len(self._students)

    def columns(self, student_id: str) -> Columns:
        """One student's rows as columns, in the order in which they were read."""
        place = bisect_left(self._students, student_id)
        if place == len(self._students) or self._students[place] != student_id:
            return {name: [] for name in (STUDENT, *self._names)}
        start, stop = self._stops[place], self._stops[place + 1]
        found: dict[str, Sequence[Any]] = {STUDENT: [student_id] * (stop - start)}
        for name, cut in zip(self._names, self._columns, strict=True):
            found[name] = cut(start, stop)
        return found

    def rows(self, student_id: str) -> list[dict[str, Any]]:
        """The same, one dict a row."""
        return as_rows(self.columns(student_id))


class Pages:
    """The pages of one snapshot, whatever is asked for by range; threads may share them."""

    def __init__(self, read: Read, bytes_max: int) -> None:
        self._read, self._bytes_max = read, bytes_max
        self._bytes = 0
        self._firsts: list[str] | None = None
        self._ahead = 0
        self._pages: OrderedDict[tuple[str, int], Page] = OrderedDict()
        self._lock = Lock()
        # One reads at a time: who waits mostly waits for the same page, and other requests go on.
        self._reading = Lock()

    def rows(self, sql: str, student_id: str) -> list[dict[str, Any]]:
        """The rows of one student; reads their page if it is not at hand."""
        page = self._at_hand(sql, student_id)
        if page is None:
            with self._reading:
                page = self._at_hand(sql, student_id)
                if page is None:
                    page = self._load(sql, self._number(self._bounds(), student_id))
        return page.rows(student_id)

    def has(self, sql: str, student_id: str) -> bool:
        """Whether the rows of a student can be told without reading anything."""
        return self._at_hand(sql, student_id) is not None

    def at_hand(self, sql: str, student_id: str) -> Columns | None:
        """The rows of one student as columns, or None where their page is not here."""
        page = self._at_hand(sql, student_id)
        return None if page is None else page.columns(student_id)

    def read_ahead(self, questions: Sequence[str]) -> bool:
        """Read the next page that nobody has asked for; False where none is left, or no room.

        All pages of the first question come first. Only one thread may do this.
        """
        with self._reading:
            firsts = self._bounds()
            while self._ahead < len(questions) * len(firsts):
                if self._bytes > self._bytes_max * AHEAD_SHARE:
                    return False
                question, number = divmod(self._ahead, len(firsts))
                self._ahead += 1
                if (questions[question], number) not in self._pages:
                    self._load(questions[question], number)
                    return True
        return False

    def _at_hand(self, sql: str, student_id: str) -> Page | None:
        if self._firsts is None:
            return None
        key = sql, self._number(self._firsts, student_id)
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def _bounds(self) -> list[str]:
        if self._firsts is None:
            self._firsts = self._read(BOUNDS, {}).column(0).to_pylist()
        return self._firsts

    def _load(self, sql: str, number: int) -> Page:
        firsts = self._bounds()
        first = firsts[number] if number else ""
        beyond = [*firsts, BEYOND][number + 1] if firsts else BEYOND
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


def _by_student(rows: pa.Table) -> tuple[pa.Table, list[str], Sequence[int]]:
    """The rows by student, each one's as they came; the students; and where each one's end.

    Sorting here by small numbers costs a tenth of what DuckDB needs to sort the page by text.
    """
    if not rows.num_rows:
        return rows, [], array("i", [0])
    encoded = rows.column(STUDENT).combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    places = ranks[encoded.indices.to_numpy()]
    counted = np.bincount(places, minlength=len(order)).tolist()
    # Several questions are kept about the same students.
    students = [sys.intern(names[place]) for place in order]
    return rows.take(places.argsort(kind="stable")), students, array("i", [0, *accumulate(counted)])


def _column(column: pa.ChunkedArray) -> tuple[Slice, int]:
    """How a part of a column becomes Python values, and the bytes kept for that."""
    values = column.combine_chunks()
    if pa.types.is_nested(values.type):
        return lambda start, stop: values.slice(start, stop - start).to_pylist(), values.nbytes
    encoded = values.dictionary_encode()
    if pa.types.is_string(values.type) or len(encoded.dictionary) * FEW <= len(values):
        return _words(encoded)
    if pa.types.is_timestamp(values.type) and values.type.unit == "us":
        moments = values.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        return partial(_instants, moments.view("timedelta64[us]")), moments.nbytes
    if values.null_count == 0 and pa.types.is_primitive(values.type):
        numbers = values.to_numpy(zero_copy_only=False)
        return lambda start, stop: numbers[start:stop].tolist(), numbers.nbytes
    return lambda start, stop: values.slice(start, stop - start).to_pylist(), values.nbytes


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


def _instants(since_epoch: Any, start: int, stop: int) -> list[datetime | None]:
    """Adding to an instant in UTC costs a fifth of giving its zone to another."""
    return [
        None if elapsed is None else EPOCH + elapsed for elapsed in since_epoch[start:stop].tolist()
    ]
