"""Badge credentials: which badges were taken out, and which of them are revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_credentials",
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=128), nullable=False),
        sa.Column("badge_id", sa.String(length=64), nullable=False),
        sa.Column(
            "subject_id",
            sa.String(length=128),
            nullable=False,
            comment="empty but for those of a subject",
        ),
        sa.Column(
            "salt", sa.String(length=32), nullable=False, comment="of the hashed identity in it"
        ),
        sa.Column(
            "list_number",
            sa.Integer(),
            nullable=False,
            comment="which list says if it is revoked",
        ),
        sa.Column("list_index", sa.Integer(), nullable=False, comment="its bit there"),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_badge_credentials")),
        sa.UniqueConstraint(
            "list_number",
            "list_index",
            name=op.f("uq_badge_credentials_list_number_list_index"),
        ),
        sa.UniqueConstraint(
            "student_id",
            "badge_id",
            "subject_id",
            name=op.f("uq_badge_credentials_student_id_badge_id_subject_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("badge_credentials")
