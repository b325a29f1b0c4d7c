"""Credentials of badges that the tables no longer hold: a correction took the badge away."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.reader import SnapshotReader
from warehouse.store.badge_credentials import BadgeCredential


def lost(snapshot: SnapshotReader, credentials: Sequence[BadgeCredential]) -> frozenset[str]:
    """The ids of those whose badge is gone.

    A snapshot of before the badge was taken out says nothing: the event may have been too new.
    """
    if snapshot.info is None:
        return frozenset()
    as_of = snapshot.info.as_of
    judged = [one for one in credentials if one.issued_at < as_of]
    ids = sorted({one.student_id for one in judged})
    held = {
        (row["student_id"], row["badge_id"], row["subject_id"] or "")
        for row in snapshot.ask("students_badges", student_ids=ids)
    }
    return frozenset(
        one.credential_id
        for one in judged
        if (one.student_id, one.badge_id, one.subject_id) not in held
    )
