"""Who learns and who judges: the same students for every generation of models.

A fifth of the students, chosen by the hash of their id, never teach a model: so a champion cannot
have seen those whom it and its challenger are judged on. Models learn from the others' days before
a cut, and are judged on what came after it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

JUDGES = 5  # one student of so many judges

EVIDENCE_UP_TO = (0, 4, 19, 99)
EVIDENCE_WORDS = ("none", "1 to 4", "5 to 19", "20 to 99", "from 100 on")

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Examples:
    """Frames of some students, by what they hold, as a snapshot of an instant knew them.

    `tries`, `work` (concepts by day), `daily`, `weekly`, `goals`, `curriculum`. With `most_tries`
    no more of the tries teach, of whole students: it is tries that cost time.
    """

    frames: Frames
    as_of: datetime
    most_tries: int | None = None

    @property
    def today(self) -> date:
        """The morning of the snapshot, in UTC."""
        return self.as_of.date()

    def of(self, name: str, *, judges: bool) -> pl.DataFrame:
        """The rows of those who judge, or of those who teach."""
        frame = self.frames[name]
        everybody = frame["student_id"].unique().to_list()
        chosen = [student for student in everybody if is_judge(student) == judges]
        mine = pl.DataFrame({"student_id": chosen}, schema={"student_id": pl.String})
        return frame.join(mine, on="student_id", how="semi", maintain_order="left")

    def subjects(self) -> dict[str, str]:
        """The subject of each concept of the curriculum."""
        return dict(self.frames["curriculum"].select("concept_id", "subject_id").iter_rows())


def is_judge(student_id: str) -> bool:
    """Whether a student is held out of all learning."""
    digest = hashlib.sha256(b"judge\0" + student_id.encode()).digest()
    return int.from_bytes(digest[:4], "big") % JUDGES == 0


def evidence_words(counts: pl.Series) -> pl.Series:
    """Amounts of evidence as cards name them, which are sorted as the amounts are."""
    words = [EVIDENCE_WORDS[bisect_left(EVIDENCE_UP_TO, count)] for count in counts]
    return pl.Series(words, dtype=pl.Enum(EVIDENCE_WORDS))
