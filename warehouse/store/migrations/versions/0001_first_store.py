"""Inbox, curriculum, students and goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concepts",
        sa.Column("concept_id", sa.String(length=128), nullable=False),
        sa.Column("subject_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "recorded_at", Instant(), nullable=False, comment="when it entered the curriculum"
        ),
        sa.PrimaryKeyConstraint("concept_id", name=op.f("pk_concepts")),
    )
    op.create_table(
        "goals",
        sa.Column("student_id", sa.String(length=128), nullable=False),
        sa.Column(
            "from_week", sa.Date(), nullable=False, comment="Monday of the first week it holds"
        ),
        sa.Column("concepts", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.String(length=128), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("student_id", "from_week", name=op.f("pk_goals")),
    )
    op.create_table(
        "inbox",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=True),
            nullable=False,
        ),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("student_id", sa.String(length=128), nullable=False),
        sa.Column("concept_id", sa.String(length=128), nullable=True),
        sa.Column("item_id", sa.String(length=128), nullable=True),
        sa.Column("event_type", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("time_spent", sa.Integer(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.SmallInteger(), nullable=False),
        sa.Column("helped_student_id", sa.String(length=128), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column(
            "batch",
            sa.String(length=128),
            nullable=True,
            comment="null until a landing run claims the row",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_inbox_event_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_batch"), ["batch"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inbox_student_id_inbox_seq"), ["student_id", "seq"], unique=False
        )

    op.create_table(
        "students",
        sa.Column("student_id", sa.String(length=128), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_students")),
    )
    op.create_table(
        "prerequisites",
        sa.Column("concept_id", sa.String(length=128), nullable=False),
        sa.Column("prerequisite_id", sa.String(length=128), nullable=False),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="order in which the author named them"
        ),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concepts.concept_id"],
            name=op.f("fk_prerequisites_concept_id_concepts"),
        ),
        sa.ForeignKeyConstraint(
            ["prerequisite_id"],
            ["concepts.concept_id"],
            name=op.f("fk_prerequisites_prerequisite_id_concepts"),
        ),
        sa.PrimaryKeyConstraint("concept_id", "prerequisite_id", name=op.f("pk_prerequisites")),
    )


def downgrade() -> None:
    op.drop_table("prerequisites")
    op.drop_table("students")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_student_id_inbox_seq"))
        batch_op.drop_index(batch_op.f("ix_inbox_batch"))

    op.drop_table("inbox")
    op.drop_table("goals")
    op.drop_table("concepts")
