"""The API over one small published school, started once for each module of tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.api_school import Api, publish_school, serving, settings_of
from tests.conftest import Clock
from tests.doors import Door
from tests.people_school import publish_people
from tests.servers import addresses, backings, redis_server  # noqa: F401  # a fixture
from tests.stores import postgresql_server, store, store_settings  # noqa: F401  # fixtures
from tests.two_classes import publish_two_classes
from warehouse.settings import Settings
from warehouse.store.database import open_store


class School(NamedTuple):
    """A home with a published snapshot."""

    settings: Settings
    snapshot_id: str


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let modules that use the school run over files, and some over real servers too."""
    if "backing" in metafunc.fixturenames:
        found = backings(metafunc.module.__name__)
        metafunc.parametrize("backing", found, indirect=True, scope="module")


@pytest.fixture(scope="module")
def backing(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings that say where the store is and who shares counts."""
    with addresses(request, request.param) as found:
        yield found


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, backing: dict[str, str]) -> School:
    settings = settings_of(tmp_path_factory.mktemp("school"), **backing)
    return School(settings, publish_school(settings))


@pytest.fixture(scope="module")
def api(school: School) -> Iterator[Api]:
    """The running API; tests that write use a student of their own."""
    with serving(school.settings) as api:
        yield api


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a published school with families, built once and not to be changed."""
    home = tmp_path_factory.mktemp("people") / "home"
    publish_people(settings_of(home, leaderboard_size=3))
    return home


@pytest.fixture(scope="session")
def two_classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a published school of two classes, built once and not to be changed."""
    home = tmp_path_factory.mktemp("two-classes") / "home"
    publish_two_classes(settings_of(home))
    return home


@pytest.fixture
def two_classes_home(two_classes: Path, tmp_path: Path) -> Path:
    """A copy of it, for one test."""
    return Path(shutil.copytree(two_classes, tmp_path / "two-classes", symlinks=True))


@pytest.fixture
def door(settings: Settings, clock: Clock, tmp_path: Path) -> Iterator[Door]:
    """A home of its own into which files are imported."""
    with open_store(settings) as opened:
        yield Door(settings, opened, tmp_path, clock)
