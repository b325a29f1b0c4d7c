"""Opening the store: SQLite in the home by default, PostgreSQL by DATABASE_URL, always at head."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from warehouse.clock import Clock, utc_now
from warehouse.durable import make_directory, sync_directory
from warehouse.errors import StoreUnavailable
from warehouse.settings import Settings
from warehouse.store.audit import Audit
from warehouse.store.badge_credentials import BadgeCredentials
from warehouse.store.breaks import Breaks
from warehouse.store.calendar_feeds import CalendarFeeds
from warehouse.store.curriculum import Curriculum
from warehouse.store.deliveries import Deliveries
from warehouse.store.erasures import Erasures
from warehouse.store.exports import Exports
from warehouse.store.goals import Goals
from warehouse.store.inbox import Inbox
from warehouse.store.interventions import Interventions
from warehouse.store.outbox import Outbox
from warehouse.store.people import People
from warehouse.store.preferences import PreferenceBook
from warehouse.store.push_subscriptions import PushSubscriptions
from warehouse.store.reads import Reads
from warehouse.store.rosters import Rosters
from warehouse.store.stamps import Stamps
from warehouse.store.students import Students
from warehouse.store.transactions import prepare_postgresql, prepare_sqlite, writing

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x5B001  # any number that no other program of the same database uses
_POOL: dict[str, Any] = {"pool_size": 10, "max_overflow": 40, "pool_timeout": 15}
KEPT_BY_THREADS = 50  # SQLite: each thread that answers keeps one for its look-ups


@dataclass(frozen=True)
class Store:
    """Everything that is changed in place: the inbox, the curriculum, people, their goals."""

    engine: Engine
    inbox: Inbox
    curriculum: Curriculum
    students: Students
    people: People
    rosters: Rosters
    interventions: Interventions
    goals: Goals
    outbox: Outbox
    deliveries: Deliveries
    push_subscriptions: PushSubscriptions
    preferences: PreferenceBook
    reads: Reads
    breaks: Breaks
    calendar_feeds: CalendarFeeds
    badge_credentials: BadgeCredentials
    erasures: Erasures
    exports: Exports
    audit: Audit
    stamps: Stamps

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(settings: Settings, *, migrate: bool = True, clock: Clock = utc_now) -> Store:
    """The store of these settings, brought to the newest schema first."""
    engine = open_engine(settings.store_url)
    if migrate:
        try:
            migrate_to_head(engine)
        except BaseException:
            engine.dispose()
            raise
    return Store(
        engine=engine,
        inbox=Inbox(engine),
        curriculum=Curriculum(engine, clock),
        students=Students(engine, clock),
        people=People(engine, clock),
        rosters=Rosters(engine),
        interventions=Interventions(engine, clock),
        goals=Goals(engine, clock),
        outbox=Outbox(engine, clock),
        deliveries=Deliveries(engine, clock),
        push_subscriptions=PushSubscriptions(engine, clock),
        preferences=PreferenceBook(engine, clock),
        reads=Reads(engine, clock),
        breaks=Breaks(engine, clock),
        calendar_feeds=CalendarFeeds(engine, clock),
        badge_credentials=BadgeCredentials(engine, clock),
        erasures=Erasures(engine, clock),
        exports=Exports(engine, clock),
        audit=Audit(engine, settings.home, clock),
        stamps=Stamps(engine),
    )


def open_engine(url: str) -> Engine:
    """An engine with our durability settings; nothing is connected yet."""
    if make_url(url).get_backend_name() == "sqlite":
        kept = _POOL["max_overflow"] + KEPT_BY_THREADS
        engine = create_engine(url, **_POOL | {"max_overflow": kept})
        prepare_sqlite(engine)
        return engine
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5}, **_POOL)
    prepare_postgresql(engine)
    return engine


def migrate_to_head(engine: Engine) -> None:
    """Apply the migrations that are missing; programs that start together wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with exclusive_migration(engine) as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreUnavailable(
                f"The store's schema does not fit this version: {error}.",
                cure="Run the newer version of the program that last used this store.",
            ) from error


@contextmanager
def exclusive_migration(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else migrates the same store."""
    with _alone_beside_file(engine), writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            lock = text("select pg_advisory_xact_lock(:key)")
            connection.execute(lock, {"key": MIGRATION_LOCK})
        yield connection


@contextmanager
def _alone_beside_file(engine: Engine) -> Iterator[None]:
    """A lock beside the SQLite file: switching a new file to WAL does not wait for others."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        yield
        return
    directory = Path(path).absolute().parent
    try:
        make_directory(directory)
        with Path(f"{path}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
            sync_directory(directory)
    except OSError as error:
        raise StoreUnavailable(
            f"The store's directory {directory} cannot be written: {error.strerror}.",
            cure="Give this user the right to write there, or set SPOOL_HOME.",
        ) from error
