"""What every test gets: a home of its own, a clock that stands still, and one Hypothesis profile.

Builders of events and schools are in factories; what only one kind of test needs stays with it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from warehouse.settings import Settings, load_settings

SETTING_NAMES = [field.alias or name.upper() for name, field in Settings.model_fields.items()]

# Small and the same each time, so that a red run is red again, and soon: a story takes a second to
# build, and shrinking one many minutes. `make test-deep` searches and shrinks.
hypothesis.settings.register_profile(
    "ci",
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "deep",
    max_examples=2000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# Minutes each: begun last, one of them would keep one core waiting for it.
LONGEST = (
    "test_crash",
    "test_agreement",
    "test_journey",
    "test_up",
    "test_notifying",
    "test_browser_pages",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


class Clock:
    """The time of a test: stands still until the test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test can reach a real home, store or secret, whatever the shell has set."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    for name in SETTING_NAMES:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("SPOOL_HOME", str(home))
    return home


@pytest.fixture
def settings(own_home: Path) -> Settings:
    return load_settings(
        home=own_home, jwt_secret="a secret for tests, of 32 bytes and more", read_ahead=False
    )


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
