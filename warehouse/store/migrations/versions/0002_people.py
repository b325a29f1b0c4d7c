"""People: profiles of everybody, roles, families, classes, breaks; who set a goal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from warehouse.store.schema import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breaks",
        sa.Column("break_id", sa.String(length=128), nullable=False),
        sa.Column(
            "student_id", sa.String(length=128), nullable=True, comment="one student's break, or"
        ),
        sa.Column(
            "class_id",
            sa.String(length=128),
            nullable=True,
            comment="that of a class: exactly one of the two",
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False, comment="included"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.String(length=128), nullable=False),
        sa.Column("set_by_role", sa.String(length=16), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("break_id", name=op.f("pk_breaks")),
    )
    with op.batch_alter_table("breaks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_breaks_class_id"), ["class_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_breaks_student_id"), ["student_id"], unique=False)

    op.create_table(
        "classes",
        sa.Column("class_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("school_id", sa.String(length=128), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("leaderboard_enabled", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("class_id", name=op.f("pk_classes")),
    )
    op.create_table(
        "guardians",
        sa.Column("student_id", sa.String(length=128), nullable=False),
        sa.Column("guardian_id", sa.String(length=128), nullable=False),
        sa.Column(
            "relation",
            sa.String(length=40),
            nullable=False,
            comment="parent, guardian, relative, ...",
        ),
        sa.Column(
            "consent", sa.Boolean(), nullable=False, comment="without it the guardian sees nothing"
        ),
        sa.Column(
            "consent_source",
            sa.String(length=64),
            nullable=True,
            comment="where the consent is recorded",
        ),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("student_id", "guardian_id", name=op.f("pk_guardians")),
    )
    with op.batch_alter_table("guardians", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardians_guardian_id"), ["guardian_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column(
            "locale", sa.String(length=35), nullable=True, comment="BCP 47, such as en or de-CH"
        ),
        sa.Column(
            "active", sa.Boolean(), nullable=False, comment="false: may not sign in, gets no mail"
        ),
        sa.Column(
            "source",
            sa.String(length=32),
            nullable=False,
            comment="oneroster, admin, sample or profile",
        ),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    op.create_table(
        "enrolments",
        sa.Column("class_id", sa.String(length=128), nullable=False),
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False, comment="student or educator"),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"],
            ["classes.class_id"],
            name=op.f("fk_enrolments_class_id_classes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("class_id", "person_id", "role", name=op.f("pk_enrolments")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enrolments_person_id_enrolments_role"),
            ["person_id", "role"],
            unique=False,
        )

    op.create_table(
        "roles",
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column(
            "role",
            sa.String(length=16),
            nullable=False,
            comment="student, parent, educator or admin",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.person_id"],
            name=op.f("fk_roles_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_roles")),
    )
    op.execute(
        "insert into people (person_id, time_zone, active, source, recorded_at, changed_at)"
        " select student_id, time_zone, true, 'profile', recorded_at, recorded_at from students"
    )
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "set_by_role",
                sa.String(length=16),
                nullable=True,
                comment="what they were to the student",
            )
        )

    with op.batch_alter_table("students", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "alias", sa.String(length=40), nullable=True, comment="the name on leaderboards"
            )
        )
        batch_op.add_column(
            sa.Column("leaderboard_opt_in", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.drop_column("time_zone")
    with op.batch_alter_table("students") as batch_op:
        batch_op.alter_column("leaderboard_opt_in", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("students", schema=None) as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.VARCHAR(length=64), nullable=True))
        batch_op.drop_column("leaderboard_opt_in")
        batch_op.drop_column("alias")
    op.execute(
        "update students set time_zone = (select time_zone from people"
        " where people.person_id = students.student_id)"
    )

    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.drop_column("set_by_role")

    op.drop_table("roles")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_person_id_enrolments_role"))

    op.drop_table("enrolments")
    op.drop_table("people")
    with op.batch_alter_table("guardians", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardians_guardian_id"))

    op.drop_table("guardians")
    op.drop_table("classes")
    with op.batch_alter_table("breaks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_breaks_student_id"))
        batch_op.drop_index(batch_op.f("ix_breaks_class_id"))

    op.drop_table("breaks")
