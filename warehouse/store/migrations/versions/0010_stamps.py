"""Stamps: each table that builds read says whether it has changed since the last one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.stamps import uninstall

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stamps",
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("stamp", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("table_name", name=op.f("pk_stamps")),
    )


def downgrade() -> None:
    uninstall(op.get_bind())
    op.drop_table("stamps")
