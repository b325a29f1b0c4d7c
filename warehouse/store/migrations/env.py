"""How Alembic reaches the store: through the connection it is given, else through the settings."""

from __future__ import annotations

from logging.config import fileConfig
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from warehouse.settings import load_settings
from warehouse.store.database import exclusive_migration, open_engine
from warehouse.store.schema import METADATA, Instant
from warehouse.store.stamps import install


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column type into a migration together with the import it needs."""
    if kind == "type" and isinstance(item, Instant):
        autogen.imports.add("from warehouse.store.schema import Instant")
        return "Instant()"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
        install(connection)


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    if context.config.config_file_name:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    engine = open_engine(load_settings().store_url)
    with exclusive_migration(engine) as connection:
        migrate(connection)
    engine.dispose()


main()
