"""What is written moves from SQLite's log into its file, and no commit waits for that."""

import shutil
import sqlite3
import threading
import time
from contextlib import closing, suppress

import pytest

from warehouse.store.checkpoints import Checkpoints
from warehouse.store.database import open_engine, open_store

ZONE = "select time_zone from people where person_id = 'ada'"


@pytest.fixture
def checkpoints(settings):
    with open_store(settings) as store, closing(Checkpoints(store.engine)):
        yield store


def in_the_file_alone(settings, tmp_path):
    """What the file says to whoever has no log beside it."""
    copy = shutil.copy(settings.home / "store.db", tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as connection, suppress(sqlite3.OperationalError):
        return connection.execute(ZONE).fetchone()
    return None  # nor has the schema come yet


def test_what_is_written_comes_into_the_file_without_another_commit(
    checkpoints, settings, tmp_path
):
    checkpoints.students.set_zone("ada", "Asia/Tokyo")
    until = time.monotonic() + 20
    while in_the_file_alone(settings, tmp_path) is None and time.monotonic() < until:
        time.sleep(0.05)
    assert in_the_file_alone(settings, tmp_path) == ("Asia/Tokyo",)


def test_a_long_write_of_somebody_else_is_not_disturbed(checkpoints, settings):
    checkpoints.students.set_zone("ada", "UTC")
    with closing(sqlite3.connect(settings.home / "store.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        other.execute("update people set time_zone = 'Asia/Tokyo'")
        time.sleep(0.3)  # several checkpoints
        assert checkpoints.students.zones(["ada"]) == {"ada": "UTC"}
        other.execute("commit")
    assert checkpoints.students.zones(["ada"]) == {"ada": "Asia/Tokyo"}


def test_a_store_that_fails_for_a_while_is_looked_at_again(checkpoints, settings, tmp_path):
    checkpoints.engine.dispose()
    away = settings.home.with_name("away")
    settings.home.rename(away)
    time.sleep(0.3)
    away.rename(settings.home)
    test_what_is_written_comes_into_the_file_without_another_commit(checkpoints, settings, tmp_path)


def test_postgresql_does_it_itself(postgresql_server):
    engine = open_engine(f"postgresql://spool@/postgres?host={postgresql_server}")
    before = threading.active_count()
    with closing(Checkpoints(engine)):
        assert threading.active_count() == before
    engine.dispose()
