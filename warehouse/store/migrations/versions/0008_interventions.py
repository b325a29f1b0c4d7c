"""Interventions: what educators do about students at risk, with a history that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interventions",
        sa.Column("intervention_id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=128), nullable=False),
        sa.Column(
            "rule",
            sa.String(length=16),
            nullable=False,
            comment="the flag: inactive, stuck or slowing",
        ),
        sa.Column(
            "concept_id", sa.String(length=128), nullable=False, comment="empty but for stuck"
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="1, and one more with each step"
        ),
        sa.Column("assigned_to", sa.String(length=128), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True, comment="set when it is closed"),
        sa.Column(
            "useful", sa.Boolean(), nullable=True, comment="whether the flag was worth the look"
        ),
        sa.Column("opened_by", sa.String(length=128), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("intervention_id", name=op.f("pk_interventions")),
    )
    with op.batch_alter_table("interventions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interventions_student_id"), ["student_id"], unique=False
        )
        batch_op.create_index(
            "uq_interventions_open",
            ["student_id", "rule", "concept_id"],
            unique=True,
            sqlite_where=sa.text("outcome is null"),
            postgresql_where=sa.text("outcome is null"),
        )
    op.create_table(
        "intervention_steps",
        sa.Column("intervention_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("assigned_to", sa.String(length=128), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("useful", sa.Boolean(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["interventions.intervention_id"],
            name=op.f("fk_intervention_steps_intervention_id_interventions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("intervention_id", "version", name=op.f("pk_intervention_steps")),
    )


def downgrade() -> None:
    op.drop_table("intervention_steps")
    with op.batch_alter_table("interventions", schema=None) as batch_op:
        batch_op.drop_index("uq_interventions_open")
        batch_op.drop_index(batch_op.f("ix_interventions_student_id"))
    op.drop_table("interventions")
