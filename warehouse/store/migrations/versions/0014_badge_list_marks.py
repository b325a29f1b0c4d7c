"""An index that tells without reading a list of badges how far it has come."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = "ix_badge_credentials_list_number_badge_credentials_revoked_at"


def upgrade() -> None:
    op.create_index(op.f(NAME), "badge_credentials", ["list_number", "revoked_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f(NAME), table_name="badge_credentials")
