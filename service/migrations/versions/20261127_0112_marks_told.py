"""A mark says who told the time, and which report it was taken over from."""

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.add_column("case_mark", sa.Column("told_by_name", sa.String()))
    op.add_column("case_mark", sa.Column("report_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_case_mark_report_id"), "case_mark", "fault_report", ["report_id"], ["id"]
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("case_mark", "report_id")
    op.drop_column("case_mark", "told_by_name")
