"""Notifications: what people have read of them, and how they wish to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column(
            "quiet_start",
            sa.String(length=5),
            nullable=True,
            comment="HH:MM by the person's clock; null: never quiet",
        ),
        sa.Column("quiet_end", sa.String(length=5), nullable=True),
        sa.Column(
            "digest", sa.String(length=16), nullable=False, comment="immediate, daily or weekly"
        ),
        sa.Column(
            "daily_cap", sa.SmallInteger(), nullable=False, comment="messages a day and channel"
        ),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "notification_refusals",
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column(
            "channel",
            sa.String(length=16),
            nullable=False,
            comment="in_app, email, push or webhook",
        ),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "kind", "channel", name=op.f("pk_notification_refusals")
        ),
    )
    op.create_table(
        "notification_reads",
        sa.Column("recipient_id", sa.String(length=128), nullable=False),
        sa.Column("notification_id", sa.String(length=64), nullable=False),
        sa.Column(
            "kind", sa.String(length=32), nullable=False, comment="of what was read, for counting"
        ),
        sa.Column("read_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "recipient_id", "notification_id", name=op.f("pk_notification_reads")
        ),
    )
    with op.batch_alter_table("notification_reads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_reads_kind"), ["kind"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("notification_reads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_reads_kind"))

    op.drop_table("notification_reads")
    op.drop_table("notification_refusals")
    op.drop_table("notification_preferences")
