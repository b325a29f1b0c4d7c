"""A model on disk is taken into use only when it is what was saved, by today's definition."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import FunctionTransformer

from models import artifact
from models.artifact import ArtifactRefused, Shelf, definition_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 8, tzinfo=UTC)
DEFINITION = "the features"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, "mastery")


def saved(shelf: Shelf, state: dict[str, object] | None = None) -> str:
    return shelf.save(state or {"weight": 0.5}, {"definition": DEFINITION}, NOW)


def test_what_is_saved_is_loaded_with_its_estimators(shelf: Shelf):
    x = np.linspace(0, 1, 60).reshape(-1, 1)
    trees = HistGradientBoostingClassifier(max_iter=3).fit(x, x[:, 0] > 0.5)
    model_id = saved(shelf, {"trees": trees, "typical": np.array([0.5]), "names": ["a"]})
    found = shelf.load(model_id, definition=DEFINITION)
    assert found.state["trees"].predict_proba(x).tolist() == trees.predict_proba(x).tolist()
    assert (found.state["names"], found.card["model_id"]) == (["a"], model_id)


def test_a_changed_file_is_refused(shelf: Shelf):
    model_id = saved(shelf)
    file = shelf.directory / model_id / "model.skops"
    file.write_bytes(skops.io.dumps({"weight": 0.9}))
    with pytest.raises(ArtifactRefused, match="not the file that was saved"):
        shelf.load(model_id, definition=DEFINITION)


def test_a_changed_file_with_a_changed_card_is_refused_by_its_id(shelf: Shelf):
    model_id = saved(shelf)
    directory = shelf.directory / model_id
    content = skops.io.dumps({"weight": 0.9})
    (directory / "model.skops").write_bytes(content)
    card = json.loads((directory / "card.json").read_text())
    card["sha256"] = hashlib.sha256(content).hexdigest()
    (directory / "card.json").write_text(json.dumps(card))
    with pytest.raises(ArtifactRefused, match="not the file that was saved"):
        shelf.load(model_id, definition=DEFINITION)


def planted(shelf: Shelf, content: bytes) -> str:
    """A model whose file, card and id agree, as only its maker could have written them."""
    sha256 = hashlib.sha256(content).hexdigest()
    model_id = f"20260301T000000-{sha256[:12]}"
    directory = shelf.directory / model_id
    directory.mkdir(parents=True)
    (directory / "model.skops").write_bytes(content)
    card = {"sha256": sha256, "definition": DEFINITION, "versions": artifact.versions()}
    (directory / "card.json").write_text(json.dumps(card))
    return model_id


class Loud:
    """Writes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


def test_a_pickle_is_refused_and_never_run(shelf: Shelf, tmp_path: Path):
    mark = tmp_path / "ran"
    model_id = planted(shelf, pickle.dumps(Loud(mark)))
    with pytest.raises(ArtifactRefused, match="no model"):
        shelf.load(model_id, definition=DEFINITION)
    assert not mark.exists()


def test_a_pickle_inside_of_a_skops_file_is_refused_and_never_run(shelf: Shelf, tmp_path: Path):
    mark = tmp_path / "ran"
    whole = io.BytesIO(skops.io.dumps({"a": np.array([1.0])}))
    changed = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.namelist():
            loud = entry.endswith(".npy")
            new.writestr(entry, pickle.dumps(Loud(mark)) if loud else old.read(entry))
    model_id = planted(shelf, changed.getvalue())
    with pytest.raises(ArtifactRefused):
        shelf.load(model_id, definition=DEFINITION)
    assert not mark.exists()


def test_an_unknown_type_is_refused_when_saved_and_when_loaded(shelf: Shelf):
    state = {"step": FunctionTransformer(func=eval)}
    with pytest.raises(ArtifactRefused, match="eval"):
        saved(shelf, state)
    model_id = planted(shelf, skops.io.dumps(state))
    with pytest.raises(ArtifactRefused, match="eval"):
        shelf.load(model_id, definition=DEFINITION)


def test_other_features_and_other_versions_are_refused(shelf: Shelf):
    model_id = saved(shelf)
    with pytest.raises(ArtifactRefused, match="another definition"):
        shelf.load(model_id, definition="other features")
    file = shelf.directory / model_id / "card.json"
    file.write_text(file.read_text().replace(artifact.versions()["scikit-learn"], "0.1"))
    with pytest.raises(ArtifactRefused, match="was trained with"):
        shelf.load(model_id, definition=DEFINITION)


def test_a_missing_model_is_named_with_the_cure(shelf: Shelf):
    with pytest.raises(ArtifactRefused, match="spool train"):
        shelf.load("20260301T000000-0123456789ab", definition=DEFINITION)


def test_a_past_build_finds_the_model_that_was_in_use_then(shelf: Shelf):
    assert shelf.champion() is None
    shelf.crown("first", NOW)
    shelf.crown("second", LATER)
    assert shelf.champion() == "second"
    assert shelf.champion(NOW) == "first"
    assert shelf.champion(datetime(2026, 2, 1, tzinfo=UTC)) is None


def test_the_definition_is_the_code_and_not_its_comments(tmp_path: Path):
    one = module_of(tmp_path, '"""Words."""\nA = 1  # a comment\n', "one")
    same = module_of(tmp_path, '"""Other words."""\n\nA = 1\n', "two")
    other = module_of(tmp_path, '"""Words."""\nA = 2\n', "three")
    for each in (one, same, other):
        each.__name__ = "features"
    assert definition_of(one) == definition_of(same)
    assert definition_of(one) != definition_of(other)


def module_of(directory: Path, text: str, name: str) -> ModuleType:
    """The module that a file with this text makes."""
    file = directory / f"{name}.py"
    file.write_text(text)
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
