"""What documents say about files and settings is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from warehouse.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SETTINGS = {field.alias or name.upper(): name for name, field in Settings.model_fields.items()}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture
def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))


def test_the_example_environment_names_every_setting(example):
    assert example.keys() == SETTINGS.keys()


def test_the_example_environment_shows_the_defaults(example, monkeypatch):
    defaults = Settings(_env_file=None)
    for variable, value in example.items():
        monkeypatch.setenv(variable, value)
    assert Settings(_env_file=None).model_dump(exclude={"home"}) == defaults.model_dump(
        exclude={"home"}
    )


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_file(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_target_of_make_that_a_page_names_exists(page):
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"(?:`|    )make ([a-z-]+)", page.read_text()))
    assert {target for target in named if f"\n{target}:" not in makefile} == set()
