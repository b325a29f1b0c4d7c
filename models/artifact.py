"""Models on disk: what is kept of one, and when it is taken back into use.

`<root>/<name>/<model_id>/` holds `model.skops` (the state of the model) and `card.json` (what it is
and how good it was); `<root>/<name>/champion.json` names the one in use, and those before it.
Nothing is ever unpickled: skops builds the objects of types that are listed here, and only after
the bytes have shown the hash that the card, and the id of the model, name.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from inspect import getsource
from pathlib import Path
from types import ModuleType
from typing import Any
from zipfile import BadZipFile

State = dict[str, Any]

# What our models are made of beyond the types that skops trusts itself. Anything else is refused.
TRUSTED = (
    "numpy.dtype",
    "numpy.clip",
    "numpy.nan_to_num",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils._bunch.Bunch",
)
VERSIONS = ("scikit-learn", "skops", "numpy")
MODEL, CARD, CHAMPION = "model.skops", "card.json", "champion.json"
KEPT = 5  # challengers that did not win, to look at
DIGITS = 12  # of the hash, in the id
AGAIN = "Train it again with `spool train`; until then builds make no such predictions."


class ArtifactRefused(Exception):
    """A model on disk is not what it should be; the message says what, and the cure."""

    def __init__(self, detail: str, cure: str = AGAIN) -> None:
        super().__init__(f"{detail} {cure}")
        self.detail, self.cure = detail, cure


@dataclass(frozen=True)
class Artifact:
    """A model's state and its card."""

    model_id: str
    state: State
    card: dict[str, Any]


def definition_of(*modules: ModuleType) -> str:
    """A hash of what modules define: their code without comments, docstrings and spelling.

    A model that was trained on features of another definition would be given other numbers than
    it has learned from, and nobody would see it.
    """
    digest = hashlib.sha256()
    for module in modules:
        tree = ast.parse(getsource(module))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and _is_text(body[0]):
                del body[0]
        digest.update(f"{module.__name__}\0{ast.dump(tree)}\0".encode())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """The libraries whose numbers a model depends on, as they are installed."""
    return {name: version(name) for name in VERSIONS}


class Shelf:
    """The models of one name below a directory."""

    def __init__(self, root: Path, name: str) -> None:
        self.name, self.directory = name, root / name

    def save(self, state: State, card: Mapping[str, Any], trained_at: datetime) -> str:
        """Keep a model and its card, durably; returns its id, which contains its hash."""
        buffer = io.BytesIO()
        _skops().dump(state, buffer)
        content = buffer.getvalue()
        unknown = _untrusted(content)
        if unknown:
            # better now than in a year: what cannot be loaded is not kept
            raise ArtifactRefused(
                f"The state of model {self.name} holds {', '.join(unknown)}.",
                "Keep plain values, arrays and estimators, or extend TRUSTED with care.",
            )
        sha256 = hashlib.sha256(content).hexdigest()
        model_id = f"{trained_at:%Y%m%dT%H%M%S}-{sha256[:DIGITS]}"
        told = {**card, "model": self.name, "model_id": model_id, "sha256": sha256}
        aside = self.directory / f".{model_id}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _write(aside / MODEL, content)
        _write(aside / CARD, _as_json({**told, "versions": versions()}))
        _sync(aside)
        aside.rename(self.directory / model_id)
        _sync(self.directory)
        return model_id

    def load(self, model_id: str, *, definition: str) -> Artifact:
        """Take a model into use.

        Raises:
            ArtifactRefused: it is gone, or its bytes, types, features or versions are others.
        """
        card = self.card(model_id)
        try:
            content = (self.directory / model_id / MODEL).read_bytes()
        except OSError as error:
            raise ArtifactRefused(f"Model {self.name} {model_id} is gone.") from error
        self._refuse_others(model_id, card, hashlib.sha256(content).hexdigest(), definition)
        unknown = _untrusted(content)
        if unknown:
            raise ArtifactRefused(
                f"Model {self.name} {model_id} holds {', '.join(unknown)}, which no model of ours "
                "is made of."
            )
        try:
            state = _skops().loads(content, trusted=list(TRUSTED))
        except (ValueError, TypeError, KeyError) as error:  # what is not trusted is a TypeError too
            raise ArtifactRefused(
                f"Model {self.name} {model_id} cannot be built: {error}."
            ) from error
        return Artifact(model_id, state, card)

    def card(self, model_id: str) -> dict[str, Any]:
        """What a model says of itself."""
        try:
            card = json.loads((self.directory / model_id / CARD).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ArtifactRefused(f"Model {self.name} {model_id} has no readable card.") from error
        if not isinstance(card, dict):
            raise ArtifactRefused(f"Model {self.name} {model_id} has no readable card.")
        return card

    def crown(self, model_id: str, since: datetime) -> None:
        """Put a model into use; whoever reads sees the old one or the new one."""
        reigns = [*self._reigns(), {"model_id": model_id, "since": since.isoformat()}]
        self.directory.mkdir(parents=True, exist_ok=True)
        aside = self.directory / f".{CHAMPION}"
        _write(aside, _as_json({"reigns": reigns}))
        aside.replace(self.directory / CHAMPION)
        _sync(self.directory)

    def champion(self, at: datetime | None = None) -> str | None:
        """The model in use, now or at an instant; None where none was."""
        reigns = [r for r in self._reigns() if at is None or _instant(r["since"]) <= at]
        return reigns[-1]["model_id"] if reigns else None

    def newest(self) -> dict[str, Any] | None:
        """The card of the model that was saved last, whether it is in use or not."""
        if not self.directory.is_dir():
            return None
        ids = [path.name for path in self.directory.iterdir() if path.is_dir()]
        kept = sorted(model_id for model_id in ids if not model_id.startswith("."))
        return self.card(kept[-1]) if kept else None

    def prune(self, kept: int = KEPT) -> None:
        """Remove the oldest models, but none that was in use: a past build may ask for it."""
        reigning = {reign["model_id"] for reign in self._reigns()}
        losers = sorted(
            path for path in self.directory.iterdir() if path.is_dir() and path.name not in reigning
        )
        for path in losers[: max(0, len(losers) - kept)]:
            shutil.rmtree(path)

    def _reigns(self) -> list[dict[str, str]]:
        file = self.directory / CHAMPION
        if not file.exists():
            return []
        try:
            reigns = json.loads(file.read_text(encoding="utf-8"))["reigns"]
            return [{"model_id": str(r["model_id"]), "since": str(r["since"])} for r in reigns]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactRefused(f"{file} cannot be read.") from error

    def _refuse_others(
        self, model_id: str, card: Mapping[str, Any], sha256: str, definition: str
    ) -> None:
        named = f"Model {self.name} {model_id}"
        if sha256 != card.get("sha256") or not model_id.endswith(f"-{sha256[:DIGITS]}"):
            raise ArtifactRefused(
                f"{named} is not the file that was saved: its hash is {sha256[:DIGITS]}….",
                "Restore SPOOL_HOME/models from a backup, or train again with `spool train`.",
            )
        if card.get("definition") != definition:
            raise ArtifactRefused(f"{named} was trained on features of another definition.")
        then, now = card.get("versions"), versions()
        if then != now:
            raise ArtifactRefused(f"{named} was trained with {then}; installed is {now}.")


def _skops() -> Any:
    """Imports all of scikit-learn, a second or two: only for programs that hold a model."""
    import skops.io

    return skops.io


def _untrusted(content: bytes) -> list[str]:
    try:
        found = _skops().get_untrusted_types(data=content)
    except (BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ArtifactRefused(f"This is no model: {error}.") from error
    return sorted(set(found) - set(TRUSTED))


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _as_json(value: object) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, default=str).encode()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    """The names in the directory are durable too."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
