"""Exports: what was asked for, how far it is, where its file lies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("export_id", sa.String(length=36), nullable=False),
        sa.Column("requested_by", sa.String(length=128), nullable=False),
        sa.Column(
            "requested_role", sa.String(length=16), nullable=False, comment="whose words it has"
        ),
        sa.Column("form", sa.String(length=8), nullable=False, comment="pdf, csv or json"),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("foresees", sa.Integer(), nullable=False, comment="1: with predictions"),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("end_day", sa.Date(), nullable=True),
        sa.Column(
            "student_ids",
            sa.Text(),
            nullable=False,
            comment="a JSON list, in the order of the file",
        ),
        sa.Column("total", sa.Integer(), nullable=False, comment="how many students"),
        sa.Column("done", sa.Integer(), nullable=False, comment="how many are ready"),
        sa.Column(
            "state",
            sa.String(length=16),
            nullable=False,
            comment="waiting, running, done, failed, cancelled",
        ),
        sa.Column("worker", sa.String(length=64), nullable=True, comment="who is at it"),
        sa.Column("seen_at", Instant(), nullable=True, comment="when that one last said so"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="how often it was begun"),
        sa.Column(
            "file_bytes", sa.BigInteger(), nullable=True, comment="size of the finished file"
        ),
        sa.Column("problem", sa.Text(), nullable=True, comment="why it failed"),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_exports")),
    )
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exports_state_exports_requested_at"),
            ["state", "requested_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exports_state_exports_requested_at"))
    op.drop_table("exports")
