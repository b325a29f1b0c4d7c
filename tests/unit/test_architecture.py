"""House rules that no linter sells: where a file may be, how long it may get, what is shipped."""

from __future__ import annotations

import ast
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from reports.assets import FILES

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "models", "pipelines", "reports", "warehouse")
MIGRATIONS = ROOT / "warehouse/store/migrations/versions"
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TABLES = sorted((ROOT / "warehouse").rglob("*.sql"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py"], ids=name)
def test_an_init_module_is_its_charter_and_nothing_else(path):
    (only,) = ast.parse(path.read_text()).body
    assert ast.get_docstring(ast.Module([only], [])), f"{name(path)} holds more than a docstring"


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "__init__.py"], ids=name)
def test_a_module_opens_with_its_charter(path):
    assert ast.get_docstring(ast.parse(path.read_text())), f"{name(path)}: say what belongs there"


def test_no_module_is_a_drawer_for_the_rest():
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [name(path) for path in MODULES + TESTS if path.stem in drawers] == []
    assert [name(path) for path in MODULES + TESTS if drawers & set(path.parts)] == []


def test_no_python_file_lies_at_the_root():
    assert list(ROOT.glob("*.py")) == []


def test_a_module_stays_short():
    lengths = {name(path): len(path.read_text().splitlines()) for path in MODULES + TESTS}
    assert {path: length for path, length in lengths.items() if length > 300} == {}


def test_a_function_fits_on_a_screen():
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in MODULES
        if path.parent != MIGRATIONS  # a migration is one list of changes
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.body[0].lineno >= 50
    ]
    assert long == []


def test_a_table_stays_short():
    lengths = {name(path): len(path.read_text().splitlines()) for path in TABLES}
    assert {path: length for path, length in lengths.items() if length > 150} == {}


def test_the_wheel_holds_every_file_of_the_packages(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path))
    shipped = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        name(path)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not {"__pycache__", "node_modules"} & set(path.parts)
    }
    loaded = {f"reports/static/{path}" for path, _ in FILES.values()}
    assert (sources | loaded) - shipped == set()
