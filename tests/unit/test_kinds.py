"""Kinds of models: what a model's definition must name, so that another one is refused."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest

from models import tries
from pipelines.learning.kinds import KINDS
from warehouse import outcomes

# What judges a model, runs it or refuses its frames changes no feature.
BESIDE_FEATURES = {"models.errors", "models.evaluation", "models.threads"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_what_makes_a_models_features_is_part_of_its_definition(kind):
    """A model asked with features that are made otherwise answers nonsense, and nobody sees it."""
    named = {module.__name__ for module in kind.modules}
    behind = {name for module in kind.modules for name in imported_from_models(module)}
    assert behind - named <= BESIDE_FEATURES


def imported_from_models(module: ModuleType) -> set[str]:
    tree = ast.parse(inspect.getsource(module))
    return {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("models.")
    }


def test_models_and_builds_mean_the_same_by_right():
    assert outcomes.SUFFICIENT_SCORE == tries.SUFFICIENT_SCORE
