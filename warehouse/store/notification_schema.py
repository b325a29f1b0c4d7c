"""The tables of what people have read of their notifications, and how they wish to be told."""

from __future__ import annotations

from sqlalchemy import Column, Index, SmallInteger, String, Table

from warehouse.store.schema import METADATA, Instant

NOTIFICATION_READS = Table(
    "notification_reads",
    METADATA,
    Column("recipient_id", String(128), primary_key=True),
    Column("notification_id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False, comment="of what was read, for counting"),
    Column("read_at", Instant, nullable=False),
)
Index(None, NOTIFICATION_READS.c.kind)

NOTIFICATION_PREFERENCES = Table(
    "notification_preferences",
    METADATA,
    Column("person_id", String(128), primary_key=True),
    Column("quiet_start", String(5), comment="HH:MM by the person's clock; null: never quiet"),
    Column("quiet_end", String(5)),
    Column("digest", String(16), nullable=False, comment="immediate, daily or weekly"),
    Column("daily_cap", SmallInteger, nullable=False, comment="messages a day and channel"),
    Column("recorded_at", Instant, nullable=False),
)

# Everything is wanted on every channel until somebody says no to it.
NOTIFICATION_REFUSALS = Table(
    "notification_refusals",
    METADATA,
    Column("person_id", String(128), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("channel", String(16), primary_key=True, comment="in_app, email, push or webhook"),
    Column("recorded_at", Instant, nullable=False),
)
