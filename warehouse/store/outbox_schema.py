"""The tables of the sender: what people are to be told, the messages, and where to push them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from warehouse.store.schema import METADATA, Instant

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("delivery_id", String(36), primary_key=True, comment="in Message-ID and webhook-id"),
    Column("channel", String(16), nullable=False),
    Column("recipient_id", String(128), nullable=False),
    Column("local_date", Date, nullable=False, comment="the recipient's day, for the daily cap"),
    Column("digest", Boolean, nullable=False, comment="a digest is not counted by the cap"),
    Column("status", String(12), nullable=False, comment="ready, claimed, sent, failed, not_sent"),
    Column("reason", String(40), comment="why it failed, waits or was not sent"),
    Column("acknowledged", Boolean, nullable=False, comment="the receiver said that it has it"),
    Column("attempts", Integer, nullable=False, comment="that failed"),
    Column("due_at", Instant, nullable=False),
    Column("claimed_by", String(36), comment="the home of the sender that works on it"),
    Column("lease_until", Instant, comment="after that another home may take it"),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
Index(None, DELIVERIES.c.status, DELIVERIES.c.due_at)
Index(None, DELIVERIES.c.recipient_id, DELIVERIES.c.created_at)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("notification_id", Text, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("recipient_id", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("content", Text, nullable=False, comment="the notification as published, JSON"),
    Column("occurred_at", Instant, nullable=False),
    Column("digest", Boolean, nullable=False, comment="waits for a digest"),
    Column("status", String(12), nullable=False, comment="waiting, taken, sent, failed, not_sent"),
    Column("reason", String(40), comment="why it was not sent"),
    Column("due_at", Instant, nullable=False),
    Column("delivery_id", ForeignKey(DELIVERIES.c.delivery_id), comment="the message with it"),
    Column("recorded_at", Instant, nullable=False),
)
Index(None, OUTBOX.c.status, OUTBOX.c.due_at)
Index(None, OUTBOX.c.delivery_id)

PUSH_SUBSCRIPTIONS = Table(
    "push_subscriptions",
    METADATA,
    Column("subscription_id", String(64), primary_key=True, comment="SHA-256 of the endpoint"),
    Column("person_id", String(128), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String(128), nullable=False),
    Column("auth", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
Index(None, PUSH_SUBSCRIPTIONS.c.person_id)
