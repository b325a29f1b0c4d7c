"""The sender: outbox, deliveries, and where browsers want to be pushed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column(
            "delivery_id",
            sa.String(length=36),
            nullable=False,
            comment="in Message-ID and webhook-id",
        ),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", sa.String(length=128), nullable=False),
        sa.Column(
            "local_date",
            sa.Date(),
            nullable=False,
            comment="the recipient's day, for the daily cap",
        ),
        sa.Column(
            "digest", sa.Boolean(), nullable=False, comment="a digest is not counted by the cap"
        ),
        sa.Column(
            "status",
            sa.String(length=12),
            nullable=False,
            comment="ready, claimed, sent, failed, not_sent",
        ),
        sa.Column(
            "reason",
            sa.String(length=40),
            nullable=True,
            comment="why it failed, waits or was not sent",
        ),
        sa.Column(
            "acknowledged",
            sa.Boolean(),
            nullable=False,
            comment="the receiver said that it has it",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="that failed"),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column(
            "claimed_by",
            sa.String(length=36),
            nullable=True,
            comment="the home of the sender that works on it",
        ),
        sa.Column(
            "lease_until", Instant(), nullable=True, comment="after that another home may take it"
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deliveries_recipient_id_deliveries_created_at"),
            ["recipient_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_deliveries_status_deliveries_due_at"),
            ["status", "due_at"],
            unique=False,
        )

    op.create_table(
        "push_subscriptions",
        sa.Column(
            "subscription_id",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the endpoint",
        ),
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.String(length=128), nullable=False),
        sa.Column("auth", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_push_subscriptions")),
    )
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_push_subscriptions_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "outbox",
        sa.Column("notification_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "content", sa.Text(), nullable=False, comment="the notification as published, JSON"
        ),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False, comment="waits for a digest"),
        sa.Column(
            "status",
            sa.String(length=12),
            nullable=False,
            comment="waiting, taken, sent, failed, not_sent",
        ),
        sa.Column("reason", sa.String(length=40), nullable=True, comment="why it was not sent"),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column(
            "delivery_id", sa.String(length=36), nullable=True, comment="the message with it"
        ),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.delivery_id"],
            name=op.f("fk_outbox_delivery_id_deliveries"),
        ),
        sa.PrimaryKeyConstraint("notification_id", "channel", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outbox_status_outbox_due_at"), ["status", "due_at"], unique=False
        )


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("push_subscriptions")
    op.drop_table("deliveries")
