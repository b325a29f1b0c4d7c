"""Several students at once: one state, and one question for all who have no newer events.

A published table is clustered by student, so asking about three or forty costs little more than
about one; whoever has events that no snapshot holds is answered live, one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.reader import Reader, Row, SnapshotReader, StudentReader


class GroupReader:
    """Several students at one state; those without newer events are asked about together."""

    def __init__(self, snapshot: SnapshotReader, members: Sequence[StudentReader]) -> None:
        self.snapshot, self.members = snapshot, members
        self._together = [member.student_id for member in members if not member.meta.live]

    @property
    def version(self) -> str:
        """Changes whenever an answer about any of them may."""
        return ",".join(member.version for member in self.members)

    def ask_together(self, query_names: Sequence[str]) -> dict[str, list[Row]]:
        """Answer queries of stored tables that name their students by `$student_ids`."""
        answers: dict[str, list[Row]] = {name: [] for name in query_names}
        if self._together:
            for name in query_names:
                answers[name] += self.snapshot.ask_students(name, self._together)
        for member in self.members:
            if member.meta.live:
                for name, rows in member.ask_together(query_names).items():
                    answers[name] += rows
        return answers


def read_students(reader: Reader, student_ids: Sequence[str]) -> GroupReader:
    """Fix one state of several students, all of the same snapshot."""
    while True:
        snapshot = reader.published()
        members = [reader.student(student_id) for student_id in student_ids]
        expected = snapshot.info.snapshot_id if snapshot.info else None
        if all(member.meta.snapshot_id == expected for member in members):
            return GroupReader(snapshot, members)
