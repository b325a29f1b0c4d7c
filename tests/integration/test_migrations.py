"""Migrations: the schema in code and the one they make are the same, whoever starts first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from warehouse.errors import StoreUnavailable
from warehouse.settings import Settings
from warehouse.store.database import MIGRATIONS, open_engine, open_store
from warehouse.store.schema import METADATA
from warehouse.store.transactions import reading, writing

ROOT = Path(__file__).parents[2]
OPEN_STORE = (
    "from warehouse.settings import load_settings\n"
    "from warehouse.store.database import open_store\n"
    "open_store(load_settings()).students.set_zone('ada', 'UTC')"
)


def environment(settings: Settings) -> dict[str, str]:
    found = os.environ | {"SPOOL_HOME": str(settings.home)}
    if settings.database_url:
        found["DATABASE_URL"] = settings.database_url
    return found


def alembic(settings: Settings, directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=directory,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_migrations_make_the_schema_that_the_code_declares(store):
    with reading(store.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_there_is_one_head():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_the_documented_commands_work_from_the_repository_root(store_settings, tmp_path):
    """In a copy, since a new revision is a new file."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "warehouse", copy / "warehouse")
    shutil.copy(ROOT / "alembic.ini", copy)
    assert "0001" in alembic(store_settings, copy, "upgrade", "head")
    schema = copy / "warehouse/store/schema.py"
    schema.write_text(
        schema.read_text() + 'GOALS.append_column(Column("seen_at", Instant, nullable=True))\n'
    )
    alembic(store_settings, copy, "revision", "--autogenerate", "-m", "note when seen")
    (revision,) = (copy / "warehouse/store/migrations/versions").glob("*note_when_seen.py")
    assert "seen_at" in revision.read_text()
    alembic(store_settings, copy, "upgrade", "head")
    alembic(store_settings, copy, "downgrade", "base")


def test_programs_that_start_together_migrate_once(store_settings):
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_STORE], env=environment(store_settings), cwd=ROOT
        )
        for _ in range(3)
    ]
    assert [program.wait(timeout=120) for program in starting] == [0, 0, 0]
    with open_store(store_settings, migrate=False) as store:
        assert store.students.zones(["ada"]) == {"ada": "UTC"}


def test_opening_again_changes_nothing(store_settings):
    with open_store(store_settings) as store:
        store.students.set_zone("ada", "UTC")
    with open_store(store_settings) as store:
        assert store.students.zones(["ada"]) == {"ada": "UTC"}


def test_a_store_may_be_opened_as_it_is(store_settings):
    store_settings.home.mkdir()
    with open_store(store_settings, migrate=False) as store:
        assert inspect(store.engine).get_table_names() == []


def test_a_store_of_a_newer_version_is_left_alone(store_settings):
    with open_store(store_settings) as store, writing(store.engine) as connection:
        connection.execute(text("update alembic_version set version_num = 'from-the-future'"))
    with pytest.raises(StoreUnavailable, match="from-the-future") as refused:
        open_store(store_settings)
    assert "newer version" in refused.value.cure


def test_a_migration_that_fails_leaves_the_schema_as_it_was(store_settings, monkeypatch):
    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("alembic.op.create_index", fail)
    monkeypatch.setattr("alembic.operations.BatchOperations.create_index", fail)
    with pytest.raises(RuntimeError, match="stops here"):
        open_store(store_settings)
    monkeypatch.undo()
    store_settings.home.mkdir(exist_ok=True)
    engine = open_engine(store_settings.store_url)
    assert "inbox" not in inspect(engine).get_table_names()
    engine.dispose()
    with open_store(store_settings) as store:
        assert store.inbox.count() == 0
