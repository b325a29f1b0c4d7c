"""How the last build ended, for those who watch from other processes: one small file.

A failed build publishes nothing that could tell, and so leaves this note; a killed one leaves none,
and the age of the snapshot tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

NOTE = "last_build.json"


class BuildNote(NamedTuple):
    """The result and the times of one build."""

    snapshot_id: str
    started_at: datetime
    published: bool
    seconds: Mapping[str, float]

    @property
    def last_step(self) -> str:
        """The step that it reached; of a failed build the one that failed."""
        return ["start", *self.seconds][-1]


def write_note(directory: Path, note: BuildNote) -> None:
    """Replace the note of the build before."""
    content = note._asdict() | {"started_at": note.started_at.isoformat()}
    aside = directory / f"{NOTE}.new"
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.replace(directory / NOTE)


def read_note(directory: Path) -> BuildNote | None:
    """The note of the last build that ended, or None before the first."""
    try:
        content = json.loads((directory / NOTE).read_text(encoding="utf-8"))
        return BuildNote(**content | {"started_at": datetime.fromisoformat(content["started_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None  # nothing depends on it: it is better gone than in the way
