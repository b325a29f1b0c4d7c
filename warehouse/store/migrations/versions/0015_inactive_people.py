"""An index of those who are not active: every second a request waits for the list of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "ix_people_inactive"


def upgrade() -> None:
    op.create_index(
        NAME,
        "people",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("active = 0"),
        postgresql_where=sa.text("NOT active"),
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="people")
