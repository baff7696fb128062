"""What the worker was asked to do with an import, and how often it has begun."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("import_job", sa.Column("wanted", postgresql.JSONB()))
    op.add_column(
        "import_progress", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("import_progress", "attempts")
    op.drop_column("import_job", "wanted")
