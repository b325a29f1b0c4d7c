"""The audit log, each row sealed with the one before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="1, 2, 3 … without a gap",
        ),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False, comment="who looked or wrote"),
        sa.Column("role", sa.String(length=16), nullable=False, comment="as what"),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("student_id", sa.String(length=128), nullable=False, comment="whose record"),
        sa.Column("purpose", sa.Text(), nullable=True, comment="why, in the words of who asked"),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column(
            "seal",
            sa.String(length=64),
            nullable=False,
            comment="keyed hash of this row and the last seal",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_student_id_audit_seq"), "audit", ["student_id", "seq"])
    op.create_index(op.f("ix_audit_actor_audit_seq"), "audit", ["actor", "seq"])
    op.create_table(
        "audit_end",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="always 1"),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="how many rows there are"),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="seal of the last one"),
        sa.Column("proof", sa.String(length=64), nullable=False, comment="keyed hash of both"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_end")),
    )


def downgrade() -> None:
    op.drop_table("audit_end")
    op.drop_table("audit")
