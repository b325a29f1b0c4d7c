"""The models in use: loaded with all their refusals, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.artifact import ArtifactRefused, Shelf
from pipelines.learning.kinds import KINDS, Kind

NONE_YET = "no model yet"


@dataclass(frozen=True)
class Champion:
    """A kind, and its model in use; without one, `problem` says why."""

    kind: Kind
    model_id: str | None = None
    model: Any = None
    card: dict[str, Any] | None = None
    problem: str | None = None


def champions(root: Path, at: datetime | None = None) -> list[Champion]:
    """Every kind with the model that is in use, or was at an instant."""
    return [champion(root, kind, at) for kind in KINDS.values()]


def champion(root: Path, kind: Kind, at: datetime | None = None) -> Champion:
    """One of them."""
    shelf = Shelf(root, kind.name)
    try:
        model_id = shelf.champion(at)
        if model_id is None:
            return Champion(kind, problem=NONE_YET)
        found = shelf.load(model_id, definition=kind.definition)
    except ArtifactRefused as refusal:
        return Champion(kind, problem=str(refusal))
    return Champion(kind, model_id, kind.from_state(found.state), found.card)
