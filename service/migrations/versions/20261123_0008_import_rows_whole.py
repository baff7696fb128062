"""Rows of imports stay whole: squeezing them cost more than writing them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table import_row set (toast_tuple_target = 8160)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table import_row reset (toast_tuple_target)")
